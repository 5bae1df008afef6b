// A crowd of many processes: all accounted for, nothing left when it is cut short, and refused before it
// starts where the machine has no room. The thousand itself is scenarios/thousand.toml, by hand.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

constexpr std::uint64_t crowd = sanitized ? 20 : 100;

std::string crowd_scenario(const std::string& more = "broadcasts = 1") {
  return small_scenario("count = " + std::to_string(crowd) + "\nrecipients = { neighbours = 8 }\n" + more,
                        "[[inject]]\nkind = \"antivirus\"\nchance = 0.05\nmin_fired = 0\n"
                        "hold = { median = \"10ms\", p99 = \"40ms\", max = \"80ms\" }\n");
}

using Crowd = RunTest;

TEST_F(Crowd, EveryAgentIsAccountedFor) {
  const auto end = start_small(crowd_scenario()).wait();
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Summary summary = result_of("run");
  EXPECT_EQ(summary.agents_succeeded, crowd);
  EXPECT_EQ(summary.ok, crowd);
  EXPECT_EQ(summary.agents.size(), crowd);
  for (const AgentSummary& agent : summary.agents) EXPECT_EQ(agent.ended, "exit 0");
  // Alike, so one row in the report, whatever their number.
  const std::string report = file_bytes(scratch() / "run" / "report.md");
  EXPECT_LT(std::count(report.begin(), report.end(), '\n'), 200);
}

TEST_F(Crowd, CutShortWhileItStartsNothingStays) {
  auto run = start_small(crowd_scenario("broadcasts = 1000"));
  ASSERT_TRUE(eventually([&] { return members("internal-agent").size() > crowd / 4; }));
  run.send_to_group(SIGINT);
  EXPECT_EQ(run.wait().exit_code, 2);
  expect_nothing_left();
  EXPECT_EQ(holdfast({"check", "run"}).exit_code, 2);
}

TEST_F(Crowd, CutShortWhileItBroadcastsNothingStays) {
  auto run = start_small(crowd_scenario("broadcasts = 1000"));
  ASSERT_TRUE(eventually([&] { return released(); }));
  run.send(SIGINT);
  EXPECT_EQ(run.wait().exit_code, 2);
  expect_nothing_left();
  EXPECT_EQ(holdfast({"check", "run"}).exit_code, 2);
}

// Some agents read, the others wait for their turn.
TEST_F(Crowd, CutShortWhileItReadsNothingStays) {
  auto run = start_small(crowd_scenario("broadcasts = 1\nbody_bytes = 2000"));
  ASSERT_TRUE(eventually([&] { return released(); }));
  std::size_t most = 0;
  ASSERT_TRUE(eventually([&] {
    const std::size_t now = members("internal-agent").size();
    most = std::max(most, now);
    return now < most;
  }));
  // As long as one is stopped, the run is not over.
  const auto left = members("internal-agent");
  ASSERT_FALSE(left.empty());
  stop_process(left.back().pid);
  run.send(SIGINT);
  ASSERT_TRUE(eventually([&] {
    const auto events = conducted();
    return std::any_of(events.begin(), events.end(), [](const Event& event) {
      return event.type == EventType::mark && event.value[0] == static_cast<std::uint64_t>(Mark::interrupted);
    });
  }));
  ::kill(left.back().pid, SIGCONT);
  EXPECT_EQ(run.wait().exit_code, 2);
  expect_nothing_left();
  EXPECT_EQ(holdfast({"check", "run"}).exit_code, 2);
}

TEST_F(Crowd, IsRefusedWhereDescriptorsAreTooFew) {
  ProcessOptions options;
  options.prepare = [] {
    const rlimit few{100, 100};
    return ::setrlimit(RLIMIT_NOFILE, &few) == 0;
  };
  expect_one_sentence(holdfast({"run", "no-fault", "--out", "run"}, options), 70,
                      "8 agents need 128 descriptors, and a process has 100 left: 28 too few; ulimit -n 128");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "run"));
  EXPECT_EQ(holdfast({"doctor"}, options).exit_code, 70);
}

// As an ordinary user: Linux does not hold root to this limit.
TEST_F(Crowd, IsRefusedWhereProcessesAreTooFew) {
  const auto program = program_for_everyone();
  ProcessOptions options;
  // Nor could the search for leaks start its own process.
  options.environment = {"ASAN_OPTIONS=detect_leaks=0"};
  options.prepare = [] {
    const rlimit few{5, 5};
    return become_nobody() && ::setrlimit(RLIMIT_NPROC, &few) == 0;
  };
  const auto end =
      start_program(program, {"run", "no-fault", "--out", (scratch() / "run").string()}, options).wait();
  expect_one_sentence(end, 70, "8 agents need 11 processes, and this user has ");
  EXPECT_TRUE(holds(end.err, " left of 5: ") && holds(end.err, " too few")) << end.err;
}

}  // namespace
}  // namespace holdfast
