#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/summary/summary.h"
#include "reports/testing/small_run.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// Two agents, two broadcasts each; 0-1 needs two retries, the rest none.
SmallRun good_run() {
  SmallRun run(2, 2);
  Injector injector;
  injector.kind = InjectorKind::antivirus;
  injector.name = "av";
  run.plan.scenario.injectors.push_back(injector);
  run.history.injectors.push_back(
      {0,
       77,
       3,
       2,
       {{0, 30 * ms_ns, barrier_ns, barrier_ns + 31 * ms_ns, "/store/queue.json"},
        {1, 50 * ms_ns, barrier_ns + 90 * ms_ns, barrier_ns + 141 * ms_ns, "/store/queue.json"},
        {2, 50 * ms_ns, 0, 0, "/store/queue.json"}}});
  const auto antivirus = holder_of(HolderKind::injector, 0, 77, 7, "/usr/bin/holdfast");
  run.broadcast(0, 0, Outcome::ok, {1}, 5);
  run.broadcast(0, 1, Outcome::ok, {1, 101, 302}, 305, {antivirus, antivirus});
  run.broadcast(1, 0, Outcome::ok, {1}, 7);
  run.broadcast(1, 1, Outcome::ok, {1}, 9);
  for (const std::uint32_t agent : {0U, 1U}) run.read(agent, {{0, 0}, {1, 0}, {0, 1}, {1, 1}});
  return run;
}

TEST(Summarise, AGoodRun) {
  SmallRun run = good_run();
  run.plan.scenario.expectations = {{"agents.succeeded", Relation::at_least, 2}};
  const Summary summary = run.summarised();
  EXPECT_EQ(summary.verdict, RunVerdict::pass) << summary.reasons.front();
  EXPECT_EQ(exit_code(summary), 0);
  EXPECT_EQ(summary.planned, 4U);
  EXPECT_EQ(summary.attempted, 4U);
  EXPECT_EQ(summary.ok, 4U);
  EXPECT_EQ(summary.success_rate, 1);
  EXPECT_NEAR(summary.ci95.lower, 0.3976, 1e-4);
  EXPECT_EQ(summary.ci95.upper, 1);
  EXPECT_EQ(summary.runs_needed, 2995U);
  EXPECT_EQ(summary.agents_total, 2U);
  EXPECT_EQ(summary.agents_succeeded, 2U);
  EXPECT_EQ(summary.agents[0].retries, 2U);
  EXPECT_EQ(summary.agents[0].waited_ms, 301);
  EXPECT_EQ(summary.agents[0].ended, "exit 0");
  EXPECT_EQ(summary.agents[1].retries, 0U);
  EXPECT_EQ(summary.retry_histogram, (std::map<std::uint64_t, std::uint64_t>{{0, 3}, {2, 1}}));
  EXPECT_EQ(summary.waits_ms.p50, 0);
  EXPECT_EQ(summary.waits_ms.max, 301);
  EXPECT_NEAR(summary.latency_ms.p50, 7, 7.0 / 256);
  EXPECT_EQ(summary.latency_ms.max, 305);
  EXPECT_EQ(summary.duration_s, 10.5);
  EXPECT_GT(summary.load_s, 0);
  EXPECT_LE(summary.load_s, 10.5);
  EXPECT_EQ(summary.store, "snapshot");
  EXPECT_EQ(summary.rules, "windows");
  EXPECT_EQ(summary.profile, "python");
  EXPECT_FALSE(summary.not_modelled.empty());
}

TEST(Summarise, PlannedAndObservedWaits) {
  const Summary summary = good_run().summarised();
  EXPECT_EQ(summary.planned_budget_ms, 3100);
  ASSERT_EQ(summary.retry_steps.size(), 5U);
  const double planned[] = {100, 200, 400, 800, 1600};
  for (std::size_t at = 0; at < 5; ++at) {
    EXPECT_EQ(summary.retry_steps[at].retry, static_cast<int>(at) + 1);
    EXPECT_TRUE(summary.retry_steps[at].planned);
    EXPECT_EQ(summary.retry_steps[at].planned_least_ms, planned[at]);
    EXPECT_EQ(summary.retry_steps[at].planned_greatest_ms, planned[at]);
    EXPECT_EQ(summary.retry_steps[at].observed, at < 2 ? 1U : 0U);
  }
  EXPECT_EQ(summary.retry_steps[0].observed_ms.max, 100);
  EXPECT_EQ(summary.retry_steps[1].observed_ms.max, 201);
}

