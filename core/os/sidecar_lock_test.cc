#include "core/os/sidecar_lock.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/testing/child_process.h"
#include "core/testing/intercepted_calls.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

using LockSleep = std::function<bool(nanoseconds)>;
using LockClock = std::function<std::int64_t()>;

const LockClock real_clock = monotonic_ns;
const LockSleep really_sleep = [](nanoseconds pause) {
  std::this_thread::sleep_for(pause);
  return true;
};

Result<SidecarLock> acquire_within(const std::filesystem::path& path, nanoseconds timeout,
                                   const LockSleep& sleep = really_sleep) {
  return SidecarLock::acquire(path, {timeout, sleep, real_clock});
}

TEST(SidecarLock, excludes_threads_and_processes_and_lets_go) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  {
    auto held = acquire_within(path, seconds(0));
    ASSERT_TRUE(held);
    std::thread([&] { EXPECT_EQ(acquire_within(path, seconds(0)).error().code, Code::timed_out); }).join();
    ChildProcess child([&] { return acquire_within(path, seconds(0)) ? 1 : 0; });
    EXPECT_EQ(child.wait(), 0);
  }
  EXPECT_TRUE(acquire_within(path, seconds(0)));
  EXPECT_TRUE(std::filesystem::exists(path));  // never deleted
}

TEST(SidecarLock, is_let_go_when_its_holder_is_killed) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  ChildProcess holder([&] {
    auto held = acquire_within(path, seconds(0));
    if (!held || ::write(ready[1], "x", 1) != 1) return 1;
    for (;;) ::pause();
  });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_FALSE(acquire_within(path, seconds(0)));
  holder.send(SIGKILL);
  EXPECT_EQ(holder.wait(), -SIGKILL);
  EXPECT_TRUE(acquire_within(path, seconds(0)));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(SidecarLock, a_child_forked_while_it_is_held_does_not_prolong_it) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  auto held = acquire_within(path, seconds(0));
  ASSERT_TRUE(held);
  ChildProcess child([]() -> int {
    for (;;) ::pause();
  });
  std::optional<SidecarLock> moved(std::move(*held));
  moved.reset();
  EXPECT_TRUE(acquire_within(path, seconds(0)));
}

TEST(SidecarLock, gives_up_at_the_deadline) {
  const ScratchDirectory scratch;
  auto held = acquire_within(scratch.path() / "lock", seconds(0));
  ASSERT_TRUE(held);
  std::int64_t now_ns = 0;
  nanoseconds slept{0};
  const LockClock clock = [&] { return now_ns; };
  const LockSleep sleep = [&](nanoseconds pause) {
    slept += pause;
    now_ns += pause.count();
    return true;
  };
  const auto second = SidecarLock::acquire(scratch.path() / "lock", {seconds(5), sleep, clock});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::timed_out);
  EXPECT_EQ(slept, seconds(5));  // to the nanosecond: the last pause is cut
  EXPECT_NE(second.error().message.find("5000 ms"), std::string::npos) << second.error().message;
}

TEST(SidecarLock, stops_waiting_when_asked_to) {
  const ScratchDirectory scratch;
  auto held = acquire_within(scratch.path() / "lock", seconds(0));
  ASSERT_TRUE(held);
  int sleeps = 0;
  const auto second =
      acquire_within(scratch.path() / "lock", seconds(3600), [&](nanoseconds) { return ++sleeps < 3; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::cancelled);
  EXPECT_EQ(sleeps, 3);
}

// A thread that stands in line and sleeps until it is told to go on.
class StoppedWaiter {
 public:
  explicit StoppedWaiter(const std::filesystem::path& path)
      : thread_([this, path] {
          static_cast<void>(acquire_within(path, seconds(3600), [this](nanoseconds) {
            in_line_.store(true);
            in_line_.notify_one();
            go_on_.wait(false);
            return true;
          }));
        }) {
    in_line_.wait(false);
  }
  ~StoppedWaiter() {
    go_on_.store(true);
    go_on_.notify_one();
    thread_.join();
  }

 private:
  std::atomic<bool> in_line_{false};
  std::atomic<bool> go_on_{false};
  std::thread thread_;
};

TEST(SidecarLock, a_newcomer_does_not_overtake_who_waits) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  std::optional<SidecarLock> held(std::move(acquire_within(path, seconds(0)).value()));
  const StoppedWaiter waiter(path);
  held.reset();  // free, but somebody waits
  EXPECT_EQ(acquire_within(path, seconds(0)).error().code, Code::timed_out);
}

TEST(SidecarLock, who_is_stopped_in_line_is_overtaken) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  std::optional<SidecarLock> held(std::move(acquire_within(path, seconds(0)).value()));
  const StoppedWaiter waiter(path);
  held.reset();
  EXPECT_TRUE(acquire_within(path, seconds(60)));
}

TEST(SidecarLock, a_crowd_is_excluded_and_all_get_through) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  const auto count = scratch.write("count", "0");
  constexpr int processes = 16;
  constexpr int rounds = 40;
  std::vector<ChildProcess> crowd;
  crowd.reserve(processes);
  for (int number = 0; number < processes; ++number) {
    crowd.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        auto held = acquire_within(path, seconds(100));
        if (!held) return 1;
        // Loses counts unless nobody else is between reading and writing.
        const int before = std::stoi(scratch.read("count"));
        scratch.write("count", std::to_string(before + 1));
      }
      return 0;
    });
  }
  for (ChildProcess& one : crowd) EXPECT_EQ(one.wait(), 0);
  EXPECT_EQ(scratch.read("count"), std::to_string(processes * rounds));
}

