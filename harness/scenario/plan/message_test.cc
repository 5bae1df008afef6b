// Whom a message is for, and what its body is.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "core/store/utf8.h"
#include "harness/scenario/plan/audience.h"
#include "harness/scenario/plan/testing_plan.h"

namespace holdfast {
namespace {

RC_GTEST_PROP(RecipientsTest, AreDistinctAscendingAndAsManyAsAsked, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  Agents& agents = plan.scenario.agents;
  agents.count = 2 + static_cast<std::uint32_t>(below(random, 300));
  agents.readers = static_cast<std::uint32_t>(below(random, 5));
  if (below(random, 2) == 0)
    agents.neighbours = 1 + static_cast<std::uint32_t>(below(random, agents.count - 1));
  const auto sender = static_cast<std::uint32_t>(below(random, agents.count));
  const auto to = recipients(plan, {sender, 5});
  RC_ASSERT(to == possible_recipients(plan, sender));
  RC_ASSERT(to.size() == agents.neighbours.value_or(agents.everyone()));
  RC_ASSERT(std::is_sorted(to.begin(), to.end()));
  RC_ASSERT(std::set<std::uint32_t>(to.begin(), to.end()).size() == to.size());
  RC_ASSERT(to.back() < agents.everyone());
  // All are for the sender too; neighbours are the next ones of the ring, readers among them.
  RC_ASSERT(std::count(to.begin(), to.end(), sender) == (agents.neighbours ? 0 : 1));
  RC_ASSERT(std::count(to.begin(), to.end(), (sender + 1) % agents.everyone()) == 1);
}

RC_GTEST_PROP(RecipientsTest, MixedOnesAreTheSameEachTimeAndAmongThePossible, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  plan.seed = random.next();
  plan.scenario.agents.mixed_recipients = true;
  plan.scenario.agents.count = 1 + static_cast<std::uint32_t>(below(random, 20));
  plan.scenario.agents.readers = static_cast<std::uint32_t>(below(random, 5));
  const MessageId id{static_cast<std::uint32_t>(below(random, plan.scenario.agents.count)),
                     static_cast<std::uint32_t>(below(random, 1000))};
  const auto to = recipients(plan, id);
  RC_ASSERT(to == recipients(plan, id));
  const auto possible = possible_recipients(plan, id.sender);
  RC_ASSERT(std::includes(possible.begin(), possible.end(), to.begin(), to.end()));
  const Audience audience(plan, id);
  for (std::uint32_t agent = 0; agent < 30; ++agent)
    RC_ASSERT(audience.has(agent) == std::binary_search(to.begin(), to.end(), agent));
}

// Each kind of set that a store may get wrong is there within the messages of a small run.
TEST(RecipientsTest, MixedOnesAreOfEveryKind) {
  Plan plan;
  plan.scenario.agents.count = 6;
  plan.scenario.agents.readers = 2;
  plan.scenario.agents.mixed_recipients = true;
  std::set<std::string> kinds;
  for (std::uint32_t message = 0; message < 72; ++message) {
    const MessageId id{message % 6, message / 6};
    const auto to = recipients(plan, id);
    const bool self = std::count(to.begin(), to.end(), id.sender) == 1;
    const std::string size = to.empty() ? "none" : to.size() == 1 ? "one" : to.size() < 7 ? "some" : "most";
    kinds.insert(size + (self ? " and the sender" : ""));
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"none", "one", "one and the sender", "some", "some and the sender",
                                          "most", "most and the sender"}));
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : multi_byte_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

RC_GTEST_PROP(MessageBodyTest, APlainOneIsLettersAndAsLongAsAsked, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  plan.seed = random.next();
  plan.scenario.agents.bodies = Bodies::plain;
  plan.scenario.agents.body_bytes = 17 + static_cast<std::uint32_t>(below(random, 300));
  const MessageId id{static_cast<std::uint32_t>(random.next()), static_cast<std::uint32_t>(random.next())};
  const std::string body = message_body(plan, id);
  RC_ASSERT(body.size() == plan.scenario.agents.body_bytes);
  RC_ASSERT(body == message_body(plan, id));
  RC_ASSERT(std::all_of(body.begin(), body.end(),
                        [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; }));
}

RC_GTEST_PROP(MessageBodyTest, AMixedOneIsTextWithoutNulUnlessBytesAreTaken, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  plan.seed = random.next();
  plan.scenario.agents.body_bytes = 17 + static_cast<std::uint32_t>(below(random, 300));
  const MessageId id{static_cast<std::uint32_t>(random.next()), static_cast<std::uint32_t>(random.next())};
  const std::string body = message_body(plan, id);
  RC_ASSERT(body == message_body(plan, id));
  RC_ASSERT(is_utf8(body));
  RC_ASSERT(body.find('\0') == std::string::npos);
  constexpr std::array<std::size_t, 3> long_ones = {4096, 4097, 8193};
  RC_ASSERT(body.size() == plan.scenario.agents.body_bytes || body.size() < 17 ||
            std::count(long_ones.begin(), long_ones.end(), body.size()) == 1);
}

// Within the messages of a few runs of 48 everything comes up that is to be tried.
TEST(MessageBodyTest, MixedOnesHoldTrouble) {
  std::string all;
  std::set<std::size_t> lengths;
  Plan plan;
  for (plan.seed = 1; plan.seed <= 12; ++plan.seed) {
    for (std::uint32_t number = 0; number < 48; ++number) {
      const std::string body = message_body(plan, {1, number});
      lengths.insert(body.size());
      all += body;
    }
  }
  for (const char* wanted : {"\"", "\\", "\n", "\r\n", "é", "😀", "\t", "\x01", "\xE2\x80\xA8"})
    EXPECT_NE(all.find(wanted), std::string::npos) << wanted;
  for (const std::size_t wanted : {0U, 1U, 4096U, 4097U, 8193U})
    EXPECT_EQ(lengths.count(wanted), 1U) << wanted;
  plan.scenario.subject.bodies = BodyBytes::bytes;
  std::string bytes;
  for (std::uint32_t number = 0; number < 48; ++number) bytes += message_body(plan, {1, number});
  EXPECT_FALSE(is_utf8(bytes));
  EXPECT_NE(bytes.find('\0'), std::string::npos);
}

TEST(MessageBodyTest, DependsOnSeedAndMessage) {
  Plan plan;
  plan.scenario.agents.bodies = Bodies::plain;
  const std::string body = message_body(plan, {1, 2});
  EXPECT_EQ(body.substr(0, 4), "1-2 ");
  EXPECT_NE(body.substr(4), message_body(plan, {1, 3}).substr(4));
  plan.seed = 2;
  EXPECT_NE(body, message_body(plan, {1, 2}));
}

}  // namespace
}  // namespace holdfast
