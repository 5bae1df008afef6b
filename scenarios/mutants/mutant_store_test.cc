// The mutant store without a fault, and some faults where they show without a crowd.
#include "scenarios/mutants/mutant_store.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "core/testing/intercepted_calls.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

Entry message(const std::string& id) {
  Entry entry;
  entry.id = id;
  entry.sender = "0";
  entry.body = "a body that is longer than the forty-eight characters of a field";
  return entry;
}

class MutantStoreTest : public testing::Test {
 protected:
  MutantStore store(PlantedFault fault = PlantedFault::none) {
    MutantOptions options;
    options.fault = fault;
    options.lock_timeout = milliseconds(20);
    options.sleep = [this](Duration wait) {
      sleeps_.push_back(wait);
      ::usleep(1000);
      return true;
    };
    return {scratch_.path(), options};
  }
  static std::vector<std::string> ids(const Result<std::vector<Entry>>& entries) {
    std::vector<std::string> names;
    for (const Entry& entry : entries.value()) names.push_back(entry.id);
    return names;
  }
  ScratchDirectory scratch_;
  std::vector<Duration> sleeps_;
};

using Ids = std::vector<std::string>;

TEST_F(MutantStoreTest, WithoutAFaultItDelivers) {
  MutantStore first = store();
  MutantStore second = store();
  EXPECT_EQ(first.receive("a")->size(), 0U);
  ASSERT_TRUE(first.broadcast(message("0-0"), {"a", "b"}));
  ASSERT_TRUE(second.broadcast(message("1-0"), {"a"}));
  EXPECT_EQ(ids(first.receive("a")), (Ids{"0-0", "1-0"}));
  EXPECT_EQ(ids(store().receive("b")), (Ids{"0-0"}));
  EXPECT_EQ(first.receive("a")->front().body, message("0-0").body);
  EXPECT_EQ(scratch_.names(), (Ids{"queue.json", "queue.json.lock"}));
}

TEST_F(MutantStoreTest, WithoutAFaultRefusalsAreRetriedByThePolicy) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  int renames = 0;
  with_intercepted_calls(
      [&](const InterceptedCall& call) { return call.name == "rename" && ++renames < 3 ? EACCES : 0; },
      [&] {
        EXPECT_TRUE(store().broadcast(message("0-0"), {"a"}));
        renames = -10;
        MutantStore giving_up = store();
        EXPECT_EQ(giving_up.broadcast(message("0-1"), {"a"}).error().code, Code::exhausted);
      });
  EXPECT_EQ(std::vector<Duration>(sleeps_.begin(), sleeps_.begin() + 3),
            (std::vector<Duration>{milliseconds(100), milliseconds(200), milliseconds(100)}));
  EXPECT_EQ(ids(store().receive("a")), (Ids{"0-0"}));
  EXPECT_EQ(scratch_.names(), (Ids{"queue.json", "queue.json.lock"}));
}

TEST_F(MutantStoreTest, WithoutAFaultAQueueThatIsGoneOrTornIsAnError) {
  MutantStore subject = store();
  ASSERT_TRUE(subject.broadcast(message("0-0"), {"a"}));
  std::filesystem::remove(scratch_.path() / "queue.json");
  EXPECT_EQ(subject.broadcast(message("0-1"), {"a"}).error().code, Code::not_found);
  scratch_.write("queue.json", "{\"entries\":[{");
  EXPECT_EQ(subject.receive("a").error().code, Code::corrupt);
}

// Each fault does what its name says, and only that fault.
TEST_F(MutantStoreTest, FaultsThatShowAlone) {
  const auto sent = [&](PlantedFault fault) {
    std::filesystem::remove(scratch_.path() / "queue.json");
    MutantStore subject = store(fault);
    for (const char* id : {"0-0", "0-1", "0-2"}) EXPECT_TRUE(subject.broadcast(message(id), {"a", "b"}));
    return ids(store().receive("a"));
  };
  EXPECT_EQ(sent(PlantedFault::none), (Ids{"0-0", "0-1", "0-2"}));
  EXPECT_EQ(sent(PlantedFault::newest_first), (Ids{"0-2", "0-1", "0-0"}));
  EXPECT_EQ(sent(PlantedFault::last_recipient_wins), Ids{});
  EXPECT_EQ(sent(PlantedFault::ok_before_write), (Ids{"0-0", "0-1"}));
  EXPECT_EQ(sent(PlantedFault::buffered), (Ids{"0-0", "0-1", "0-2"}));
  EXPECT_EQ(sent(PlantedFault::remove_then_move), (Ids{"0-0", "0-1", "0-2"}));
  sent(PlantedFault::entry_truncated);
  EXPECT_EQ(store().receive("a")->front().body.size(), 48U);
}

TEST_F(MutantStoreTest, LocksThatAreNone) {
  MutantStore holder = store(PlantedFault::lock_kept_until_next);
  ASSERT_TRUE(holder.broadcast(message("0-0"), {"a"}));
  EXPECT_EQ(store().broadcast(message("1-0"), {"a"}).error().code, Code::timed_out);
  EXPECT_TRUE(store(PlantedFault::no_lock).broadcast(message("1-1"), {"a"}));
  EXPECT_TRUE(store(PlantedFault::lock_timeout_ignored).broadcast(message("1-2"), {"a"}));
  ASSERT_TRUE(holder.receive("a"));  // lets go
  EXPECT_TRUE(store().broadcast(message("1-3"), {"a"}));
}

TEST_F(MutantStoreTest, AFailureThatWasWritten) {
  MutantStore subject = store(PlantedFault::fail_though_written);
  std::size_t failed = 0;
  for (const char* id : {"0-0", "0-1", "0-2"}) failed += subject.broadcast(message(id), {"a"}) ? 0 : 1;
  EXPECT_NE(failed, 0U);
  EXPECT_EQ(store().receive("a")->size(), 3U);
}

}  // namespace
}  // namespace holdfast
