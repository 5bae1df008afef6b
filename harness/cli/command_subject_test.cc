// A subject that is a program of its own, in a run: inside the sharing domain, judged as any other, and gone with the
// run whatever it does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <sstream>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"
#include "harness/linux/testing_elf.h"

namespace holdfast {
namespace {

class CommandSubject : public RunTest {
 protected:
  static std::string scenario(const std::string& command, const std::string& agents,
                              const std::string& rest = "") {
    return fmt::format(
        "[subject]\nkind = \"command\"\ncommand = [{}]\n[agents]\n{}\n[run]\ndeadline = \"60s\"\n{}\n",
        command, agents, rest);
  }
  static std::string misbehaving(const std::string& how) {
    return fmt::format("\"python3\", \"{}\", \"{}\"", HOLDFAST_MISBEHAVING_SUBJECT, how);
  }
  static bool names(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return holds(text, part); });
  }
};

class ShippedSubject : public CommandSubject, public testing::WithParamInterface<const char*> {};

TEST_P(ShippedSubject, Holds) {
  const auto end =
      holdfast({"run", GetParam(), "--out", "run", "--agents", "3", "--set", "agents.broadcasts=4", "--set",
                "inject.0.count=1", "--set", "inject.0.min_fired=0", "--set", "inject.1.chance=1", "--set",
                "expect.0.at_least=3"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(result_of("run").ok, 12U);
  EXPECT_EQ(holdfast({"check", "run"}).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(InEachLanguage, ShippedSubject, testing::Values("command-c", "command-python"),
                         [](const auto& value) {
                           std::string name = value.param;
                           std::erase(name, '-');
                           return name;
                         });

class HardCrowd : public CommandSubject, public testing::WithParamInterface<std::vector<std::string>> {};

// Small, but with everything that it has.
TEST_P(HardCrowd, IsStoodByWhatIsRight) {
  std::vector<std::string> arguments = {"run",   "command-hard",       "--out", "run", "--agents", "3",
                                        "--set", "agents.broadcasts=4"};
  std::vector<std::string> settings = {"inject.0.count=1", "inject.0.min_fired=0", "inject.2.min_fired=0"};
  settings.insert(settings.end(), GetParam().begin(), GetParam().end());
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  const auto end = holdfast(arguments);
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(result_of("run").ok, 12U);
}

INSTANTIATE_TEST_SUITE_P(InEachLanguage, HardCrowd,
                         testing::Values(std::vector<std::string>{},
                                         std::vector<std::string>{
                                             "subject.command=[\"holdfast-queue-in-c\"]",
                                             "subject.files=[\"queue.jsonl*\"]", "sharing.profile=c",
                                             "inject.0.path=queue.jsonl", "inject.1.path=queue.jsonl"}),
                         [](const auto& value) { return value.param.empty() ? "Python" : "C"; });

// Its file calls are decided, and count as its agent's, though the agent itself makes none.
TEST_F(CommandSubject, IsRefusedByTheHolderAndRetries) {
  const std::string held = "[[inject]]\nkind = \"open-handle\"\npath = \"queue.jsonl\"\nhold = \"1s\"\n";
  put_file(scratch() / "held.toml",
           "[subject]\nkind = \"command\"\ncommand = [\"holdfast-queue-in-c\"]\n"
           "files = [\"queue.jsonl\", \"queue.jsonl.lock\"]\n"
           "retry = { max_retries = 5, base_delay = \"100ms\" }\n"
           "[agents]\ncount = 1\nbroadcasts = 6\n" +
               held);
  const auto end = holdfast({"run", "held.toml", "--out", "run"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Summary summary = result_of("run");
  EXPECT_GT(summary.refusals, 0U);
  ASSERT_FALSE(summary.refusals_by_holder.empty());
  EXPECT_EQ(summary.refusals_by_holder[0].holder, "open-handle");
  std::uint64_t retried = 0;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) retried += retries > 0 ? broadcasts : 0;
  EXPECT_GT(retried, 0U);
}

// Or its report would look as if the bodies had been looked at.
TEST_F(CommandSubject, ThatNamesIdsAloneIsToldThatBodiesWereNotChecked) {
  const auto end = start_small(scenario(misbehaving("ids-alone"), "count = 1\nbroadcasts = 2")).wait();
  EXPECT_EQ(end.exit_code, 1) << "a fresh process does not find what it keeps in memory: " << end.out
                              << end.err;
  EXPECT_TRUE(names(result_of("run").warnings, "bodies not checked: 2 of 2 entries"));
}

// Readers have numbers of their own beside those of the agents; the fresh process in the end has those of the dead.
TEST_F(CommandSubject, NeverSharesItsNumberWithAnother) {
  const auto end =
      start_small(scenario(misbehaving("claims"), "count = 2\nbroadcasts = 2\nreaders = 2")).wait();
  EXPECT_EQ(end.exit_code, 1) << "it loses messages: " << end.out << end.err;
  std::istringstream claims(file_bytes(scratch() / "run" / "store" / "claims"));
  std::multiset<std::string> lines;
  for (std::string line; std::getline(claims, line);) lines.insert(line);
  std::multiset<std::string> wanted;
  for (int agent = 0; agent < 4; ++agent) {
    wanted.insert(fmt::format("{} of 4 alone", agent));
    wanted.insert(fmt::format("{} of 4 alone", agent));
  }
  EXPECT_EQ(lines, wanted);
  EXPECT_EQ(result_of("run").agents_total, 2U) << "those that send";
}

// It acknowledges and keeps to itself what the others should read.
TEST_F(CommandSubject, ThatLosesIsFoundOut) {
  const auto end = start_small(scenario(misbehaving("good"), "count = 2\nbroadcasts = 2")).wait();
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_TRUE(names(result_of("run").reasons, "lost: 4 of 8")) << end.out;
}

TEST_F(CommandSubject, ThatDiesIsAskedAgainAndToldInTheVerdict) {
  const auto end = start_small(scenario(misbehaving("exits"), "count = 2\nbroadcasts = 3")).wait();
  EXPECT_EQ(end.exit_code, 1) << end.out
                              << end.err;  // whether its broadcasts are done is unknown, that it died is not
  const Summary summary = result_of("run");
  EXPECT_EQ(summary.unknown, 6U);
  EXPECT_TRUE(std::any_of(summary.checks.begin(), summary.checks.end(), [](const Finding& finding) {
    return holds(finding.witness.value_or(""), "it exited with 3");
  })) << end.out;
  EXPECT_TRUE(holds(file_bytes(scratch() / "run" / "logs" / "agent-1.log"), "out of luck"));
  EXPECT_EQ(holdfast({"check", "run"}).exit_code, 1);
}

TEST_F(CommandSubject, ThatKillsItsGroupHarmsItselfAlone) {
  const auto end = start_small(scenario(misbehaving("kills-its-group"), "count = 2\nbroadcasts = 2")).wait();
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  const Summary summary = result_of("run");
  ASSERT_EQ(summary.agents.size(), 2U);
  for (const AgentSummary& agent : summary.agents) EXPECT_EQ(agent.ended, "exit 0");
  EXPECT_TRUE(names(summary.reasons, "it was killed by signal 9")) << end.out;
}

TEST_F(CommandSubject, WhatItLeavesBehindIsEndedAndNamed) {
  const auto end = start_small(scenario(misbehaving("leaves-daemon"), "count = 1\nbroadcasts = 2")).wait();
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_TRUE(names(result_of("run").warnings, "agent 0: the program ended, and python3 (")) << end.out;
}

TEST_F(CommandSubject, ThatIgnoresSigtermEndsWithTheRun) {
  auto run = start_small(scenario(misbehaving("ignores-sigterm"), "count = 2\nbroadcasts = 3"));
  // Asked to broadcast: from then on it ignores it.
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(scratch() / "run" / "store" / "asked"); }));
  run.send_to_group(SIGINT);
  EXPECT_EQ(run.wait().exit_code, 2);
  expect_nothing_left();
}

TEST_F(CommandSubject, DiesWithAnAgentThatIsKilled) {
  auto run = start_small(scenario(misbehaving("ignores-sigterm"), "count = 2\nbroadcasts = 3"));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(scratch() / "run" / "store" / "asked"); }));
  const pid_t victim = agent(0);
  ASSERT_GT(victim, 0);
  ::kill(victim, SIGKILL);
  // Two agents' programs, and then the other's alone.
  ASSERT_TRUE(eventually([&] {
    const auto seen = processes_naming(HOLDFAST_MISBEHAVING_SUBJECT);
    return std::count_if(seen.begin(), seen.end(), [](const ProcessSeen& process) {
             return !process.argv.empty() && process.argv[0] == "python3";
           }) == 1;
  }));
  // Killed by a stranger is a finding, once it was noticed.
  ASSERT_TRUE(eventually([&] {
    const auto events = conducted();
    return std::any_of(events.begin(), events.end(), [&](const Event& event) {
      return event.type == EventType::exited && event.pid == victim;
    });
  }));
  run.send(SIGINT);
  EXPECT_EQ(run.wait().exit_code, 1);
  expect_nothing_left();
}

