// Processes of a run die or hang in the middle of it: the run ends, says so, and leaves nobody behind.
#include <gtest/gtest.h>
#include <sys/types.h>

#include <algorithm>
#include <csignal>

#include "harness/cli/testing_run.h"
#include "harness/history/event_reader.h"
#include "harness/history/recorder.h"

namespace holdfast {
namespace {

// Three agents that broadcast for two seconds: long enough to be found and hit.
const char* const two_seconds = "count = 3\nbroadcasts = 40\nrate = 20";

class ProcessFault : public RunTest {
 protected:
  // The run is under way, and so is agent 1.
  pid_t agent_under_way() {
    EXPECT_TRUE(eventually([&] { return released() && agent(1) != 0; }));
    const pid_t pid = agent(1);
    EXPECT_GT(pid, 0);
    return pid;
  }

  // Stopped with no broadcast under way, it keeps no lock that others wait for.
  void stop_between_broadcasts(pid_t agent) {
    const auto events = scratch() / "run" / "events" / event_file_name(Role::agent, 1);
    ASSERT_TRUE(eventually([&] {
      stop_process(agent);
      auto reader = EventReader::open(events);
      EventType last = EventType::header;
      while (const Event* event = reader ? reader->next() : nullptr) last = event->type;
      if (last == EventType::ok) return true;
      ::kill(agent, SIGCONT);
      return false;
    }));
  }

  std::string ended(const Summary& summary, std::size_t index) const {
    return index < summary.agents.size() ? summary.agents[index].ended : "not there";
  }

  void expect_check_agrees(const ProcessEnd& run, const std::string& name = "run") {
    const std::string bytes = file_bytes(scratch() / name / "result.json");
    EXPECT_NE(bytes, "");
    EXPECT_EQ(holdfast({"check", name}).exit_code, run.exit_code);
    EXPECT_EQ(file_bytes(scratch() / name / "result.json"), bytes);
  }
};

class AgentKilled : public ProcessFault, public testing::WithParamInterface<int> {};

TEST_P(AgentKilled, IsAFinding) {
  auto run = start_small(small_scenario(two_seconds));
  const pid_t victim = agent_under_way();
  ASSERT_EQ(::kill(victim, GetParam()), 0);
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  const Summary summary = result_of("run");
  EXPECT_TRUE(holds(ended(summary, 1), "killed by")) << ended(summary, 1);
  EXPECT_EQ(ended(summary, 0), "exit 0");
  EXPECT_EQ(ended(summary, 2), "exit 0");
  EXPECT_FALSE(summary.agents.empty() || summary.agents[1].succeeded);
  EXPECT_EQ(summary.agents[0].ok, 40U);  // the others are not held up
  expect_check_agrees(end);
}

// A sanitizer's handler turns SIGSEGV into an exit code.
INSTANTIATE_TEST_SUITE_P(BySignal, AgentKilled,
                         sanitized ? testing::Values(SIGKILL, SIGABRT, SIGTRAP)
                                   : testing::Values(SIGKILL, SIGABRT, SIGSEGV),
                         [](const auto& value) { return "Signal" + std::to_string(value.param); });

TEST_F(ProcessFault, AgentThatHangsEndsAtTheDeadline) {
  put_file(scratch() / "small.toml", small_scenario(two_seconds));
  auto run = start(
      {"run", "small.toml", "--out", "run", "--set", sanitized ? "run.deadline=12s" : "run.deadline=4s"});
  stop_between_broadcasts(agent_under_way());
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  const Summary summary = result_of("run");
  EXPECT_TRUE(std::any_of(summary.reasons.begin(), summary.reasons.end(), [](const std::string& reason) {
    return holds(reason, "within its deadline");
  })) << end.out;
  expect_check_agrees(end);
}

TEST_F(ProcessFault, AgentAskedToEndByAStranger) {
  auto run = start_small(small_scenario(two_seconds));
  ASSERT_EQ(::kill(agent_under_way(), SIGTERM), 0);
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_EQ(result_of("run").verdict, RunVerdict::fail);
  expect_check_agrees(end);
}

TEST_F(ProcessFault, InjectorKilled) {
  auto run =
      start_small(small_scenario(two_seconds,
                                 "[[inject]]\nkind = \"open-handle\"\npath = \"queue.json\"\n"
                                 "hold = \"20ms\"\nperiod = \"10s\"\ncount = 6\nstart_delay = \"20s\"\n"));
  ASSERT_TRUE(eventually([&] { return released() && !members("internal-injector").empty(); }));
  ASSERT_EQ(::kill(members("internal-injector").front().pid, SIGKILL), 0);
  const auto end = run.wait();
  // It fired nothing, so nothing was tested.
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  EXPECT_EQ(result_of("run").injectors.at(0).fired, 0U);
  expect_check_agrees(end);
}

TEST_F(ProcessFault, LauncherKilled) {
  auto run = start_small(small_scenario(two_seconds));
  const pid_t member = agent_under_way();
  const auto seen = members("internal-agent");
  const auto found =
      std::find_if(seen.begin(), seen.end(), [&](const ProcessSeen& p) { return p.pid == member; });
  ASSERT_NE(found, seen.end());
  ASSERT_NE(found->parent, run.pid());
  temp_files_may_stay();  // the agents were killed in the middle of whatever they did
  stop_agents();
  ASSERT_EQ(::kill(found->parent, SIGKILL), 0);
  const auto end = run.wait();
  expect_one_sentence(end, 70, "the launcher died");
  EXPECT_TRUE(processes_naming(scratch().string()).empty()) << "somebody outlived the run";
  // What there is can still be judged.
  const auto check = holdfast({"check", "run"});
  EXPECT_EQ(check.exit_code, 2) << check.out << check.err;
}

TEST_F(ProcessFault, LauncherThatHangs) {
  auto run = start_small(small_scenario(two_seconds));
  agent_under_way();
  ASSERT_FALSE(members("internal-agent").empty());
  ASSERT_EQ(::kill(members("internal-agent").front().parent, SIGSTOP), 0);
  temp_files_may_stay();
  run.send(SIGINT);  // the launcher cannot pass it on
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  expect_check_agrees(end);
}

TEST_F(ProcessFault, ConductorKilled) {
  auto run = start_small(small_scenario("count = 3\nbroadcasts = 2000\nrate = 40"));
  agent_under_way();
  temp_files_may_stay();
  // An agent that met the supervisor gone would fail before it is ended itself.
  run.stop();
  stop_agents();
  run.send(SIGKILL);
  EXPECT_EQ(run.wait().signal, SIGKILL);
  EXPECT_TRUE(eventually([&] { return processes_naming(scratch().string()).empty(); }));
  expect_nothing_left();
  const auto check = holdfast({"check", "run"});
  EXPECT_EQ(check.exit_code, 2) << check.out << check.err;
  const Summary summary = result_of("run");
  EXPECT_TRUE(std::any_of(summary.reasons.begin(), summary.reasons.end(), [](const std::string& reason) {
    return holds(reason, "the Holdfast process that conducted it died");
  })) << check.out;
}

// A child that an agent started, or a process that lost its parent, does not outlive the run either; here the
// whole process group of the conductor is asked to go at once, as when a terminal closes.
TEST_F(ProcessFault, TerminalCloses) {
  auto run = start_small(small_scenario("count = 3\nbroadcasts = 2000\nrate = 40"));
  agent_under_way();
  run.send_to_group(SIGHUP);
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 2) << end.signal << end.out << end.err;
  expect_check_agrees(end);
}

}  // namespace
}  // namespace holdfast
