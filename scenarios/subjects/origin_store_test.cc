#include "scenarios/subjects/origin_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/store/snapshot_json.h"
#include "core/testing/child_process.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

// A directory of its own, and calls that refuse as often as they are told to.
class OriginStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/origin-store-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  OriginStore store(OriginVariant variant) {
    OriginCalls calls = real_origin_calls();
    calls.remove = [this, real = calls.remove](const char* path) {
      return refuse(refuse_remove_) ? -1 : real(path);
    };
    calls.rename = [this, real = calls.rename](const char* from, const char* to) {
      return refuse(refuse_rename_) ? -1 : real(from, to);
    };
    return OriginStore(
        directory_, variant,
        [this](Duration wait) {
          sleeps_.push_back(wait);
          return sleeps_.size() <= sleeps_allowed_;
        },
        calls);
  }

  bool refuse(int& times) {
    if (times == 0) return false;
    --times;
    errno = errno_;
    return true;
  }

  static Entry message(const std::string& id) {
    Entry entry;
    entry.id = id;
    entry.sender = "0";
    entry.body = "hello";
    return entry;
  }

  void write_queue(const std::string& text) { std::ofstream(directory_ / "queue.json") << text; }
  bool temp_exists() { return std::filesystem::exists(directory_ / "queue.json.tmp"); }
  bool queue_exists() { return std::filesystem::exists(directory_ / "queue.json"); }

  std::filesystem::path directory_;
  std::vector<Duration> sleeps_;
  std::size_t sleeps_allowed_ = 1000;
  int refuse_remove_ = 0;
  int refuse_rename_ = 0;
  int errno_ = EACCES;
};

TEST_F(OriginStoreTest, UndisturbedEveryVariantDelivers) {
  for (const OriginVariant variant : {OriginVariant::before, OriginVariant::after, OriginVariant::enhanced}) {
    std::filesystem::remove(directory_ / "queue.json");
    OriginStore queue = store(variant);
    EXPECT_TRUE(queue.load_entries().empty());
    EXPECT_FALSE(queue.last_load_problem());
    ASSERT_TRUE(queue.broadcast(message("0-0"), {"0", "1"}));
    ASSERT_TRUE(queue.broadcast(message("0-1"), {"0", "1"}));
    const auto received = queue.receive("1");
    ASSERT_EQ(received.size(), 2U);
    EXPECT_EQ(received[0].id, "0-0");
    EXPECT_EQ(received[1].id, "0-1");
    EXPECT_EQ(received[1].recipient, "1");
    EXPECT_EQ(queue.counters().operations, 2U);
    EXPECT_EQ(queue.counters().attempts, 2U);
    EXPECT_FALSE(temp_exists());
  }
  EXPECT_TRUE(sleeps_.empty());
}

TEST_F(OriginStoreTest, BeforeGivesUpAtTheFirstRefusalAndLeavesItsTempFile) {
  OriginStore queue = store(OriginVariant::before);
  ASSERT_TRUE(queue.broadcast(message("0-0"), {"0"}));
  refuse_remove_ = 1;
  const auto saved = queue.broadcast(message("0-1"), {"0"});
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Code::denied);
  EXPECT_EQ(saved.error().os_code, EACCES);
  EXPECT_TRUE(sleeps_.empty());
  EXPECT_TRUE(temp_exists());
  EXPECT_EQ(queue.receive("0").size(), 1U);
}

// The window that remove-then-move leaves: the old queue is gone and the new one never came.
TEST_F(OriginStoreTest, ARefusedMoveLosesTheQueue) {
  OriginStore queue = store(OriginVariant::before);
  ASSERT_TRUE(queue.broadcast(message("0-0"), {"0"}));
  refuse_rename_ = 1;
  EXPECT_FALSE(queue.broadcast(message("0-1"), {"0"}));
  EXPECT_FALSE(queue_exists());
  EXPECT_TRUE(queue.load_entries().empty());
  EXPECT_FALSE(queue.last_load_problem());
}

TEST_F(OriginStoreTest, AfterSleepsFourTimesNotFive) {
  OriginStore queue = store(OriginVariant::after);
  refuse_remove_ = 1000;
  const auto saved = queue.broadcast(message("0-0"), {"0"});
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Code::exhausted);
  EXPECT_NE(saved.error().message.find("5 attempts, 1.50 s"), std::string::npos) << saved.error().message;
  EXPECT_EQ(sleeps_, (std::vector<Duration>{milliseconds(100), milliseconds(200), milliseconds(400),
                                            milliseconds(800)}));
  EXPECT_EQ(queue.counters().attempts, 5U);
  EXPECT_EQ(queue.counters().retries, 4U);
  EXPECT_EQ(queue.counters().exhausted, 1U);
  EXPECT_EQ(queue.counters().waited, milliseconds(1500));
  EXPECT_EQ(queue.counters().refusals_by_code.at(EACCES), 5U);
  EXPECT_FALSE(temp_exists());
}

TEST_F(OriginStoreTest, EnhancedWaitsUpToTwoSeconds) {
  OriginStore queue = store(OriginVariant::enhanced);
  refuse_remove_ = 1000;
  ASSERT_FALSE(queue.broadcast(message("0-0"), {"0"}));
  EXPECT_EQ(sleeps_, (std::vector<Duration>{milliseconds(150), milliseconds(300), milliseconds(600),
                                            milliseconds(1200), milliseconds(2000), milliseconds(2000),
                                            milliseconds(2000)}));
}

