// What excuses an operation, and what nobody can earn: on histories made by hand.
#include "harness/check/busy_machine.h"

#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

// One broadcast with a deadline of 5 s, from 1 s to 7.5 s: half a second more than is tolerated.
struct LateRun : TestRun {
  LateRun() : TestRun(1, 1) {
    plan.scenario.agents.operation_deadline = std::chrono::seconds(5);
    broadcast(a, 1'000, 7'500).quiet().read(0, {a}).finished();
  }
  // From one time to another two processors were busy, so much of it by strangers, while the run waited for so long and
  // had the rest.
  LateRun& machine(std::int64_t from_ms, std::int64_t to_ms, std::optional<std::int64_t> strangers_ms,
                   std::optional<std::int64_t> waited_ms) {
    Contention use{.begin_ns = at(from_ms), .end_ns = at(to_ms), .busy_ns = 2 * (to_ms - from_ms) * ms};
    use.run_ns = use.busy_ns - strangers_ms.value_or(0) * ms;
    if (strangers_ms) use.strangers_ns = *strangers_ms * ms;
    if (waited_ms) use.waited_ns = *waited_ms * ms;
    use.run_bytes = use.disk_bytes = 0;
    history.machine.push_back(use);
    return *this;
  }
  [[nodiscard]] Verdict verdict() const { return check_bounded_wait({plan, history}).verdict; }
};

