#include "harness/supervisor/before/delayer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/testing/scratch_directory.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::int64_t ms = 1'000'000;

class DelayRuleTest : public testing::Test {
 protected:
  DelayRuleTest() {
    caller_.proc = open_process(::getpid());
    caller_.thread = caller_.process = ::getpid();
    caller_.same_identity = caller_.same_view = true;
    caller_.participant = Participant{Role::agent, 0};
  }

  Delayer delayer(std::vector<DelayRule> rules) {
    return {std::move(rules), std::filesystem::canonical(scratch_.path())};
  }
  static DelayRule late_rename() { return {3, {0, 2}, "rename", "queue.json", 1, {20 * ms}}; }

  // As the caller would rename to that name.
  std::int64_t asked(Delayer& delayer, const std::string& to) {
    from_ = scratch_.path() / "new.tmp";
    to_ = scratch_.path() / to;
    seccomp_data data{};
    data.nr = SYS_renameat2;
    data.args[0] = data.args[2] = static_cast<std::uint64_t>(AT_FDCWD);
    data.args[1] = reinterpret_cast<std::uint64_t>(from_.c_str());
    data.args[3] = reinterpret_cast<std::uint64_t>(to_.c_str());
    return before(delayer, data, ++calls_);
  }

  // Until when that call waits; 0: it does not.
  std::int64_t before(Delayer& delayer, const seccomp_data& data, std::uint64_t call,
                      std::int64_t now_ms = 1000) {
    const CallFate fate = delayer.before({call, data, caller_, now_ms * ms, still_waiting_},
                                         [this](const Event& event) { events_.push_back(event); });
    EXPECT_EQ(fate.kind == CallFate::Kind::wait, fate.until_ns != 0);
    return fate.until_ns;
  }

  ScratchDirectory scratch_;
  std::filesystem::path from_, to_;
  Caller caller_;
  std::vector<Event> events_;
  std::uint64_t calls_ = 0;
  std::function<bool()> still_waiting_ = [] { return true; };
};

TEST_F(DelayRuleTest, HoldsUpTheChosenCallAndTellsOfIt) {
  Delayer rules = delayer({late_rename()});
  EXPECT_EQ(asked(rules, "queue.json"), 1020 * ms);
  EXPECT_EQ(before(rules, {}, 1, 1021), 0);
  ASSERT_EQ(events_.size(), 3U);
  EXPECT_EQ(events_[0].type, EventType::planned);
  EXPECT_EQ(events_[0].value[0], static_cast<std::uint64_t>(20 * ms));
  EXPECT_EQ(events_[1].type, EventType::fired);
  EXPECT_EQ(events_[1].text, (std::filesystem::canonical(scratch_.path()) / "queue.json").string());
  EXPECT_EQ(events_[2].type, EventType::released);
  for (const Event& event : events_) {
    EXPECT_EQ(event.function, Function::delay);
    EXPECT_EQ(event.process, 3U);
  }
}

TEST_F(DelayRuleTest, LeavesOtherCallsFilesAndProcessesAlone) {
  Delayer rules = delayer({late_rename()});
  EXPECT_EQ(asked(rules, "other.json"), 0);
  seccomp_data other{};
  other.nr = SYS_unlinkat;
  other.args[0] = static_cast<std::uint64_t>(AT_FDCWD);
  other.args[1] = reinterpret_cast<std::uint64_t>(to_.c_str());
  EXPECT_EQ(before(rules, other, 100), 0);
  caller_.participant->index = 1;
  EXPECT_EQ(asked(rules, "queue.json"), 0);
  caller_.participant = Participant{Role::injector, 0};
  EXPECT_EQ(asked(rules, "queue.json"), 0);
  caller_.participant.reset();
  EXPECT_EQ(asked(rules, "queue.json"), 0);
  EXPECT_THAT(events_, testing::IsEmpty());
}

// Each so many, for each victim of its own; times from the list, the last again and again.
TEST_F(DelayRuleTest, CountsForEachVictim) {
  DelayRule rule = late_rename();
  rule.file = "*.json";
  rule.every = 2;
  rule.hold_ns = {1 * ms, 5 * ms};
  Delayer rules = delayer({rule});
  EXPECT_EQ(asked(rules, "queue.json"), 0);
  EXPECT_EQ(asked(rules, "queue.json"), 1001 * ms);
  caller_.participant->index = 2;
  EXPECT_EQ(asked(rules, "queue.json"), 0);
  EXPECT_EQ(asked(rules, "other.json"), 1005 * ms);
  EXPECT_EQ(asked(rules, "queue.json"), 0);
  EXPECT_EQ(asked(rules, "queue.json"), 1005 * ms);
}

TEST(DelayRule, OnlySomeNeedStoreCalls) {
  EXPECT_FALSE(needs_store_calls({0, {0}, "rename", "*", 1, {1}}));
  EXPECT_TRUE(needs_store_calls({0, {0}, "pwrite", "*", 1, {1}}));
}

}  // namespace
}  // namespace holdfast
