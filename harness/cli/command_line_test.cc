// The small subcommands, help, and JSON for machines.
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "harness/cli/testing_run.h"
#include "harness/linux/lease.h"

namespace holdfast {
namespace {

using CommandLine = RunTest;

nlohmann::json parsed(const ProcessEnd& end) {
  auto json = nlohmann::json::parse(end.out, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << end.out << end.err;
  return json;
}

TEST_F(CommandLine, HelpOfEach) {
  const auto top = holdfast({"--help"});
  EXPECT_EQ(top.exit_code, 0);
  EXPECT_EQ(top.err, "");
  EXPECT_TRUE(holds(top.out, "Exit codes: 0 pass, 1 a check failed, 2 inconclusive")) << top.out;
  for (const std::string command :
       {"run", "sweep", "check", "report", "compare", "list", "hold", "who", "doctor"}) {
    SCOPED_TRACE(command);
    const auto end = holdfast({command, "--help"});
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.err, "");
    EXPECT_TRUE(holds(end.out, "--help")) << end.out;
    EXPECT_TRUE(holds(top.out, "\n  " + command + " ")) << "not listed by --help";
  }
  EXPECT_EQ(holdfast({"--version"}).out.rfind("holdfast ", 0), 0U);
}

TEST_F(CommandLine, WrongUseIsToldInOneSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{}, "a command is needed, such as 'holdfast run broadcast-8'"},
      {{"frobnicate"}, "unknown command 'frobnicate'"},
      {{"rnu", "no-fault"}, "unknown command 'rnu'; the nearest is 'run'"},
      {{"--frobnicate"}, "unknown option '--frobnicate'"},
      {{"--hepl"}, "unknown option '--hepl'; the nearest is '--help'"},
      {{""}, "unknown command ''"},
      {{"run"}, "run: scenario is required; see 'holdfast run --help'"},
      {{"hold"}, "hold: "},
      {{"check"}, "check: directory is required"},
      {{"compare", "one"}, "compare: after is required"},
      {{"list", "what"}, "list: unexpected argument 'what'; see 'holdfast list --help'"},
      {{"run", "no-fault", "--frobnicate"}, "run has no option '--frobnicate'"},
      {{"run", "no-fault", "--sead", "3"}, "run has no option '--sead'; the nearest is '--seed'"},
      {{"run", "no-fault", "--sead=3"}, "run has no option '--sead'; the nearest is '--seed'"},
      {{"run", "no-fault", "--seed", "x"}, "--seed: x is not a whole number"},
      {{"run", "no-fault", "--agents", "-1"}, "--agents: -1 is not a whole number"},
      {{"run", "no-fault", "--seed", "99999999999999999999999"}, "is too large"},
      {{"run", "no-fault", "--until-sure", "--until-fail"}, "run: --until-fail excludes --until-sure; see"},
      {{"gate", "--basline", "b.json", "run"}, "gate has no option '--basline'; the nearest is '--baseline'"},
      {{"run", "no-fault", "--seed", "--agents", "3"}, "--seed: --agents is not a whole number"},
      {{"run", "no-fault", "--seed"}, "run: --seed needs a value"},
      {{"run", "--", "no-fault", "what"}, "run: unexpected argument 'what'"},
      {{"exec", "--seed", "x", "pytest", "-q"}, "exec: --seed: x is not a whole number"},
      {{"exec", "--enforce", "--observe", "make", "-j4"}, "exec: --enforce excludes --observe"},
      {{"exec", "--jsn", "x", "make"}, "exec has no option '--jsn'; the nearest is '--json'"},
      {{"--json", "run", "no-fault"}, "unknown option '--json'"},
      {{"what", "list"}, "unknown command 'what'"},
      {{"gate", "run"}, "gate: --baseline is required"},
      {{"baseline"}, "'baseline' needs a subcommand, such as 'update'; see 'holdfast baseline --help'"},
      {{"baseline", "--outt", "run"}, "'baseline' needs a subcommand, such as 'update'"},
      {{"baseline", "update", "run", "--basline=b.json"},
       "baseline update has no option '--basline'; the nearest is '--baseline'"},
      {{"completion", "ksh"}, "ksh not in {"}};
  for (const auto& [line, said] : lines) {
    SCOPED_TRACE(testing::PrintToString(line));
    expect_one_sentence(holdfast(line), 64, said);
  }
  EXPECT_FALSE(std::filesystem::exists(scratch() / "holdfast-runs"));
}

TEST_F(CommandLine, RulesAreEveryDecisionThereIs) {
  const auto end = holdfast({"rules", "--json"});
  EXPECT_EQ(end.exit_code, 0);
  std::istringstream lines(end.out);
  int pairs = 0, operations = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    ++(row.contains("op") ? operations : pairs);
  }
  EXPECT_EQ(pairs, 4096);
  EXPECT_EQ(operations, 4 * 64);
  const auto has = [&](const char* line) { return end.out.find(line) != std::string::npos; };
  EXPECT_TRUE(has(R"({"a1":"rw","s1":"r","a2":"r","s2":"rwd","code":0})"));
  EXPECT_TRUE(has(R"({"a1":"rw","s1":"r","a2":"r","s2":"r","code":32})"));
  EXPECT_TRUE(has(R"({"a1":"-","s1":"-","a2":"rwd","s2":"-","code":0})"));
  EXPECT_TRUE(has(R"({"op":"replace-onto","a":"r","s":"rwd","code":5})"));
  EXPECT_TRUE(has(R"({"op":"rename-of","a":"r","s":"rw","code":32})"));
  EXPECT_NE(holdfast({"rules"}).out.find("r-- shares rw-"), std::string::npos);
}