TEST_F(OriginStoreTest, ARefusalThatPassesIsRetried) {
  for (const int code : {EACCES, EPERM, EBUSY}) {
    sleeps_.clear();
    OriginStore queue = store(OriginVariant::after);
    refuse_remove_ = 2;
    errno_ = code;
    ASSERT_TRUE(queue.broadcast(message("0-0"), {"0"})) << code;
    EXPECT_EQ(sleeps_, (std::vector<Duration>{milliseconds(100), milliseconds(200)}));
    EXPECT_EQ(queue.counters().successes_after_retry, 1U);
  }
}

// A second attempt after a refused move finds no queue.json to remove, and that is no error.
TEST_F(OriginStoreTest, ARetryGoesOnWhereTheQueueWasRemoved) {
  OriginStore queue = store(OriginVariant::after);
  ASSERT_TRUE(queue.broadcast(message("0-0"), {"0"}));
  refuse_rename_ = 1;
  ASSERT_TRUE(queue.broadcast(message("0-1"), {"0"}));
  EXPECT_EQ(queue.receive("0").size(), 2U);
}

TEST_F(OriginStoreTest, EveryOtherErrorFailsAtOnce) {
  for (const OriginVariant variant : {OriginVariant::after, OriginVariant::enhanced}) {
    OriginStore queue = store(variant);
    refuse_rename_ = 1;
    errno_ = ENOSPC;
    const auto saved = queue.broadcast(message("0-0"), {"0"});
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, Code::failed);
    EXPECT_EQ(saved.error().os_code, ENOSPC);
    EXPECT_TRUE(sleeps_.empty());
    EXPECT_FALSE(temp_exists());
  }
}

// All processes share one temp name: whoever cleans up may take another's file away.
TEST_F(OriginStoreTest, ATempFileMovedAwayByAnotherIsAnErrorAtOnce) {
  OriginCalls calls = real_origin_calls();
  calls.remove = [&](const char*) { return ::unlink((directory_ / "queue.json.tmp").c_str()); };
  OriginStore queue(
      directory_, OriginVariant::after, [](Duration) { return true; }, calls);
  const auto saved = queue.broadcast(message("0-0"), {"0"});
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().os_code, ENOENT);
}

TEST_F(OriginStoreTest, AStoppedSleepEndsTheSave) {
  OriginStore queue = store(OriginVariant::after);
  refuse_remove_ = 1000;
  sleeps_allowed_ = 1;
  const auto saved = queue.broadcast(message("0-0"), {"0"});
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Code::cancelled);
  EXPECT_EQ(sleeps_.size(), 2U);
  EXPECT_FALSE(temp_exists());
}

TEST_F(OriginStoreTest, AQueueThatDoesNotParseIsTakenForEmptyAndOverwritten) {
  const std::string whole = serialise_snapshot({}, {message("9-9"), message("9-8")}).value();
  for (const OriginVariant variant : {OriginVariant::before, OriginVariant::after}) {
    write_queue(whole.substr(0, whole.size() - 5));
    OriginStore queue = store(variant);
    EXPECT_TRUE(queue.load_entries().empty());
    ASSERT_TRUE(queue.last_load_problem());
    EXPECT_EQ(queue.last_load_problem()->code, Code::corrupt);
    ASSERT_TRUE(queue.broadcast(message("0-0"), {"0"}));
    EXPECT_EQ(queue.load_entries().size(), 1U);
    EXPECT_FALSE(queue.last_load_problem());
  }
}

TEST_F(OriginStoreTest, EnhancedDigsEntriesOutOfAQueueThatDoesNotParse) {
  const std::string whole = serialise_snapshot({}, {message("9-9"), message("9-8")}).value();
  write_queue(whole.substr(0, whole.size() - 5));
  OriginStore queue = store(OriginVariant::enhanced);
  const auto entries = queue.load_entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].id, "9-9");
  ASSERT_TRUE(queue.last_load_problem());
  EXPECT_EQ(queue.last_load_problem()->code, Code::corrupt);
}

TEST_F(OriginStoreTest, AQueueThatCannotBeReadIsTakenForEmpty) {
  std::filesystem::create_directory(directory_ / "queue.json");  // opens, and cannot be read, as root too
  OriginStore queue = store(OriginVariant::after);
  EXPECT_TRUE(queue.load_entries().empty());
  ASSERT_TRUE(queue.last_load_problem());
  EXPECT_EQ(queue.last_load_problem()->os_code, EISDIR);
}

TEST_F(OriginStoreTest, ADeniedReadIsTakenForEmpty) {
  ASSERT_TRUE(store(OriginVariant::after).broadcast(message("0-0"), {"0"}));
  ASSERT_EQ(::chmod((directory_ / "queue.json").c_str(), 0), 0);
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
  ChildProcess reader([&] {  // root reads what is denied to others
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 9;
    OriginStore queue = store(OriginVariant::after);
    if (!queue.load_entries().empty()) return 1;
    return queue.last_load_problem() && queue.last_load_problem()->code == Code::denied ? 0 : 2;
  });
  EXPECT_EQ(reader.wait(), 0);
}

TEST_F(OriginStoreTest, AMissingDirectoryIsAnErrorNotACrash) {
  OriginStore queue(directory_ / "gone", OriginVariant::after, [](Duration) { return true; });
  const auto saved = queue.broadcast(message("0-0"), {"0"});
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().os_code, ENOENT);
}

}  // namespace
}  // namespace holdfast
