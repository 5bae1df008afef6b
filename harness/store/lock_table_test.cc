// Real processes that hold locks and wait for them.
#include "harness/store/lock_table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

#include "core/base/clock.h"
#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

class LockTableTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path store() const { return std::filesystem::canonical(scratch_.path()); }
  [[nodiscard]] Descriptor open(const char* name) const {
    return Descriptor(::open((store() / name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  }

  // A child, agent 1, that opens a file and does what it is told to.
  [[nodiscard]] ChildProcess child(const std::function<void(int)>& work) const {
    return ChildProcess([&] {
      const Descriptor file = open("jobs.lock");
      work(file.get());
      for (;;) ::pause();
      return 0;
    });
  }

  [[nodiscard]] std::vector<LockSeen> now() const {
    std::vector<AgentHandles> agents{{0, store_handles(store(), ::getpid())}, {1, {}}};
    for (const pid_t process : process_tree(::getpid())) {
      if (process == ::getpid()) continue;
      for (const StoreHandle& handle : store_handles(store(), process)) agents[1].handles.push_back(handle);
    }
    std::ifstream locks("/proc/locks");
    return lock_table(std::string(std::istreambuf_iterator<char>(locks), {}), agents, store());
  }

  // Looks until agent 1 is seen in that state.
  [[nodiscard]] std::vector<LockSeen> until_seen(LockState state) const {
    const std::int64_t deadline_ns = monotonic_ns() + 30'000'000'000;
    for (;;) {
      auto seen = now();
      const bool there = std::any_of(seen.begin(), seen.end(), [&](const LockSeen& lock) {
        return lock.agent == 1 && lock.state == state;
      });
      if (there || monotonic_ns() > deadline_ns) return seen;
    }
  }

  ScratchDirectory scratch_;
};

void expect_held_and_waited_for(const std::vector<LockSeen>& seen, LockKind kind) {
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].state, LockState::held);
  EXPECT_EQ(seen[0].agent, 0U);
  EXPECT_EQ(seen[0].pid, ::getpid());
  EXPECT_TRUE(seen[0].exclusive);
  EXPECT_EQ(seen[0].kind, kind);
  EXPECT_EQ(seen[0].path, "jobs.lock");
  EXPECT_FALSE(seen[0].program.empty());
  EXPECT_EQ(seen[1].state, LockState::waits);
  EXPECT_EQ(seen[1].agent, 1U);
  EXPECT_NE(seen[1].pid, 0);
  EXPECT_EQ(seen[1].number, seen[0].number);
}

TEST_F(LockTableTest, Flock) {
  const Descriptor file = open("jobs.lock");
  ASSERT_EQ(::flock(file.get(), LOCK_EX), 0);
  const ChildProcess waiter = child([](int lock) { ::flock(lock, LOCK_EX); });
  expect_held_and_waited_for(until_seen(LockState::waits), LockKind::flock);
}

TEST_F(LockTableTest, PosixAndOpenFileDescriptions) {
  for (const bool ofd : {false, true}) {
    const Descriptor file = open("jobs.lock");
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_start = 10;
    range.l_len = 5;
    ASSERT_EQ(::fcntl(file.get(), ofd ? F_OFD_SETLK : F_SETLK, &range), 0);
    const ChildProcess waiter =
        child([&](int lock) { ::fcntl(lock, ofd ? F_OFD_SETLKW : F_SETLKW, &range); });
    const auto seen = until_seen(LockState::waits);
    expect_held_and_waited_for(seen, ofd ? LockKind::ofd : LockKind::posix);
    EXPECT_EQ(seen[0].first_byte, 10U);
    EXPECT_EQ(seen[0].last_byte, 14U);
  }
}

TEST_F(LockTableTest, WhoOnlyHasTheLockedFileOpenIsToldLast) {
  const Descriptor file = open("jobs.lock");
  ASSERT_EQ(::flock(file.get(), LOCK_SH), 0);
  const ChildProcess other = child([](int) {});
  const auto seen = until_seen(LockState::open);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_FALSE(seen[0].exclusive);
  EXPECT_EQ(seen[1].state, LockState::open);
  EXPECT_EQ(seen[1].path, "jobs.lock");
}

TEST_F(LockTableTest, FilesElsewhereAndUnlockedOnesAreNotInIt) {
  const ScratchDirectory elsewhere;
  const Descriptor other(::open((elsewhere.path() / "x").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  const Descriptor file = open("queue.json");
  EXPECT_TRUE(now().empty());
}

}  // namespace
}  // namespace holdfast