TEST_F(CommandLine, List) {
  const auto text = holdfast({"list"});
  EXPECT_EQ(text.exit_code, 0);
  const auto json = parsed(holdfast({"list", "--json"}));
  ASSERT_TRUE(json.is_array());
  std::vector<std::string> names;
  for (const auto& item : json) {
    names.push_back(item.at("name"));
    EXPECT_TRUE(std::filesystem::exists(item.at("path").get<std::string>()));
    EXPECT_TRUE(holds(text.out, item.at("title").get<std::string>())) << text.out;
    EXPECT_FALSE(holds(item.at("title").get<std::string>(), "cannot be read")) << item;
  }
  for (const char* name : {"broadcast-8", "broadcast-8-before", "lost-update", "no-fault"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

TEST_F(CommandLine, Doctor) {
  const auto text = holdfast({"doctor"});
  EXPECT_EQ(text.exit_code, 0) << text.out;
  const auto json = parsed(holdfast({"doctor", "--json"}));
  ASSERT_TRUE(json.is_array());
  ASSERT_GE(json.size(), 4U);
  for (const auto& item : json) {
    EXPECT_TRUE(item.at("works").get<bool>()) << item;
    EXPECT_TRUE(holds(text.out, item.at("subject").get<std::string>()));
  }
  const auto missing = holdfast({"doctor", "missing"});
  EXPECT_EQ(missing.exit_code, 70);
  EXPECT_TRUE(holds(missing.out, "choose a directory that you may write")) << missing.out;
}

TEST_F(CommandLine, HoldLetsGoAfterItsTime) {
  put_file(scratch() / "file", "x");
  const auto end = holdfast({"hold", "file", "--for", "100ms"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(holds(end.out, "holding file for 100ms as pid ")) << end.out;
  EXPECT_TRUE(holds(end.out, "\nreleased\n")) << end.out;
  expect_one_sentence(holdfast({"hold", "missing", "--for", "1s"}), 64, "cannot open missing");
  expect_one_sentence(holdfast({"hold", "file", "--for", "soon"}), 64, "\"soon\" is not a duration");
  expect_one_sentence(holdfast({"hold", "file", "--for", "-1s"}), 64, "--for");
}

TEST_F(CommandLine, HoldReallyHoldsUntilInterrupted) {
  put_file(scratch() / "file", "x");
  const auto openness = [&] { return Lease::probe(AT_FDCWD, (scratch() / "file").c_str()).openness(); };
  for (const int signal : {SIGINT, SIGTERM}) {
    ASSERT_EQ(openness(), Openness::free);
    auto holder = start({"hold", "file", "--for", "1h"});
    ASSERT_TRUE(eventually([&] { return openness() == Openness::held; }));
    // Open is one thing, ready for the signal another: the line says so.
    const std::string capture = signal == SIGINT ? "capture-0.out" : "capture-1.out";
    ASSERT_TRUE(eventually([&] { return holds(file_bytes(scratch() / capture), "holding"); }));
    holder.send(signal);
    const auto end = holder.wait();
    EXPECT_EQ(end.exit_code, 0) << end.err << end.signal;
    EXPECT_TRUE(holds(end.out, "released early")) << end.out;
    EXPECT_EQ(openness(), Openness::free);
  }
}

TEST_F(CommandLine, JsonOfRunCheckReportAndCompare) {
  put_file(scratch() / "small.toml", small_scenario("count = 2\nbroadcasts = 3"));
  const auto run = holdfast({"run", "small.toml", "--out", "run", "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out, file_bytes(scratch() / "run" / "result.json"));
  EXPECT_EQ(parsed(run).at("schema"), "holdfast.result/1");
  EXPECT_EQ(holdfast({"check", "run", "--json"}).out, run.out);
  EXPECT_EQ(holdfast({"report", "run", "--json"}).out, run.out);

  const auto quiet = holdfast({"run", "small.toml", "--out", "other", "--seed", "2", "--quiet"});
  EXPECT_EQ(quiet.exit_code, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");

  const auto compared = holdfast({"compare", "run", "other/result.json", "--json", "--markdown", "c.md"});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_TRUE(parsed(compared).is_object());
  EXPECT_TRUE(holds(file_bytes(scratch() / "c.md"), "|"));
  EXPECT_EQ(holdfast({"compare", "run", "other"}).exit_code, 0);
}

// The command in the report repeats the run: what a shell would change in a word is quoted.
TEST_F(CommandLine, CommandInTheReportIsQuotedForAShell) {
  const std::string name = "it's a $HOME; `x`.toml";
  put_file(scratch() / name, small_scenario("count = 1\nbroadcasts = 1"));
  const auto run = holdfast({"run", name, "--seed", "007", "--set", "title=\"A b\"", "--out", "run"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const std::string command = result_of("run").command;
  EXPECT_EQ(command, "holdfast run 'it'\\''s a $HOME; `x`.toml' --seed 7 --set 'title=\"A b\"'");
}

}  // namespace
}  // namespace holdfast
