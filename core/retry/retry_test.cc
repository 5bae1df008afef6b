#include "core/retry/retry.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace holdfast {
namespace {

using std::chrono::milliseconds;

// Time that passes only by sleeping, and by what an attempt is said to cost.
struct VirtualTime {
  std::int64_t now_ns = 1'000'000;
  std::vector<Duration> sleeps;
  int stop_at_sleep = 0;  // 1 = the first; 0 = never

  RetryHooks hooks() {
    RetryHooks made;
    made.now_ns = [this] { return now_ns; };
    made.sleep = [this](Duration wait) {
      sleeps.push_back(wait);
      if (static_cast<int>(sleeps.size()) == stop_at_sleep) {
        now_ns += wait.count() / 2;
        return false;
      }
      now_ns += wait.count();
      return true;
    };
    return made;
  }
};

// Refuses the first `times` attempts.
std::function<Result<>()> refused(int times, int os_code = EACCES) {
  return [left = times, os_code]() mutable -> Result<> {
    if (left-- > 0) return fail(Code::denied, "rename \"q\"", os_code);
    return {};
  };
}

TEST(Retry, first_success_costs_nothing) {
  VirtualTime time;
  RetryCounters counters;
  EXPECT_TRUE(retry({}, 0, time.hooks(), counters, refused(0)));
  EXPECT_EQ(counters.operations, 1U);
  EXPECT_EQ(counters.attempts, 1U);
  EXPECT_EQ(counters.retries, 0U);
  EXPECT_EQ(counters.successes_after_retry, 0U);
  EXPECT_TRUE(time.sleeps.empty());
}

TEST(Retry, waits_as_the_policy_says_until_it_succeeds) {
  VirtualTime time;
  RetryCounters counters;
  RetryHooks hooks = time.hooks();
  std::vector<int> told;
  hooks.on_retry = [&](const RetryEvent& event) {
    told.push_back(event.retry);
    EXPECT_EQ(event.refusal.os_code, EACCES);
    EXPECT_EQ(event.wait, backoff({}, event.retry, 0));
  };
  EXPECT_TRUE(retry({}, 0, hooks, counters, refused(3)));
  EXPECT_EQ(told, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(time.sleeps, (std::vector<Duration>{milliseconds(100), milliseconds(200), milliseconds(400)}));
  EXPECT_EQ(counters.attempts, 4U);
  EXPECT_EQ(counters.retries, 3U);
  EXPECT_EQ(counters.successes_after_retry, 1U);
  EXPECT_EQ(counters.exhausted, 0U);
  EXPECT_EQ(counters.waited, milliseconds(700));
  EXPECT_EQ(counters.refusals_by_code, (std::map<int, std::uint64_t>{{EACCES, 3}}));
}

// The origin's loop slept four times of five and held out 1.5 s, not the 3.1 s on paper.
TEST(Retry, five_retries_are_five_waits_after_the_first_attempt) {
  VirtualTime time;
  RetryCounters counters;
  EXPECT_TRUE(retry({}, 0, time.hooks(), counters, refused(5)));
  EXPECT_EQ(counters.waited, milliseconds(3100));

  const auto outcome = retry({}, 0, time.hooks(), counters, refused(6, EBUSY));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::exhausted);
  EXPECT_EQ(outcome.error().os_code, EBUSY);
  EXPECT_NE(outcome.error().message.find("6 attempts in 3.10 s"), std::string::npos)
      << outcome.error().message;
  EXPECT_EQ(counters.operations, 2U);
  EXPECT_EQ(counters.attempts, 12U);
  EXPECT_EQ(counters.retries, 10U);
  EXPECT_EQ(counters.exhausted, 1U);
  EXPECT_EQ(counters.refusals_by_code, (std::map<int, std::uint64_t>{{EACCES, 5}, {EBUSY, 6}}));
}

TEST(Retry, every_other_error_fails_at_once) {
  for (const Code code :
       {Code::failed, Code::invalid, Code::not_found, Code::exists, Code::exhausted, Code::corrupt,
        Code::timed_out, Code::cancelled, Code::indefinite, Code::unsupported}) {
    VirtualTime time;
    RetryCounters counters;
    const auto outcome =
        retry({}, 0, time.hooks(), counters, [&]() -> Result<> { return fail(code, "write \"q\"", ENOSPC); });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, code);
    EXPECT_EQ(outcome.error().os_code, ENOSPC);
    EXPECT_EQ(outcome.error().message, "write \"q\" (1 attempt in 0.0 ms)");
    EXPECT_EQ(counters.attempts, 1U);
    EXPECT_TRUE(counters.refusals_by_code.empty());
    EXPECT_TRUE(time.sleeps.empty());
  }
}

