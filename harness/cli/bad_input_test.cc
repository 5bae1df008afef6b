// What people type wrongly: one clear sentence, exit code 64, and nothing left behind.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using BadInput = RunTest;

struct BadScenario {
  std::string text;
  std::string said;
};

TEST_F(BadInput, ScenarioIsRefusedWithFileLineColumnAndNearestKey) {
  const BadScenario mistakes[] = {
      {"title = \"x\"\n[agents]\ncuont = 3\n",
       "bad.toml:3:1: unknown key in agents \"cuont\"; the nearest is \"count\""},
      {"[agents]\ncount = \"three\"\n", "bad.toml:2:9: agents.count is the string \"three\""},
      {"[agents]\ncount = 0\n", "bad.toml:2:9: agents.count is 0"},
      {"[agents]\ncount = 1\ncount = 2\n", "bad.toml:3:"},
      {"[[inject]]\nkind = \"antivirsu\"\n", "bad.toml:2:8: "},
      {"[agents\n", "bad.toml:1:"},
      {std::string("\0\xff\xfe", 3), "bad.toml:1:"},
      {"[[expect]]\nfigure = \"lots\"\nequals = 0\n", "the nearest is \"lost\""},
  };
  for (const BadScenario& mistake : mistakes) {
    SCOPED_TRACE(mistake.text);
    put_file(scratch() / "bad.toml", mistake.text);
    const auto end = holdfast({"run", "bad.toml", "--out", "run"});
    expect_one_sentence(end, 64, mistake.said);
    EXPECT_FALSE(std::filesystem::exists(scratch() / "run"));
  }
}

TEST_F(BadInput, SettingsAreHeldToTheSameRules) {
  expect_one_sentence(holdfast({"run", "no-fault", "--agents", "0"}), 64, "agents.count is 0");
  expect_one_sentence(holdfast({"run", "no-fault", "--set", "agents.cuont=1"}), 64,
                      "the nearest is \"count\"");
  expect_one_sentence(holdfast({"run", "no-fault", "--set", "agents.count=many"}), 64,
                      "must be a whole number");
  expect_one_sentence(holdfast({"run", "no-fault", "--set", "nonsense"}), 64, "nonsense");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "holdfast-runs"));
}

TEST_F(BadInput, UnknownScenarioNamesTheNearest) {
  expect_one_sentence(holdfast({"run", "brodcast-8"}), 64, "the nearest is \"broadcast-8\"");
  expect_one_sentence(holdfast({"run", "no/such/file.toml"}), 64, "unknown scenario \"no/such/file.toml\"");
  expect_one_sentence(holdfast({"run", scratch().string()}), 64, "");
}

// Else it might command a CI that reads the log (::add-mask::…), or a terminal.
TEST_F(BadInput, ANameIsNeverALineOfItsOwn) {
  const std::string name = "n\n::add-mask::y";
  put_file(scratch() / (name + ".toml"), "x = 1\n");
  expect_one_sentence(holdfast({"run", name + ".toml"}), 64, "n\\n::add-mask::y.toml:1:1: unknown key");
  for (const auto& words : std::vector<std::vector<std::string>>{{"run", name},
                                                                 {"check", name},
                                                                 {"report", name},
                                                                 {"compare", name, name},
                                                                 {"index", name},
                                                                 {"replay", name},
                                                                 {name},
                                                                 {"list", name},
                                                                 {"run", "--" + name},
                                                                 {"exec", "--", name}}) {
    SCOPED_TRACE(words.front());
    const auto end = holdfast(words);
    EXPECT_NE(end.exit_code, 0);
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
  }
}

TEST_F(BadInput, NorIsItOnStandardOutput) {
  const std::string name = "n\n::add-mask::y";
  put_file(scratch() / "small.toml", small_scenario("count = 2\nbroadcasts = 2\n"));
  for (const auto& words : std::vector<std::vector<std::string>>{{"run", "small.toml", "--out", name},
                                                                 {"check", name},
                                                                 {"report", name},
                                                                 {"index", ".", "--out", name + ".html"}}) {
    SCOPED_TRACE(words.front());
    const auto end = holdfast(words);
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_FALSE(holds("\n" + end.out, "\n::add-mask")) << end.out;
  }
}

// JSON is UTF-8, and a name need not be.
TEST_F(BadInput, AScenarioWithAnOddNameIsListed) {
  const auto directory = scratch() / "scenarios";
  ASSERT_TRUE(std::filesystem::create_directory(directory));
  put_file(directory / "odd\xff.toml", small_scenario(""));
  ProcessOptions options;
  options.environment = {"HOLDFAST_SCENARIOS=" + directory.string()};
  const auto end = holdfast({"list", "--json"}, options);
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(holds(end.out, "odd\xEF\xBF\xBD")) << end.out;
}

TEST_F(BadInput, MissingDirectories) {
  const auto empty = scratch() / "empty";
  ASSERT_TRUE(std::filesystem::create_directory(empty));
  for (const std::string name : {"missing", "empty"}) {
    for (const std::string command : {"check", "report"}) {
      SCOPED_TRACE(testing::Message() << command << " " << name);
      expect_one_sentence(holdfast({command, name}), 64, name);
    }
    expect_one_sentence(holdfast({"compare", name, name}), 64, name);
  }
  EXPECT_TRUE(std::filesystem::is_empty(empty));
}