TEST(Summarise, RetriesBeyondThePolicyAreRowsOfTheirOwn) {
  SmallRun run = good_run();
  run.plan.scenario.subject.retry.max_retries = 1;
  const Summary summary = run.summarised();
  ASSERT_EQ(summary.retry_steps.size(), 2U);
  EXPECT_TRUE(summary.retry_steps[0].planned);
  EXPECT_FALSE(summary.retry_steps[1].planned);
  EXPECT_EQ(summary.retry_steps[1].observed, 1U);
}

TEST(Summarise, EveryRefusalNamesItsHolder) {
  SmallRun run = good_run();
  Call outside =
      run.history.calls[1];  // refused outside any operation, by two agents and a stranger nobody named
  outside.windows_code = 32;
  outside.holders = {holder_of(HolderKind::agent, 0, 1000, 6, "/opt/agent"),
                     holder_of(HolderKind::agent, 1, 1001, 6, "/usr/bin/agent"),
                     holder_of(HolderKind::unseen, no_process, 0, 0, "")};
  run.history.calls.push_back(outside);
  outside.windows_code = 5;
  outside.holders.clear();
  run.history.calls.push_back(outside);
  const Summary summary = run.summarised();
  EXPECT_EQ(summary.refusals, 4U);
  EXPECT_EQ(summary.refusals_by_code, (std::map<std::uint16_t, std::uint64_t>{{5, 3}, {32, 1}}));
  ASSERT_EQ(summary.refusals_by_holder.size(), 3U);
  const auto& agents = summary.refusals_by_holder[0];
  EXPECT_EQ(agents.holder, "agent");
  EXPECT_EQ(agents.program, "agent");
  EXPECT_EQ(agents.share, "rw-");
  EXPECT_EQ(agents.count, 2U) << "both are named in one refusal";
  EXPECT_THAT(agents.pids, ElementsAre(1000, 1001));
  const auto& antivirus = summary.refusals_by_holder[1];
  EXPECT_EQ(antivirus.holder, "av");
  EXPECT_EQ(antivirus.program, "holdfast");
  EXPECT_EQ(antivirus.share, "rwd");
  EXPECT_EQ(antivirus.count, 2U) << "two handles of one process are one holder";
  EXPECT_EQ(summary.refusals_by_holder[2].holder, "unseen");
  EXPECT_EQ(summary.refusals_by_holder[2].count, 2U) << "one said so, one named nobody";
}

TEST(Summarise, InjectorsPlannedFiredAndHeld) {
  const Summary summary = good_run().summarised();
  ASSERT_EQ(summary.injectors.size(), 1U);
  EXPECT_EQ(summary.injectors[0].name, "av");
  EXPECT_EQ(summary.injectors[0].kind, "antivirus");
  EXPECT_EQ(summary.injectors[0].planned, 3U);
  EXPECT_EQ(summary.injectors[0].fired, 2U);
  EXPECT_EQ(summary.injectors[0].hold_ms.p50, 31);
  EXPECT_EQ(summary.injectors[0].hold_ms.max, 51);
}

TEST(Summarise, ALostMessageFails) {
  SmallRun run = good_run();
  run.history.operations.clear();
  run.history.seen.clear();
  for (const std::uint32_t agent : {0U, 1U}) {
    for (const std::uint32_t number : {0U, 1U}) run.broadcast(agent, number, Outcome::ok, {}, 5);
  }
  run.read(0, {{0, 0}, {1, 0}, {0, 1}, {1, 1}});
  run.read(1, {{0, 0}, {1, 0}, {0, 1}});
  const Summary summary = run.summarised();
  EXPECT_EQ(summary.verdict, RunVerdict::fail);
  EXPECT_EQ(exit_code(summary), 1);
  EXPECT_THAT(summary.reasons.front(), testing::StartsWith("lost: 1 of 8"));
  EXPECT_EQ(summary.agents_succeeded, 1U);
  EXPECT_FALSE(summary.agents[1].succeeded);
}