TEST_F(CommandSubject, ThatIsNotThereIsSaidInOneSentence) {
  put_file(scratch() / "small.toml", scenario("\"no-such-program\"", "count = 2\nbroadcasts = 3"));
  expect_one_sentence(holdfast({"run", "small.toml", "--out", "run"}), 64,
                      fmt::format("subject.command: cannot start \"no-such-program\" in {}: no such program",
                                  scratch().string()));
}

#ifdef __x86_64__
// Its calls have numbers that nobody here knows.
TEST_F(CommandSubject, ThatIsBuiltForAnotherMachineIsNotStarted) {
  put_program(scratch() / "p32", i386_program());
  put_program(scratch() / "script", "#!./p32\n");
  put_file(scratch() / "a", "");
  for (const std::string command : {"./p32", "./script"}) {
    put_file(scratch() / "small.toml", scenario("\"" + command + "\"", "count = 2\nbroadcasts = 3"));
    expect_one_sentence(holdfast({"run", "small.toml", "--out", "run"}), 64,
                        fmt::format("subject.command: cannot start \"{}\" in {}: \"./p32\" is not a 64-bit "
                                    "program for this machine's architecture",
                                    command, scratch().string()));
    EXPECT_TRUE(std::filesystem::exists(scratch() / "a"));
    std::filesystem::remove_all(scratch() / "run");
  }
}

// What it starts itself is seen at its first call.
TEST_F(CommandSubject, ThatStartsA32BitProgramIsInDoubt) {
  put_program(scratch() / "p32", i386_program());
  HOLDFAST_NEEDS_KERNEL(start_program(scratch() / "p32", {}, {}).wait().out == "ran\n", "32-bit calls");
  put_file(scratch() / "a", "");
  const std::string command =
      fmt::format("\"sh\", \"-c\", \"./p32; exec python3 {}/subjects/queue.py\"", HOLDFAST_SHIPPED_SCENARIOS);
  const auto end = start_small(scenario(command, "count = 1\nbroadcasts = 3")).wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  const auto doubts = result_of("run").doubts;
  ASSERT_EQ(doubts.size(), 2U) << "the agent's program starts it, and the last reader's";
  for (const Doubt& doubt : doubts) {
    EXPECT_EQ(doubt.kind, DoubtKind::foreign_abi);
    EXPECT_TRUE(holds(doubt.text, "p32 (thread ")) << doubt.text;
  }
  EXPECT_TRUE(std::filesystem::exists(scratch() / "a")) << "it was renamed";
}
#endif

}  // namespace
}  // namespace holdfast
