#include "harness/conduct/machine/neighbours.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "core/testing/scratch_directory.h"
#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

constexpr std::int64_t ms = 1'000'000;

// A quarter of a second of two processors: the conductor (10) and an agent (11) of the run, a shell (20) and its child
// (21) outside.
struct Looks {
  Usage before, after;

  Looks() {
    before.everybody_seen = after.everybody_seen = true;
    before.waits_counted = after.waits_counted = true;
    before.time_ns = 1000 * ms;
    after.time_ns = 1250 * ms;
    before.processors.busy_ns = 7000 * ms;
    after.processors.busy_ns = 7500 * ms;
    before.run_bytes = before.disk_bytes = 0;
    after.run_bytes = 4096;
    after.disk_bytes = 8192;
    after.disk_busy_ns = 3 * ms;
    after.disk_flushes = 2;
    before.processes = {{10, {50 * ms, 0, true}},
                        {11, {100 * ms, 0, true}},
                        {20, {9 * ms, 0, false}},
                        {21, {400 * ms, 0, false}}};
    after.processes = {{10, {60 * ms, 0, true}},
                       {11, {190 * ms, 0, true}},
                       {20, {9 * ms, 0, false}},
                       {21, {800 * ms, 0, false}}};
    before.threads = {{10, {50 * ms, 2 * ms}}, {11, {100 * ms, 0}}};
    after.threads = {{10, {60 * ms, 2 * ms}}, {11, {190 * ms, 120 * ms}}};
  }
  [[nodiscard]] Contention use() const { return use_between(before, after); }
};

TEST(Neighbours, StrangersAreWhoIsNotOfTheRun) {
  const Contention use = Looks().use();
  EXPECT_EQ(
      use, (Contention{1000 * ms, 1250 * ms, 500 * ms, 100 * ms, 400 * ms, 120 * ms, 4096, 8192, 3 * ms, 2}));
}

TEST(Neighbours, AStrangersChildThatEndedCountsOnce) {
  Looks looks;
  looks.after.processes.erase(21);
  looks.after.processes[20].ended_ns = 800 * ms;
  looks.after.processes[22] = {20 * ms, 0, false};  // new since then
  EXPECT_EQ(looks.use().strangers_ns, 420 * ms);
}

// What is left over may be of a child that the subject started and does not wait for.
TEST(Neighbours, WhatNobodyWasSeenToTakeIsNoStrangers) {
  Looks looks;
  looks.after.processes[21].own_ns = 400 * ms;
  EXPECT_EQ(looks.use().strangers_ns, 0);
  looks.after.processors.stolen_ns = 30 * ms;
  EXPECT_EQ(looks.use().strangers_ns, 30 * ms);
}

TEST(Neighbours, WhereOthersAreHiddenStrangersHaveWhatTheRunHasNot) {
  Looks looks;
  looks.after.everybody_seen = false;
  EXPECT_EQ(looks.use().strangers_ns, 400 * ms);  // 500, less 10 and 90
}

TEST(Neighbours, HowLongTheUnseenWaitedIsUnknown) {
  Looks looks;
  looks.after.processes[11].ended_ns = 40 * ms;  // of 140 ms, 100 were seen
  EXPECT_EQ(looks.use().waited_ns, std::nullopt);
  looks.after.processes[11].ended_ns = 20 * ms;
  EXPECT_EQ(looks.use().waited_ns, 120 * ms);
}

// A wait is counted when it is over.
TEST(Neighbours, AWaitThatBeganBeforeIsPutWhereItWas) {
  Looks looks;  // 250 ms
  looks.after.threads[11].waited_ns = 700 * ms;
  EXPECT_EQ(looks.use().waited_ns, 250 * ms);
  std::vector<Contention> seen{{.begin_ns = 400 * ms, .end_ns = 650 * ms},
                               {.begin_ns = 650 * ms, .end_ns = 750 * ms},
                               {.begin_ns = 750 * ms, .end_ns = 1000 * ms, .waited_ns = 10 * ms}};
  seen[0].waited_ns = 0;
  add_earlier_waits(looks.before, looks.after, seen);
  EXPECT_EQ(seen[2].waited_ns, 260 * ms);
  EXPECT_EQ(seen[1].waited_ns, std::nullopt);
  EXPECT_EQ(seen[0].waited_ns, 100 * ms);
}