TEST_F(BadInput, WhatIsNoResultIsNotCompared) {
  put_file(scratch() / "not.json", "{\"schema\": \"holdfast.result/1\", ");
  put_file(scratch() / "other.json", "{\"schema\": \"something/1\"}");
  put_file(scratch() / "empty.json", "");
  for (const std::string name : {"not.json", "other.json", "empty.json"}) {
    SCOPED_TRACE(name);
    expect_one_sentence(holdfast({"compare", name, name}), 64, name);
  }
}

TEST_F(BadInput, PlanThatIsNoPlan) {
  const auto run = scratch() / "run";
  ASSERT_TRUE(std::filesystem::create_directories(run / "events"));
  for (const std::string text : {"", "{", "[]", "{\"schema\":\"holdfast.plan/99\"}"}) {
    SCOPED_TRACE(text);
    put_file(run / "plan.json", text);
    const auto end = holdfast({"check", "run"});
    expect_one_sentence(end, 64, "plan.json");
  }
  EXPECT_FALSE(std::filesystem::exists(run / "result.json"));
}

// Small answers are written at the end, large ones on the way.
TEST_F(BadInput, AnAnswerThatCannotBeWrittenIsAnError) {
  ProcessOptions full;
  full.prepare = [] {
    return ::dup2(::open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO) == STDOUT_FILENO;
  };
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"list"}, {"rules", "--json"}, {"completion", "bash"}, {"who", "."}})
    expect_one_sentence(holdfast(command, full), 70, "cannot write to standard output");
}

// As an ordinary user, since root may write anywhere.
TEST_F(BadInput, DirectoryThatMayNotBeWritten) {
  const auto locked = scratch() / "locked";
  ASSERT_TRUE(std::filesystem::create_directory(locked));
  ASSERT_EQ(::chmod(locked.c_str(), 0555), 0);
  const auto program = program_for_everyone();
  ProcessOptions options;
  options.prepare = become_nobody;
  for (const auto& out : {locked / "run", locked, std::filesystem::path("/proc/run")}) {
    SCOPED_TRACE(out);
    const auto end = start_program(program, {"run", "no-fault", "--out", out.string()}, options).wait();
    expect_one_sentence(end, 64, out.string());
    EXPECT_TRUE(holds(end.err, "choose another directory with --out")) << end.err;
  }
  EXPECT_TRUE(std::filesystem::is_empty(locked));
}

TEST_F(BadInput, OutThatIsAFile) {
  put_file(scratch() / "file", "precious");
  expect_one_sentence(holdfast({"run", "no-fault", "--out", "file"}), 64, "file");
  expect_one_sentence(holdfast({"run", "no-fault", "--out", "file/run"}), 64, "file/run");
  EXPECT_EQ(file_bytes(scratch() / "file"), "precious");
}

TEST_F(BadInput, DirectoryInUseOrNotEmpty) {
  auto first = start_small(small_scenario("count = 2\nbroadcasts = 60\nrate = 20"));
  ASSERT_TRUE(eventually([&] { return released(); }));
  const auto second = holdfast({"run", "no-fault", "--out", "run"});
  expect_one_sentence(second, 64, "another Holdfast is running in");
  const auto ended = first.wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;  // undisturbed
  const std::string before = file_bytes(scratch() / "run" / "result.json");

  expect_one_sentence(holdfast({"run", "no-fault", "--out", "run"}), 64, "is not empty");
  EXPECT_EQ(file_bytes(scratch() / "run" / "result.json"), before);
}

TEST_F(BadInput, KernelWithoutTheTrap) {
  ProcessOptions options;
  options.environment = {"HOLDFAST_SIMULATE_MISSING=user-notification"};
  expect_one_sentence(holdfast({"run", "no-fault", "--out", "run"}, options), 70,
                      "Linux 5.19 or newer is needed");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "run"));

  // A directory that was there already is left as it was: there, and empty.
  ASSERT_TRUE(std::filesystem::create_directory(scratch() / "mine"));
  expect_one_sentence(holdfast({"run", "no-fault", "--out", "mine"}, options), 70, "cannot run here");
  EXPECT_TRUE(std::filesystem::is_empty(scratch() / "mine"));

  const auto doctor = holdfast({"doctor"}, options);
  EXPECT_EQ(doctor.exit_code, 70);
  EXPECT_TRUE(holds(doctor.out, "Linux 5.19 or newer")) << doctor.out;
}

TEST_F(BadInput, InternalCommandsByHand) {
  for (const std::string role : {"internal-agent", "internal-injector"}) {
    SCOPED_TRACE(role);
    expect_one_sentence(holdfast({role}), 64, "for Holdfast's own use");
    expect_one_sentence(holdfast({role, scratch().string(), "0", "1"}), 64, "for Holdfast's own use");
  }
  expect_one_sentence(holdfast({"internal-launcher"}), 64, "for Holdfast's own use");
  expect_one_sentence(holdfast({"internal-launcher", "trap"}), 64, "for Holdfast's own use");
  expect_one_sentence(holdfast({"internal-nonsense"}), 64, "for Holdfast's own use");
}

}  // namespace
}  // namespace holdfast