TEST(Summarise, FailedAndUnansweredBroadcasts) {
  SmallRun run(1, 3);
  run.broadcast(0, 0, Outcome::ok, {}, 5);
  run.broadcast(0, 1, Outcome::fail, {0, 100, 300}, 301);
  run.broadcast(0, 2, Outcome::info, {}, 0);
  run.read(0, {{0, 0}});
  const Summary summary = run.summarised();
  EXPECT_EQ(summary.ok, 1U);
  EXPECT_EQ(summary.failed, 1U);
  EXPECT_EQ(summary.unknown, 1U);
  EXPECT_NEAR(summary.success_rate, 1.0 / 3, 1e-12);
  EXPECT_EQ(summary.latency_ms.max, 5) << "only what was acknowledged has a latency";
  EXPECT_EQ(summary.retry_histogram, (std::map<std::uint64_t, std::uint64_t>{{0, 2}, {2, 1}}));
  EXPECT_EQ(summary.agents[0].failed, 1U);
  EXPECT_EQ(summary.agents[0].unknown, 1U);
}

TEST(Summarise, WhatCannotBeJudgedIsInconclusive) {
  struct Row {
    const char* name;
    void (*change)(SmallRun&);
    const char* reason;
  };
  const Row rows[] = {
      {"interrupted", [](SmallRun& run) { run.history.interrupted = true; }, "interrupted"},
      {"timed out", [](SmallRun& run) { run.history.timed_out = true; }, "deadline"},
      {"cut", [](SmallRun& run) { run.history.complete = false; }, "incomplete run"},
      {"doubted",
       [](SmallRun& run) {
         run.history.doubts = {{DoubtKind::damaged_record, "agent-0.events: byte offset 64: damage"}};
       },
       "byte offset 64"},
      {"never fired", [](SmallRun& run) { run.history.injectors[0].fired = 0; }, "faults-fired"},
  };
  for (const auto& row : rows) {
    SmallRun run = good_run();
    row.change(run);
    const Summary summary = run.summarised();
    EXPECT_EQ(summary.verdict, RunVerdict::inconclusive) << row.name;
    EXPECT_EQ(exit_code(summary), 2) << row.name;
    EXPECT_THAT(summary.reasons, Contains(HasSubstr(row.reason))) << row.name;
  }
}

TEST(Summarise, NothingAttemptedIsNeverAPass) {
  SmallRun run(2, 2);
  const Summary summary = run.summarised();
  EXPECT_NE(summary.verdict, RunVerdict::pass);
  EXPECT_NE(exit_code(summary), 0);
  EXPECT_EQ(summary.agents_succeeded, 0U);
  EXPECT_EQ(summary.ci95.lower, 0);
  EXPECT_EQ(summary.ci95.upper, 1);
  const auto parsed = parse_summary(to_json(summary), "result.json");
  ASSERT_TRUE(parsed) << parsed.error().message;
}

TEST(Summarise, AMissedExpectationIsThree) {
  SmallRun run = good_run();
  run.plan.scenario.expectations = {{"wait.max", Relation::at_most, 300}, {"ok", Relation::equals, 4}};
  const Summary summary = run.summarised();
  EXPECT_EQ(summary.verdict, RunVerdict::fail);
  EXPECT_EQ(exit_code(summary), 3);
  EXPECT_THAT(summary.reasons,
              ElementsAre("expectation missed: 'wait.max' is 301 ms (required: at most 300 ms)"));
}

TEST(Summarise, RoundTripsThroughJson) {
  for (SmallRun run : {good_run(), SmallRun(1, 1)}) {
    const std::string json = to_json(run.summarised());
    const auto parsed = parse_summary(json, "result.json");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(to_json(*parsed), json);
  }
}

TEST(Summarise, IgnoresWhatThePlanDoesNotKnow) {
  SmallRun run = good_run();
  run.broadcast(900, 0, Outcome::ok, {}, 5);
  run.history.injectors.push_back({40, 1, 5, 5, {}});
  run.history.processes.push_back({Role::agent, 900, 9, true, 0, false});
  const Summary summary = run.summarised();
  EXPECT_EQ(summary.attempted, 5U);
  EXPECT_EQ(summary.agents.size(), 2U);
  EXPECT_EQ(summary.injectors.size(), 1U);
}

TEST(Summarise, ManyDoubtsDoNotFloodTheReport) {
  SmallRun run = good_run();
  run.history.doubts.assign(5000, {DoubtKind::damaged_record, "damage"});
  const Summary summary = run.summarised();
  EXPECT_LE(summary.warnings.size(), 201U);
  EXPECT_EQ(summary.warnings.back(), "and 4800 more");
  EXPECT_LE(summary.reasons.size(), 5U);
}

}  // namespace
}  // namespace holdfast