TEST(Neighbours, WhatTheSystemDoesNotTellIsUnknown) {
  Looks looks;
  looks.after.processors.busy_ns.reset();
  looks.after.waits_counted = false;
  looks.after.run_bytes.reset();
  looks.before.disk_bytes.reset();
  EXPECT_EQ(looks.use(), (Contention{1000 * ms, 1250 * ms, 0, 100 * ms, {}, {}, {}, {}, 0}));
}

// Pinned to a few processors of many, the run waits for those alone.
TEST(Usage, CountsTheProcessorsThatTheRunMayUse) {
  const std::string_view stat =
      "cpu  100 0 0 900 0 0 0 30\ncpu0 60 0 0 0 0 0 0 30\ncpu1 40 0 0 0 0 0 0 0\ncpu11 0 0 0 900 0 0 0 "
      "0\nctxt 7\n";
  const std::int64_t tick = 1'000 * ms / ::sysconf(_SC_CLK_TCK);
  EXPECT_EQ(parse_processors(stat, {}).busy_ns, 130 * tick);
  EXPECT_EQ(parse_processors(stat, {1, 11}).busy_ns, 40 * tick);
  EXPECT_EQ(parse_processors(stat, {1, 11}).stolen_ns, 0);
  EXPECT_EQ(parse_processors(stat, {0}).stolen_ns, 30 * tick);
  EXPECT_EQ(parse_processors("intr 5\n", {}).busy_ns, std::nullopt);
}

// Who only looks and writes down keeps nobody waiting, however long it waits itself.
TEST(Usage, OfTheConductorCountsWhoAnswersCallsAlone) {
  const ScratchDirectory scratch;
  std::atomic<bool> over = false;
  pid_t looks = 0, answers = 0;
  std::atomic<int> ready = 0;
  const auto spin = [&](pid_t& thread, const char* name) {
    ::pthread_setname_np(::pthread_self(), name);
    thread = ::gettid();
    ++ready;
    while (!over) ::sched_yield();  // now and then others come first
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] { spin(answers, supervisor_thread_name); });
    while (ready < 2 * i + 1) ::sched_yield();
    threads.emplace_back([&] { spin(looks, "looks"); });
    while (ready < 2 * i + 2) ::sched_yield();
  }
  const auto waited = [&] {
    const Usage usage = read_usage(disk_below(scratch.path()));
    EXPECT_EQ(usage.threads.at(looks).waited_ns, 0);
    EXPECT_NE(usage.threads.at(looks).run_ns, 0);
    return usage.threads.at(answers).waited_ns;
  };
  while (waited() == 0) ::sched_yield();
  over = true;
  for (std::thread& thread : threads) thread.join();
}

// A child that spins is of the run, and what it waits for is its own doing.
TEST(Neighbours, ChildrenAreOfTheRunAndTheRestOfTheMachineIsNot) {
  const ScratchDirectory scratch;
  const dev_t disk = disk_below(scratch.path());
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::getppid();
  }
  const Usage usage = read_usage(disk);
  EXPECT_TRUE(usage.processes.at(::getpid()).of_run);
  EXPECT_TRUE(usage.processes.at(child).of_run);
  EXPECT_FALSE(usage.processes.at(::getppid()).of_run);
  EXPECT_TRUE(usage.threads.count(child) != 0);
  EXPECT_TRUE(usage.run_bytes.has_value());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(Neighbours, LooksFromTheBeginningToTheEndWithoutGaps) {
  const ScratchDirectory scratch;
  Neighbours neighbours(scratch.path());
  const auto seen = neighbours.stop();
  ASSERT_FALSE(seen.empty());
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_EQ(seen[i].begin_ns, seen[i - 1].end_ns);
  EXPECT_GT(seen.back().busy_ns, -1);
}

}  // namespace
}  // namespace holdfast
