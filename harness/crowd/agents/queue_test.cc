#include "harness/crowd/agents/queue.h"

#include <gtest/gtest.h>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

Entry message(const std::string& id) {
  Entry entry;
  entry.id = id;
  entry.sender = "agent-0";
  entry.body = "body of " + id;
  entry.created_at = "2026-01-01T00:00:00Z";
  return entry;
}

class EveryQueue : public testing::TestWithParam<StoreKind> {
 protected:
  [[nodiscard]] std::unique_ptr<Queue> queue(std::uint32_t agent) const {
    Plan plan;
    plan.scenario.subject.store = GetParam();
    return make_queue(plan, agent, scratch_.path(), [](Duration) { return true; });
  }
  [[nodiscard]] bool reports_corruption() const {
    return GetParam() == StoreKind::snapshot || GetParam() == StoreKind::unlocked;
  }
  ScratchDirectory scratch_;
};

TEST_P(EveryQueue, DeliversToTheRecipientsInOrderAcrossObjects) {
  const auto first = queue(0), second = queue(1);
  ASSERT_TRUE(first->broadcast(message("0-0"), {"agent-0", "agent-1"}));
  EXPECT_EQ(first->counters().attempts, 1U);  // one save, nobody in its way
  EXPECT_EQ(first->counters().waited.count(), 0);
  ASSERT_TRUE(second->broadcast(message("1-0"), {"agent-1"}));
  const auto got = first->receive("agent-1");
  ASSERT_TRUE(got);
  ASSERT_EQ(got->size(), 2U);
  EXPECT_EQ((*got)[0].id, "0-0");
  EXPECT_EQ((*got)[0].body, "body of 0-0");
  EXPECT_EQ((*got)[1].id, "1-0");
  EXPECT_EQ(second->receive("agent-0")->size(), 1U);
  EXPECT_EQ(second->receive("agent-7")->size(), 0U);
  EXPECT_FALSE(first->swallowed_corruption());
}

// What does not parse is an error of the core's parts, and nothing at all to the origin's callers; only its
// own word tells.
TEST_P(EveryQueue, SaysWhenItMetATornFile) {
  const auto subject = queue(0);
  ASSERT_TRUE(subject->broadcast(message("0-0"), {"agent-0"}));
  scratch_.write("queue.json", "{\"entries\":[{\"id\":\"0-");
  const auto got = subject->receive("agent-0");
  if (reports_corruption()) {
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Code::corrupt);
  } else {
    ASSERT_TRUE(got);
    ASSERT_TRUE(subject->swallowed_corruption());
    EXPECT_NE(*subject->swallowed_corruption(), "");
  }
}

TEST_P(EveryQueue, StoreThatIsGoneIsAnErrorOfABroadcast) {
  const auto subject = queue(0);
  std::filesystem::remove_all(scratch_.path());
  const auto done = subject->broadcast(message("0-0"), {"agent-0"});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().code, Code::indefinite);
  EXPECT_NE(done.error().message, "");
}

INSTANTIATE_TEST_SUITE_P(Stores, EveryQueue,
                         testing::Values(StoreKind::snapshot, StoreKind::origin_before,
                                         StoreKind::origin_after, StoreKind::origin_enhanced,
                                         StoreKind::unlocked),
                         [](const auto& instance) {
                           std::string name(to_string(instance.param));
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace holdfast