TEST(BusyMachine, ExcusesWaitingByTheShareOfStrangers) {
  LateRun run;
  run.machine(0, 1'000, 2'000, 9'000)       // before it was asked for
      .machine(1'000, 2'000, 1'000, 1'500)  // strangers had half, and the run waited for more than that
      .machine(2'000, 8'000, 0, 40'000);    // the crowd waits for itself
  EXPECT_EQ(BusyMachine(run.plan, run.history).excuse(run.at(1'000), run.at(7'500)).all_ns(),
            550 * TestRun::ms);
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::unknown, 2, 0,
                 "was answered after 6.500 s, but its deadline is 5.000 s; but programs outside the run kept "
                 "it from the "
                 "processors for 0.550 s of that",
                 "neighbours");
  run.history.machine[1].waited_ns = 800 * TestRun::ms;  // four ninths, a tenth more: 0.489 s
  EXPECT_EQ(run.verdict(), Verdict::fail);
}

// One that seldom can run, and waits each time, was kept from it only then.
TEST(BusyMachine, SleepingIsNotWaiting) {
  LateRun run;
  run.machine(1'000, 7'500, 13'000, 440);
  EXPECT_EQ(run.verdict(), Verdict::fail);
  run.history.machine[0].waited_ns = 460 * TestRun::ms;
  EXPECT_EQ(run.verdict(), Verdict::unknown);
}

// However many wait, a moment counts once.
TEST(BusyMachine, NoMomentCountsTwice) {
  LateRun run;
  run.machine(1'000, 1'499, 998, 400'000);
  EXPECT_EQ(run.verdict(), Verdict::fail);
  run.history.machine[0].end_ns = run.at(1'501);
  EXPECT_EQ(run.verdict(), Verdict::unknown);
}

TEST(BusyMachine, SpinningEarnsNothing) {
  LateRun run;
  run.machine(1'000, 7'500, 0, 6 * 6'500);
  EXPECT_EQ(run.verdict(), Verdict::fail);
}

// Whoever comes and goes unseen may have waited all the time: strangers must have had the processors still.
TEST(BusyMachine, WhatIsUnknownIsNeitherEarnedNorBlamed) {
  LateRun run;
  run.machine(1'000, 7'500, 0, std::nullopt);
  EXPECT_EQ(run.verdict(), Verdict::fail);
  run.history.machine[0].strangers_ns = 13'000 * TestRun::ms;
  EXPECT_EQ(run.verdict(), Verdict::unknown);
  run.history.machine[0].strangers_ns.reset();
  run.history.machine[0].run_ns = run.history.machine[0].waited_ns.emplace(3'250 * TestRun::ms);
  expect_finding(
      check_bounded_wait({run.plan, run.history}), Verdict::unknown, 2, 0,
      "; but it waited for a processor for 3.575 s of that, and this system does not tell who had it",
      "untold");
}

TEST(BusyMachine, ExcusesWhatOfAStandstillLiesInTheOperation) {
  LateRun run;
  auto& standstills = run.history.standstills;
  standstills = {{run.at(0), run.at(900)},          // before it was asked for
                 {run.at(999), run.at(1'300)},      // 0.300 s of these
                 {run.at(7'301), run.at(20'000)}};  // 0.199 s
  EXPECT_EQ(run.verdict(), Verdict::fail);
  standstills[2].begin_ns = run.at(7'300);
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::unknown, 2, 0,
                 "was answered after 6.500 s, but its deadline is 5.000 s; but the disk stood still for "
                 "0.500 s of that, "
                 "beyond what the run wrote",
                 "the disk");
  standstills.erase(standstills.begin() + 1);
  run.machine(1'000, 1'400, 800, 300);
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::unknown, 2, 0,
                 "; but programs outside the run kept it from the processors for 0.330 s of that, and the "
                 "disk stood still "
                 "for 0.200 s of that, beyond what the run wrote",
                 "both");
}

// A standstill from 2 to 4 s.
struct StillRun : LateRun {
  StillRun() {
    history.standstills = {{at(2'000), at(4'000)}};
    machine(1'000, 2'000, 0, 0).machine(2'000, 4'000, 0, 0);
    history.disk_bytes_per_s = 100e6;
  }
  void wrote(std::size_t look, std::int64_t run_bytes, std::int64_t disk_bytes, std::int64_t busy_ms) {
    Contention& use = history.machine[look];
    use.run_bytes = run_bytes;
    use.disk_bytes = disk_bytes;
    use.disk_busy_ns = busy_ms * ms;
  }
  [[nodiscard]] std::int64_t own_ms() const {
    return explained_by_run_ns(history, history.standstills[0]) / ms;
  }
};

TEST(BusyMachine, AFrozenDiskIsNotTheRuns) {
  StillRun run;
  run.wrote(0, 4'000'000, 4'000'000, 100);
  run.wrote(1, 8'192, 0, 0);
  EXPECT_EQ(run.own_ms(), 0);
  EXPECT_EQ(run.verdict(), Verdict::unknown);
}

TEST(BusyMachine, WhatTheRunWroteExplainsItsTimeOnTheDisk) {
  StillRun run;
  run.wrote(0, 250'000'000, 100'000'000, 1'000);  // 150 MB are on their way when it begins: 1.5 s
  run.wrote(1, 0, 0, 0);
  EXPECT_EQ(run.own_ms(), 1'500);
  run.wrote(1, 100'000'000, 0, 0);
  EXPECT_EQ(run.own_ms(), 2'000);
  EXPECT_EQ(run.verdict(), Verdict::fail);
}

// A disk may be slower than it seemed, once its cache is full: it was busy, and with whose bytes is known.
TEST(BusyMachine, ABusyDiskIsWhoseBytesItWrites) {
  StillRun run;
  run.history.disk_bytes_per_s = 400e6;
  run.wrote(0, 50'000'000, 50'000'000, 1'000);
  run.wrote(1, 50'000'000, 50'000'000, 2'000);
  EXPECT_EQ(run.own_ms(), 2'000);
  EXPECT_EQ(run.verdict(), Verdict::fail);
  run.wrote(1, 50'000'000, 350'000'000, 2'000);  // another floods it
  EXPECT_EQ(run.own_ms(), 500);
  EXPECT_EQ(run.verdict(), Verdict::unknown);
  run.history.machine[1].run_bytes.reset();  // whose bytes may not be seen wrote them all
  EXPECT_EQ(run.own_ms(), 2'000);
}

// So is one that an outsider throttles: what it had to do for the run does not explain that.
TEST(BusyMachine, ADiskThatBecomesMuchSlowerIsNotTheRuns) {
  StillRun run;
  run.wrote(0, 1'000'000, 1'000'000, 1'000);  // 10 ms at its speed
  run.wrote(1, 1'000'000, 1'000'000, 2'000);
  EXPECT_EQ(run.own_ms(), 160);
  EXPECT_EQ(run.verdict(), Verdict::unknown);
  run.history.machine[1].disk_flushes = 1'000;
  EXPECT_EQ(run.own_ms(), 160);
  run.history.disk_flush_ns = TestRun::ms;  // all the run's: a second's work
  EXPECT_EQ(run.own_ms(), 2'000);
  run.history.machine[1].disk_bytes = 10'000'000;  // a tenth of them, and with them a tenth of its time
  EXPECT_EQ(run.own_ms(), 363);
}

// Nor may it keep the processors from those who write for the disk.
TEST(BusyMachine, ACrowdThatSpinsStandsInTheDisksWay) {
  StillRun run;
  run.history.machine[1].waited_ns = 12'000 * TestRun::ms;
  EXPECT_EQ(run.own_ms(), 2'000);
  run.history.machine[1].strangers_ns = 4'000 * TestRun::ms;
  EXPECT_EQ(run.own_ms(), 0);
}

}  // namespace
}  // namespace holdfast
