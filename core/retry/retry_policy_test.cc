#include "core/retry/retry_policy.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <set>

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

rc::Gen<RetryPolicy> any_policy() {
  return rc::gen::exec([] {
    RetryPolicy policy;
    policy.max_retries = *rc::gen::inRange(0, 60);
    const auto any_wait = rc::gen::map(
        rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(1, 64)),
        [](const std::pair<std::uint64_t, int>& drawn) {
          return Duration(static_cast<std::int64_t>(drawn.first >> static_cast<unsigned>(drawn.second)));
        });
    policy.base_delay = *any_wait;
    policy.multiplier = 1.0 + *rc::gen::inRange(0, 5000) / 1000.0;
    if (*rc::gen::arbitrary<bool>()) policy.max_delay = *any_wait;
    policy.jitter = *rc::gen::element(Jitter::none, Jitter::full, Jitter::equal, Jitter::decorrelated);
    return policy;
  });
}

TEST(RetryPolicy, defaults_wait_as_the_origin_says_it_does) {
  const RetryPolicy policy;
  EXPECT_EQ(policy.max_retries, 5);
  std::vector<Duration> waits;
  for (int retry = 1; retry <= 5; ++retry) waits.push_back(backoff(policy, retry, 42));
  EXPECT_EQ(waits, (std::vector<Duration>{milliseconds(100), milliseconds(200), milliseconds(400),
                                          milliseconds(800), milliseconds(1600)}));
  EXPECT_EQ(retry_budget(policy), milliseconds(3100));
}

TEST(RetryPolicy, the_origins_second_policy_is_capped) {
  const RetryPolicy policy{.max_retries = 8, .base_delay = milliseconds(150), .max_delay = seconds(2)};
  EXPECT_EQ(backoff(policy, 4, 0), milliseconds(1200));
  EXPECT_EQ(backoff(policy, 5, 0), seconds(2));
  EXPECT_EQ(retry_budget(policy), milliseconds(150 + 300 + 600 + 1200 + 4 * 2000));
}

// Known answers, worked out by another program: if they change, replaying an old run by its seed is broken.
TEST(RetryPolicy, jitter_gives_the_same_waits_for_ever) {
  RetryPolicy policy;
  const auto waits = [&](Jitter jitter) {
    policy.jitter = jitter;
    std::vector<std::int64_t> ns;
    for (int retry = 1; retry <= 3; ++retry) ns.push_back(backoff(policy, retry, 1).count());
    return ns;
  };
  EXPECT_EQ(waits(Jitter::full), (std::vector<std::int64_t>{89'190'593, 118'030'814, 221'674'038}));
  EXPECT_EQ(waits(Jitter::equal), (std::vector<std::int64_t>{94'595'296, 159'015'407, 310'837'019}));
  EXPECT_EQ(waits(Jitter::decorrelated), (std::vector<std::int64_t>{278'381'185, 533'847'961, 932'133'240}));
}

TEST(RetryPolicy, bounds_are_those_of_the_forms) {
  RetryPolicy policy;
  const auto bounds = [&](Jitter jitter, int retry) {
    policy.jitter = jitter;
    const WaitBounds found = wait_bounds(policy, retry);
    return std::pair(found.least, found.greatest);
  };
  using Pair = std::pair<Duration, Duration>;
  EXPECT_EQ(bounds(Jitter::none, 2), Pair(milliseconds(200), milliseconds(200)));
  EXPECT_EQ(bounds(Jitter::full, 2), Pair(milliseconds(0), milliseconds(200)));
  EXPECT_EQ(bounds(Jitter::equal, 2), Pair(milliseconds(100), milliseconds(200)));
  EXPECT_EQ(bounds(Jitter::decorrelated, 2), Pair(milliseconds(100), milliseconds(900)));
  policy.max_delay = milliseconds(250);
  EXPECT_EQ(bounds(Jitter::decorrelated, 2), Pair(milliseconds(100), milliseconds(250)));
  policy.max_delay = milliseconds(50);
  EXPECT_EQ(bounds(Jitter::decorrelated, 2), Pair(milliseconds(50), milliseconds(50)));
}

TEST(RetryPolicy, saturates_where_the_numbers_end) {
  RetryPolicy policy{.max_retries = 2000, .multiplier = 1e300};
  for (const Jitter jitter : {Jitter::none, Jitter::full, Jitter::equal, Jitter::decorrelated}) {
    policy.jitter = jitter;
    EXPECT_GE(backoff(policy, 2000, 7), Duration::zero());
    EXPECT_EQ(wait_bounds(policy, 2000).greatest, Duration::max());
    EXPECT_EQ(retry_budget(policy), Duration::max());
  }
  policy.base_delay = Duration::zero();  // 0 * infinity
  policy.jitter = Jitter::none;
  EXPECT_EQ(backoff(policy, 2000, 7), Duration::zero());
  EXPECT_EQ(retry_budget(policy), Duration::zero());
}

