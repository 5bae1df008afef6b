#include "scenarios/subjects/unlocked_store.h"

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
  entry.body = "hello";
  return entry;
}

UnlockedOptions reading_for_5ms() {
  UnlockedOptions options;
  options.read_for = [](std::uint64_t) { return milliseconds(5); };
  return options;
}

class UnlockedStoreTest : public testing::Test {
 protected:
  UnlockedStore store(UnlockedOptions options = {}) {
    options.sleep = [this](Duration wait) {
      sleeps_.push_back(wait);
      if (during_sleep_) during_sleep_();
      return sleeps_.size() <= sleeps_allowed_;
    };
    return UnlockedStore(scratch_.path(), options);
  }
  ScratchDirectory scratch_;
  std::vector<Duration> sleeps_;
  std::size_t sleeps_allowed_ = 100;
  std::function<void()> during_sleep_;
};

TEST_F(UnlockedStoreTest, DeliversAndKeepsWhatWasThere) {
  UnlockedStore first = store();
  UnlockedStore second = store();
  ASSERT_TRUE(first.broadcast(message("0-0"), {"a", "b"}));
  ASSERT_TRUE(second.broadcast(message("1-0"), {"a"}));
  const auto got = first.receive("a");
  ASSERT_TRUE(got);
  ASSERT_EQ(got->size(), 2U);
  EXPECT_EQ((*got)[1].id, "1-0");
  EXPECT_EQ(first.receive("b")->size(), 1U);
  EXPECT_EQ(scratch_.names(), std::vector<std::string>{"queue.json"});  // no lock, no temporary file
  EXPECT_EQ(sleeps_, std::vector<Duration>{});
}

TEST_F(UnlockedStoreTest, MakesAnEmptyQueueAndLeavesAnotherAlone) {
  UnlockedStore first = store();
  EXPECT_EQ(scratch_.names(), std::vector<std::string>{"queue.json"});
  EXPECT_EQ(first.receive("a")->size(), 0U);
  ASSERT_TRUE(first.broadcast(message("0-0"), {"a"}));
  EXPECT_EQ(store().receive("a")->size(), 1U);
}

// That it has no lock is what it is there for: what comes in between a read and its write is gone.
TEST_F(UnlockedStoreTest, LosesWhatWasWrittenWhileItRead) {
  UnlockedStore reader = store(reading_for_5ms());
  UnlockedStore other(scratch_.path(), {});
  ASSERT_TRUE(other.broadcast(message("1-0"), {"a"}));
  during_sleep_ = [&] { ASSERT_TRUE(other.broadcast(message("1-1"), {"a"})); };
  ASSERT_TRUE(reader.broadcast(message("0-0"), {"a"}));
  EXPECT_EQ(sleeps_, std::vector<Duration>{milliseconds(5)});
  const auto got = reader.receive("a");
  ASSERT_EQ(got->size(), 2U);
  EXPECT_EQ((*got)[0].id, "1-0");
  EXPECT_EQ((*got)[1].id, "0-0");
}

// Every attempt is a whole one: a new read, a new temporary file, which goes if it is refused.
TEST_F(UnlockedStoreTest, RetriesByTheCoresPolicyFromTheReadOn) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  UnlockedOptions options;
  options.retry.max_retries = 2;
  int renames = 0;
  int opens = 0;
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        if (call.name == "open" && call.path.ends_with("/queue.json")) ++opens;
        return call.name == "rename" && ++renames < 3 ? EACCES : 0;
      },
      [&] {
        UnlockedStore writer = store(options);
        EXPECT_TRUE(writer.broadcast(message("0-0"), {"a"}));
        EXPECT_EQ(writer.counters().attempts, 3U);
        EXPECT_EQ(writer.counters().successes_after_retry, 1U);
        renames = -10;
        opens = 0;
        const auto done = writer.broadcast(message("0-1"), {"a"});
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Code::exhausted);
      });
  EXPECT_EQ(sleeps_, (std::vector<Duration>{milliseconds(100), milliseconds(200), milliseconds(100),
                                            milliseconds(200)}));
  EXPECT_EQ(opens, 2 * 3);  // the handle that is kept, and the one that reads
  EXPECT_EQ(scratch_.names(), std::vector<std::string>{"queue.json"});
}

// The file is open for as long as it is read, and not any more when it is replaced.
TEST_F(UnlockedStoreTest, HoldsTheFileWhileItReads) {
  UnlockedStore reader = store(reading_for_5ms());
  ASSERT_TRUE(reader.broadcast(message("0-0"), {"a"}));
  int held = 0;
  during_sleep_ = [&] {
    for (const auto& fd : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      if (std::filesystem::read_symlink(fd.path(), gone) ==
          std::filesystem::canonical(scratch_.path()) / "queue.json")
        ++held;
    }
  };
  ASSERT_TRUE(reader.broadcast(message("0-1"), {"a"}));
  EXPECT_EQ(held, 1);
}

TEST_F(UnlockedStoreTest, CutShortWhileReadingNothingIsDone) {
  UnlockedStore reader = store(reading_for_5ms());
  ASSERT_TRUE(reader.broadcast(message("0-0"), {"a"}));
  sleeps_allowed_ = 0;
  const auto done = reader.broadcast(message("0-1"), {"a"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::cancelled);
  EXPECT_EQ(reader.receive("a")->size(), 1U);
  EXPECT_EQ(scratch_.names(), std::vector<std::string>{"queue.json"});
}

TEST_F(UnlockedStoreTest, WhatDoesNotParseIsAnError) {
  scratch_.write("queue.json", "{\"entries\":[{");
  UnlockedStore reader = store();
  const auto done = reader.broadcast(message("0-0"), {"a"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::corrupt);
  EXPECT_EQ(reader.receive("a").error().code, Code::corrupt);
}

}  // namespace
}  // namespace holdfast