TEST(SidecarLock, remembers_a_holder_that_did_not_finish) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  const auto hold = [&](const std::function<void(SidecarLock&)>& work) {
    ChildProcess child([&] {
      auto held = acquire_within(path, seconds(0));
      if (!held) return 2;
      const int unfinished = held->left_unfinished() ? 1 : 0;
      work(*held);
      return unfinished;
    });
    return child.wait();
  };
  EXPECT_EQ(hold([](SidecarLock&) {}), 0);
  EXPECT_EQ(hold([](SidecarLock& lock) {
              lock.mark_unfinished();
              lock.mark_finished();
            }),
            0);
  EXPECT_EQ(hold([](SidecarLock& lock) {
              lock.mark_unfinished();
              ::raise(SIGKILL);
            }),
            -SIGKILL);
  EXPECT_EQ(hold([](SidecarLock& lock) { lock.mark_finished(); }), 1);
  EXPECT_EQ(hold([](SidecarLock&) {}), 0);
}

TEST(SidecarLock, bears_a_lock_file_full_of_rubbish) {
  const ScratchDirectory scratch;
  const auto path = scratch.write("lock", std::string(100'000, 'z'));
  auto held = acquire_within(path, seconds(0));
  ASSERT_TRUE(held);
  EXPECT_FALSE(held->left_unfinished());
}

// There, fs.protected_regular refuses every open with O_CREAT, though nothing is to be made.
TEST(SidecarLock, opens_the_lock_of_another_user_in_a_sticky_directory) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  const ScratchDirectory scratch;
  const auto path = scratch.write("lock", "");
  bool acquired = false;
  with_intercepted_calls([](const InterceptedCall& call) { return call.name == "create" ? EACCES : 0; },
                         [&] { acquired = acquire_within(path, seconds(0)).has_value(); });
  EXPECT_TRUE(acquired);
}

TEST(SidecarLock, says_why_it_cannot_lock) {
  const ScratchDirectory scratch;
  EXPECT_EQ(acquire_within(scratch.path() / "none" / "lock", seconds(0)).error().code, Code::not_found);
  EXPECT_EQ(acquire_within(scratch.path(), seconds(0)).error().code, Code::failed);
  std::filesystem::create_symlink(scratch.path() / "elsewhere", scratch.path() / "link");
  EXPECT_EQ(acquire_within(scratch.path() / "link", seconds(0)).error().code, Code::failed);
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "elsewhere"));
}

RC_GTEST_PROP(LinePauseProperty, is_short_for_the_first_and_never_long, ()) {
  const auto ahead = *rc::gen::arbitrary<std::uint64_t>();
  const nanoseconds turn(*rc::gen::arbitrary<std::int64_t>());
  const nanoseconds since(*rc::gen::arbitrary<std::int64_t>());
  const nanoseconds pause = line_pause(ahead, turn, since);
  RC_ASSERT(pause > nanoseconds(0));
  RC_ASSERT(pause <= milliseconds(200));
  RC_ASSERT(line_pause(0, turn, since) <= milliseconds(2));
}

RC_GTEST_PROP(LinePauseProperty, is_over_before_half_of_the_turns_are, ()) {
  const auto ahead = *rc::gen::inRange<std::uint64_t>(1, 100'000);
  const nanoseconds turn(*rc::gen::inRange<std::int64_t>(50'000, 1'000'000'000));
  const nanoseconds pause = line_pause(ahead, turn, nanoseconds(0));
  RC_ASSERT(pause <= std::max(turn * static_cast<std::int64_t>(ahead) / 2, nanoseconds(100'000)));
}

TEST(LineTurn, one_long_turn_says_little) {
  nanoseconds turn(0);
  for (int turns = 0; turns < 20; ++turns) turn = line_turn(turn, milliseconds(5));
  EXPECT_EQ(turn, milliseconds(5));
  EXPECT_EQ(line_turn(turn, seconds(3)), milliseconds(10));
  EXPECT_EQ(line_turn(milliseconds(10), milliseconds(4)), milliseconds(4));
  EXPECT_GT(line_turn(nanoseconds(-1), nanoseconds(-1)), nanoseconds(0));
}

// Most looks are those of whoever is first.
TEST(SidecarLock, a_long_line_is_looked_at_seldom) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "lock";
  constexpr int waiters = 100;
  std::atomic<std::uint64_t> looks{0};
  std::optional<SidecarLock> held(std::move(acquire_within(path, seconds(0)).value()));
  std::vector<std::thread> crowd;
  std::atomic<int> in_line{0};
  for (int number = 0; number < waiters; ++number) {
    crowd.emplace_back([&] {
      bool counted = false;
      const LockSleep sleep = [&](nanoseconds pause) {
        if (!std::exchange(counted, true)) ++in_line;
        ++looks;
        return really_sleep(pause);
      };
      auto got = acquire_within(path, seconds(100), sleep);
      ASSERT_TRUE(got);
      really_sleep(milliseconds(2));
    });
  }
  while (in_line.load() < waiters) really_sleep(milliseconds(1));
  looks = 0;
  held.reset();
  for (std::thread& one : crowd) one.join();
  EXPECT_LT(looks.load(), std::uint64_t{waiters} * 100);  // some 25; polling all the time takes 400 and more
}

}  // namespace
}  // namespace holdfast
