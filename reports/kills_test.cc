// What reports say of kills by plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "reports/run/render.h"
#include "reports/summary/sentences.h"
#include "reports/testing/small_run.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

// Agent 0 was killed in 0-1, which is delivered all the same, and in 0-2, which is not; it ended well.
Summary killed_twice() {
  SmallRun run(2, 4);
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.name = "axe";
  run.plan.scenario.injectors = {injector};
  run.history.injectors.push_back({0, 0, 2, 2, {}});
  run.history.injectors[0].walks = {{0, 2, 2, true, {"write *.tmp", "rename queue.json"}}};
  std::vector<MessageId> delivered;
  for (const std::uint32_t agent : {0U, 1U}) {
    for (std::uint32_t number = 0; number < 4; ++number) {
      const bool cut = agent == 0 && (number == 1 || number == 2);
      run.broadcast(agent, number, cut ? Outcome::info : Outcome::ok,
                    cut ? std::vector<int>{} : std::vector<int>{1}, 5);
      if (cut) {
        Operation& operation = run.history.operations.back();
        operation.complete_ns = 0;
        run.history.kills.push_back({0, 0, 9, operation.invoke_ns + ms_ns, "write", "/s/a.tmp"});
      }
      if (!cut || number == 1) delivered.push_back({agent, number});
    }
  }
  // In the order in which they were sent: both agents at a time.
  std::stable_sort(delivered.begin(), delivered.end(),
                   [](MessageId a, MessageId b) { return a.number < b.number; });
  run.read(0, delivered);
  run.read(1, delivered);
  return run.summarised();
}

TEST(Kills, AreCountedWithWhatTheyCutShort) {
  const Summary summary = killed_twice();
  EXPECT_EQ(summary.verdict, RunVerdict::pass) << summary.reasons.front();
  EXPECT_THAT(summary.reasons.front(), HasSubstr("2 broadcasts cut short by planned kills"));
  ASSERT_EQ(summary.injectors.size(), 1U);
  EXPECT_EQ(summary.injectors[0].visited, 2U);
  EXPECT_EQ(summary.injectors[0].cut_short, 2U);
  EXPECT_EQ(summary.injectors[0].recovered, 1U);
  EXPECT_EQ(injector_sentence(summary.injectors[0]),
            "2 of 2 planned faults fired; killed before each of the 2 file calls of a save; 2 broadcasts cut "
            "short, of which 1 were delivered anyway");
  EXPECT_THAT(summary.agents[0].ended, HasSubstr(" after 2 planned kills"));
  EXPECT_THAT(summary.agents[1].ended, Not(HasSubstr("planned")));
}

TEST(Kills, StandInEveryReport) {
  const Summary summary = killed_twice();
  EXPECT_THAT(render_markdown(summary), HasSubstr("1. `write *.tmp`\n1. `rename queue.json`\n"));
  EXPECT_THAT(render_terminal(summary, false, 200), HasSubstr("each of the 2 file calls"));
  const auto read = parse_summary(to_json(summary), "result.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(summary));
  EXPECT_THAT(to_json(summary), HasSubstr("\"points\": 2"));
}

TEST(Kills, AWalkThatIsNotThroughIsNoBoast) {
  InjectorSummary summary;
  summary.planned = summary.fired = 1;
  summary.calls = {"write *.tmp", "rename queue.json"};
  summary.visited = 1;
  EXPECT_THAT(injector_sentence(summary), HasSubstr("before 1 of the 2 file calls of a save"));
}

}  // namespace
}  // namespace holdfast