TEST(Retry, another_error_after_a_refusal_ends_it_too) {
  VirtualTime time;
  RetryCounters counters;
  int attempts = 0;
  const auto outcome = retry({}, 0, time.hooks(), counters, [&]() -> Result<> {
    return ++attempts == 1 ? fail(Code::denied, "held", EACCES) : fail(Code::failed, "full", ENOSPC);
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::failed);
  EXPECT_EQ(outcome.error().message, "full (2 attempts in 100.0 ms)");
  EXPECT_EQ(counters.successes_after_retry, 0U);
}

TEST(Retry, zero_retries_try_once) {
  VirtualTime time;
  RetryCounters counters;
  const auto outcome = retry({.max_retries = 0}, 0, time.hooks(), counters, refused(1));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::exhausted);
  EXPECT_TRUE(time.sleeps.empty());
}

TEST(Retry, no_wait_is_begun_that_would_end_after_the_deadline) {
  const auto sleeps_with = [](Duration deadline) {
    VirtualTime time;
    RetryCounters counters;
    const auto outcome = retry({.deadline = deadline}, 0, time.hooks(), counters, refused(100));
    EXPECT_EQ(outcome.error().code, Code::exhausted);
    EXPECT_EQ(counters.exhausted, 1U);
    return time.sleeps.size();
  };
  EXPECT_EQ(sleeps_with(Duration(0)), 0U);
  EXPECT_EQ(sleeps_with(milliseconds(299)), 1U);
  EXPECT_EQ(sleeps_with(milliseconds(300)), 2U);  // ends exactly then
  EXPECT_EQ(sleeps_with(milliseconds(10'000)), 5U);
}

TEST(Retry, the_deadline_counts_the_attempts_too) {
  VirtualTime time;
  RetryCounters counters;
  const auto outcome = retry({.deadline = milliseconds(300)}, 0, time.hooks(), counters, [&]() -> Result<> {
    time.now_ns += 250'000'000;
    return fail(Code::denied, "held", EACCES);
  });
  ASSERT_FALSE(outcome);
  EXPECT_TRUE(time.sleeps.empty());
}

TEST(Retry, a_sleep_cut_short_is_cancelled_and_no_retry) {
  VirtualTime time;
  time.stop_at_sleep = 2;
  RetryCounters counters;
  int attempts = 0;
  const auto outcome = retry({}, 0, time.hooks(), counters, [&]() -> Result<> {
    ++attempts;
    return fail(Code::denied, "held", EACCES);
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::cancelled);
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(counters.retries, 1U);
  EXPECT_EQ(counters.waited, milliseconds(100) + milliseconds(100));
}

TEST(Retry, refuses_a_policy_that_makes_no_sense_before_it_tries) {
  VirtualTime time;
  RetryCounters counters;
  int attempts = 0;
  const auto outcome = retry({.multiplier = 0}, 0, time.hooks(), counters, [&]() -> Result<> {
    ++attempts;
    return {};
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::invalid);
  EXPECT_EQ(attempts, 0);
}

TEST(Retry, works_without_any_hook) {
  RetryCounters counters;
  const RetryHooks none{.sleep = nullptr, .now_ns = nullptr, .on_retry = nullptr};
  EXPECT_TRUE(retry({.base_delay = Duration(1)}, 0, none, counters, refused(2)));
  EXPECT_EQ(counters.retries, 2U);
}

TEST(RetryCounters, add_up) {
  RetryCounters sum{1, 2, 3, 4, 5, {{5, 1}}, Duration(6)};
  sum += RetryCounters{10, 20, 30, 40, 50, {{5, 1}, {32, 7}}, Duration(60)};
  EXPECT_EQ(sum.operations, 11U);
  EXPECT_EQ(sum.attempts, 22U);
  EXPECT_EQ(sum.retries, 33U);
  EXPECT_EQ(sum.successes_after_retry, 44U);
  EXPECT_EQ(sum.exhausted, 55U);
  EXPECT_EQ(sum.refusals_by_code, (std::map<int, std::uint64_t>{{5, 2}, {32, 7}}));
  EXPECT_EQ(sum.waited, Duration(66));
}

}  // namespace
}  // namespace holdfast
