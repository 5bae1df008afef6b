#include "reports/page/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "reports/page/timeline_choice.h"
#include "reports/testing/small_run.h"

namespace holdfast {
namespace {

Holder viewer() {
  Holder holder = holder_of(HolderKind::injector, 0, 4711, 6, "/usr/bin/holdfast");
  holder.path = "/store/queue.json";
  return holder;
}

// An injector "viewer" that holds queue.json from `from_ms` to `until_ms` after the start.
void add_hold(SmallRun& run, std::int64_t from_ms, std::int64_t until_ms) {
  if (run.plan.scenario.injectors.empty()) {
    Injector injector;
    injector.kind = InjectorKind::open_handle;
    injector.name = "viewer";
    injector.share = "rw";
    run.plan.scenario.injectors.push_back(injector);
    run.history.injectors.push_back({0, 4711, 1, 1, {}});
  }
  run.history.injectors[0].faults.push_back({run.history.injectors[0].faults.size(), 100 * ms_ns,
                                             barrier_ns + from_ms * ms_ns, barrier_ns + until_ms * ms_ns,
                                             "/store/queue.json"});
}

TEST(Timeline, ARefusalNamesTheHoldThatCoversIt) {
  SmallRun run{1, 2};
  add_hold(run, 10, 100);
  add_hold(run, 290, 400);
  run.broadcast(0, 0, Outcome::ok, {50, 300, 700}, 800, {viewer()});
  run.sort();
  const Timeline timeline = timeline_of(run.plan, run.history);
  ASSERT_EQ(timeline.operations.size(), 1U);
  const auto& calls = timeline.operations[0].calls;
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[0].holders.at(0).since_us, 10'000);
  EXPECT_EQ(calls[0].holders.at(0).until_us, 100'000);
  EXPECT_EQ(calls[1].holders.at(0).since_us, 290'000);
  EXPECT_TRUE(calls[2].holders.empty());
  const TimelineHolder& holder = timeline.holders.at(calls[0].holders[0].holder);
  EXPECT_EQ(holder.name, "viewer");
  EXPECT_EQ(holder.pid, 4711);
  EXPECT_EQ(holder.share, "rw-");
}

TEST(Timeline, AnAgentHeldTheFileSinceItsOperationBegan) {
  SmallRun run{2, 1};
  run.broadcast(0, 0, Outcome::ok, {5, 20}, 30, {holder_of(HolderKind::agent, 1, 1001, 6, "agent")});
  run.broadcast(1, 0, Outcome::ok, {9}, 15);
  run.sort();
  const Timeline timeline = timeline_of(run.plan, run.history);
  const TimelineMention& mention = timeline.operations.at(0).calls.at(0).holders.at(0);
  EXPECT_EQ(mention.during, "1-0");
  EXPECT_EQ(mention.since_us, 0);
}

TEST(Timeline, AHoldThatIsNotOnRecordHasNoSince) {
  SmallRun run{1, 1};
  add_hold(run, 500, 600);
  run.broadcast(0, 0, Outcome::ok, {50, 90}, 100, {viewer()});
  run.sort();
  const Timeline timeline = timeline_of(run.plan, run.history);
  EXPECT_FALSE(timeline.operations.at(0).calls.at(0).holders.at(0).since_us);
}

TEST(Timeline, WhatWasAcknowledgedAndIsLackingIsTheFirstFailure) {
  SmallRun run{2, 2};
  run.broadcast(0, 0, Outcome::ok, {1}, 2);
  run.broadcast(0, 1, Outcome::fail, {1}, 2);
  run.read(0, {{0, 0}});
  run.read(1, {});
  run.sort();
  const Timeline timeline = timeline_of(run.plan, run.history);
  ASSERT_TRUE(timeline.first_failure);
  EXPECT_EQ(timeline.operations[*timeline.first_failure].number, 0U);
  EXPECT_EQ(timeline.operations[*timeline.first_failure].lacking, 1U);
}

// Refused and failed operations among many that went well.
SmallRun long_run(std::uint32_t broadcasts, std::uint32_t fail_every, std::uint32_t refuse_every) {
  SmallRun run{2, broadcasts};
  for (std::uint32_t agent = 0; agent < 2; ++agent) {
    for (std::uint32_t number = 0; number < broadcasts; ++number) {
      if (number % fail_every == 1) {
        run.broadcast(agent, number, Outcome::fail, {1}, 2, {viewer()});
      } else if (number % refuse_every == 2) {
        run.broadcast(agent, number, Outcome::ok, {1, 5}, 8, {viewer()});
      } else {
        run.broadcast(agent, number, Outcome::ok, {1}, 2);
      }
    }
  }
  run.sort();
  return run;
}

TEST(Timeline, WhatDoesNotFitIsCountedAndFailuresAreKeptFirst) {
  SmallRun run = long_run(500, 50, 10);
  const Timeline timeline = timeline_of(run.plan, run.history, {200, 10, 300});
  EXPECT_FALSE(timeline.whole());
  EXPECT_EQ(timeline.all_operations, 1000U);
  EXPECT_EQ(timeline.all_unsuccessful, 20U);
  EXPECT_EQ(timeline.kept_unsuccessful, 20U);
  EXPECT_EQ(timeline.all_refused, 120U);
  EXPECT_LT(timeline.operations.size(), 200U);
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t refused = 0;
  for (const TimelineBin& bin : timeline.bins) {
    ok += bin.ok;
    failed += bin.failed;
    refused += bin.refused;
  }
  EXPECT_EQ(ok, 980U);
  EXPECT_EQ(failed, 20U);
  EXPECT_EQ(refused, timeline.all_refusals);
}

RC_GTEST_PROP(TimelineChoice, KeepsWithinItsLimitAndInOrder, ()) {
  const auto broadcasts = *rc::gen::inRange<std::uint32_t>(1, 200);
  const auto items = *rc::gen::inRange<std::size_t>(0, 900);
  const SmallRun run =
      long_run(broadcasts, *rc::gen::inRange<std::uint32_t>(2, 20), *rc::gen::inRange<std::uint32_t>(3, 20));
  const std::vector<std::uint32_t> lacking(run.history.operations.size());
  const TimelineChoice choice = chosen_operations(run.history, lacking, items);
  std::size_t weight = 0;
  std::uint64_t all = 0;
  for (const std::uint32_t index : choice.operations) weight += 1 + run.history.operations[index].calls;
  for (const Operation& operation : run.history.operations) all += 1 + operation.calls;
  RC_ASSERT(weight <= items);
  RC_ASSERT(std::is_sorted(choice.operations.begin(), choice.operations.end()));
  if (all <= items) RC_ASSERT(choice.operations.size() == run.history.operations.size());
}

}  // namespace
}  // namespace holdfast