TEST(RetryPolicy, seeds_and_retries_draw_apart) {
  for (const Jitter jitter : {Jitter::full, Jitter::equal, Jitter::decorrelated}) {
    const RetryPolicy policy{.multiplier = 1.0, .jitter = jitter};
    std::set<Duration> by_seed;
    std::set<Duration> by_retry;
    for (int number = 1; number <= 100; ++number) {
      by_seed.insert(backoff(policy, 3, static_cast<std::uint64_t>(number)));
      by_retry.insert(backoff(policy, number, 7));
    }
    EXPECT_GT(by_seed.size(), 95U);
    EXPECT_GT(by_retry.size(), 95U);
  }
}

// The middle of full jitter is the middle: a bias to either end would pass every bound.
TEST(RetryPolicy, full_jitter_is_uniform) {
  const RetryPolicy policy{.jitter = Jitter::full};
  std::array<int, 10> tenths{};
  constexpr int draws = 100'000;
  constexpr int expected = draws / 10;
  for (int seed = 0; seed < draws; ++seed) {
    const Duration wait = backoff(policy, 1, static_cast<std::uint64_t>(seed));
    ++tenths[static_cast<std::size_t>(std::min<std::int64_t>(9, wait * 10 / policy.base_delay))];
  }
  // Six standard deviations of a binomial(100,000, 0.1) are 569; the seeds are fixed, so this never flickers.
  for (const int count : tenths) EXPECT_NEAR(count, expected, 569);
}

RC_GTEST_PROP(RetryPolicyProperty, waits_stay_within_bounds_and_cap, ()) {
  const RetryPolicy policy = *any_policy();
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const int retry = *rc::gen::inRange(1, 80);
  RC_ASSERT(validate(policy).has_value());
  const Duration wait = backoff(policy, retry, seed);
  const WaitBounds bounds = wait_bounds(policy, retry);
  RC_ASSERT(bounds.least >= Duration::zero());
  RC_ASSERT(wait >= bounds.least);
  RC_ASSERT(wait <= bounds.greatest);
  RC_ASSERT(bounds.greatest <= policy.max_delay.value_or(Duration::max()));
  RC_ASSERT(wait == backoff(policy, retry, seed));
}

RC_GTEST_PROP(RetryPolicyProperty, the_budget_never_shrinks, ()) {
  RetryPolicy policy = *any_policy();
  const Duration fewer = retry_budget(policy);
  ++policy.max_retries;
  RC_ASSERT(retry_budget(policy) >= fewer);
  RC_ASSERT(fewer >= Duration::zero());
}

RC_GTEST_PROP(RetryPolicyProperty, greatest_waits_never_shrink, ()) {
  const RetryPolicy policy = *any_policy();
  const int retry = *rc::gen::inRange(1, 80);
  RC_ASSERT(wait_bounds(policy, retry + 1).greatest >= wait_bounds(policy, retry).greatest);
}

TEST(RetryPolicy, says_which_field_is_out_of_range) {
  const std::vector<std::pair<RetryPolicy, std::string>> cases{
      {{.max_retries = -1}, "max_retries is -1"},
      {{.max_retries = 100'001}, "max_retries is 100001"},
      {{.base_delay = Duration(-1)}, "base_delay is -1ns"},
      {{.multiplier = 0.5}, "multiplier is 0.5"},
      {{.multiplier = std::numeric_limits<double>::quiet_NaN()}, "multiplier is nan"},
      {{.multiplier = std::numeric_limits<double>::infinity()}, "multiplier is inf"},
      {{.max_delay = Duration(-1)}, "max_delay is -1ns"},
      {{.jitter = static_cast<Jitter>(9)}, "jitter is 9"},
      {{.deadline = Duration(-1)}, "deadline is -1ns"}};
  for (const auto& [policy, words] : cases) {
    const auto valid = validate(policy);
    ASSERT_FALSE(valid) << words;
    EXPECT_EQ(valid.error().code, Code::invalid);
    EXPECT_NE(valid.error().message.find(words), std::string::npos) << valid.error().message;
  }
  EXPECT_TRUE(validate(RetryPolicy{}));
  EXPECT_TRUE(validate(RetryPolicy{.max_retries = 0, .base_delay = Duration(0), .multiplier = 1}));
}

}  // namespace
}  // namespace holdfast
