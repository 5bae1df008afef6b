// For what a self-test repeats a run of a correct subject, from figures; and that the figures are there.
#include "harness/cli/selftest/outside_load.h"

#include <gtest/gtest.h>

#include "core/base/clock.h"

namespace holdfast {
namespace {

constexpr std::uint64_t mib = 1 << 20;

TEST(OutsideLoadTest, ACauseIsAFifthOfTheTimeAndNotOurs) {
  struct Row {
    OutsideLoad load;
    bool cause;
  };
  const Row rows[] = {
      // seconds, processors, others' seconds, wait for a disk, others' bytes, own bytes
      {{2, 2, 0.79, 0, 0, 0}, false},
      {{2, 2, 0.81, 0, 0, 0}, true},
      {{2, 64, 2, 0, 0, 0}, false},  // one busy processor of many keeps nobody waiting
      {{2, 1, 0, 0.5, 10 * mib, mib}, true},
      {{2, 1, 0, 0.3, 10 * mib, mib}, false},
      {{2, 1, 0, 0.5, mib, 10 * mib}, false},  // the run's own bytes
      {{2, 1, 0, 2, 0, 0}, false},             // a disk that nobody used
      {{0, 1, 0, 0, 0, 0}, false},
  };
  for (const Row& row : rows) EXPECT_EQ(outside_cause(row.load).has_value(), row.cause) << (&row - rows);
  EXPECT_EQ(outside_cause({2, 2, 3, 0, 0, 0}), "other programs used 3.0 s of the 4.0 s of its processors");
  EXPECT_EQ(
      outside_cause({2, 2, 0, 1, 30 * mib, 2 * mib}),
      "processes waited for the disk in 1.0 s of 2.0 s, and other programs moved 30.0 MiB while the run "
      "moved 2.0 MiB");
}

TEST(OutsideLoadTest, WhatIsOursIsTakenAway) {
  const MachineUse before{10, 100, 5, 1, 50 * mib, mib};
  const MachineUse after{12, 103, 6, 1.5, 60 * mib, 5 * mib};
  const OutsideLoad load = outside_load(before, after, 4);
  EXPECT_DOUBLE_EQ(load.seconds, 2);
  EXPECT_DOUBLE_EQ(load.processor_s, 2);
  EXPECT_DOUBLE_EQ(load.disk_wait_s, 0.5);
  EXPECT_EQ(load.disk_bytes, 6 * mib);
  EXPECT_EQ(load.own_disk_bytes, 4 * mib);
  EXPECT_EQ(outside_load(before, {12, 100, 7, 1, 50 * mib, 9 * mib}, 4).processor_s, 0);
  EXPECT_EQ(outside_load(before, {12, 100, 7, 1, 50 * mib, 9 * mib}, 4).disk_bytes, 0U);
}

TEST(OutsideLoadTest, TimeThatThisProcessComputesIsItsOwn) {
  const MachineUse before = machine_use();
  ASSERT_GT(before.busy_s, 0);
  while (machine_use().own_s - before.own_s < 0.05) {
  }
  const MachineUse after = machine_use();
  EXPECT_GT(after.at_s, before.at_s);
  EXPECT_GT(after.own_s, before.own_s);
  EXPECT_GE(after.busy_s, before.busy_s);
}

}  // namespace
}  // namespace holdfast
