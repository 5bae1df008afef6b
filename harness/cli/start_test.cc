// The start with a store of one's own: `new`, `adapter check`, `validate`, and what help and `explain` say.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class StartOfAStore : public RunTest {
 protected:
  ProcessEnd in(const std::string& directory, const std::vector<std::string>& arguments) {
    ProcessOptions options;
    options.directory = scratch() / directory;
    return holdfast(arguments, options);
  }

  // Writes it, builds it as the scenario says, tries it and runs it.
  void expect_runs_at_once(const std::string& language, const std::vector<std::string>& build,
                           std::vector<std::string> command) {
    const auto made = holdfast({"new", language, "mine"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    if (!build.empty()) {
      ProcessOptions options;
      options.directory = scratch() / "mine";
      options.environment = {"GOCACHE=" + (scratch() / "go-cache").string()};
      const auto built = TestProcess::start(build, (scratch() / "build").string(), options).wait();
      ASSERT_EQ(built.exit_code, 0) << built.err;
      std::string line;
      for (const std::string& word : build) line += (line.empty() ? "  " : " ") + word;
      EXPECT_TRUE(
          holds(made.out, line.substr(line.rfind('/') == std::string::npos ? 0 : line.rfind('/') + 1)))
          << made.out;
    }
    command.insert(command.begin(), {"adapter", "check", "--"});
    const auto tried = in("mine", command);
    EXPECT_EQ(tried.exit_code, 0) << tried.out << tried.err;
    EXPECT_TRUE(holds(tried.out, "All 18 requests were answered")) << tried.out;
    const auto valid = in("mine", {"validate", "scenario.toml"});
    EXPECT_EQ(valid.exit_code, 0) << valid.err;
    EXPECT_FALSE(holds(valid.out, "problem")) << valid.out;
    const auto run = in("mine", {"run", "scenario.toml", "--out", "r"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  }
};

TEST_F(StartOfAStore, InPython) {
  expect_runs_at_once("python", {}, {"python3", "adapter.py"});
}

TEST_F(StartOfAStore, InNode) {
  expect_runs_at_once("node", {}, {"node", "adapter.mjs"});
}

TEST_F(StartOfAStore, InGo) {
  expect_runs_at_once("go", {"/usr/bin/go", "build", "-o", "adapter", "adapter.go"}, {"./adapter"});
}

TEST_F(StartOfAStore, InCpp) {
  expect_runs_at_once("cpp", {"/usr/bin/c++", "-std=c++17", "-O2", "-o", "adapter", "adapter.cpp"},
                      {"./adapter"});
}

TEST_F(StartOfAStore, InShell) {
  expect_runs_at_once("shell", {}, {"bash", "adapter.sh"});
}

TEST_F(StartOfAStore, NewReplacesNothing) {
  std::filesystem::create_directory(scratch() / "mine");
  put_file(scratch() / "mine" / "scenario.toml", "precious");
  expect_one_sentence(holdfast({"new", "python", "mine"}), 64, "mine/scenario.toml exists already");
  EXPECT_EQ(file_bytes(scratch() / "mine" / "scenario.toml"), "precious");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "mine" / "adapter.py"));
  expect_one_sentence(holdfast({"new", "pyton", "other"}), 64, "the nearest is 'python'");
  put_file(scratch() / "file", "");
  expect_one_sentence(holdfast({"new", "python", "file/below"}), 64, "Not a directory");
}

// Each breaks one rule of the protocol; what is said names it.
TEST_F(StartOfAStore, AdapterCheckSaysWhatIsWrong) {
  const std::string head =
      "import json, sys, os\n"
      "log = None\n"
      "def said(answer): print(json.dumps(answer), flush=True)\n"
      "for line in sys.stdin:\n"
      "  r = json.loads(line)\n"
      "  if r['op'] == 'quit': break\n"
      "  if r['op'] == 'init': log = r['dir'] + '/log'; me = r['agent']; said({'result': 'ok'}); continue\n"
      "  if r['op'] == 'broadcast':\n"
      "    open(log, 'a').write(line); said({'result': 'ok'}); continue\n"
      "  all = [json.loads(l) for l in open(log)] if os.path.exists(log) else []\n"
      "  mine = [{'id': m['id'], 'body': m['body']} for m in all if me in m['to']]\n";
  const std::vector<std::pair<std::string, std::string>> endings = {
      {"  said({'result': 'ok', 'entries': mine})\n", ""},
      {"  said({'result': 'ok', 'entries': mine[1:]})\n", "0-0 is missing: it was acknowledged before"},
      {"  said({'result': 'ok', 'entries': mine + mine})\n", "0-0 is there 2 times"},
      {"  said({'result': 'ok', 'entries': [{'id': m['id'], 'body': m['body']} for m in all]})\n",
       "0-1 is addressed to [1], not to agent 0"},
      {"  said({'result': 'ok', 'entries': [{'id': m['id'], 'body': m['body'].upper()} for m in mine]})\n",
       "the body of 0-0 (a plain body) is \"HELLO\", but was \"hello\""},
      {"  said({'result': 'ok', 'entries': mine[::-1]})\n", "is out of order"},
      {"  said({'result': 'ok', 'entries': mine + [{'id': '7-7', 'body': ''}]})\n", "\"7-7\" was never sent"},
      {"  print('done', flush=True)\n", "done"},
      {"  said({'result': 'fail', 'error': 'no'})\n", "it should be {\"result\":\"ok\",\"entries\":[…]}"},
      {"  raise SystemExit('boom')\n",
       "the program exited with 1 before it answered; its last words on standard error"},
      {"  said({'result': 'ok', 'entries': mine})\nsys.exit(3)\n",
       "it exited with 3, but should exit with 0"}};
  for (const auto& [ending, wrong] : endings) {
    SCOPED_TRACE(ending);
    put_file(scratch() / "a.py", head + ending);
    const auto end = holdfast({"adapter", "check", "--", "python3", "a.py"});
    EXPECT_EQ(end.exit_code, wrong.empty() ? 0 : 1) << end.out << end.err;
    std::string flat;  // wrapped lines, joined
    for (const char c : end.out) {
      if (c != '\n' && (c != ' ' || !flat.ends_with(' '))) flat += c;
      if (c == '\n' && !flat.ends_with(' ')) flat += ' ';
    }
    EXPECT_TRUE(holds(flat, wrong)) << end.out;
    const auto json =
        nlohmann::json::parse(holdfast({"adapter", "check", "--json", "--", "python3", "a.py"}).out);
    EXPECT_EQ(std::all_of(json.begin(), json.end(), [](const auto& one) { return one["wrong"].is_null(); }),
              wrong.empty());
  }
  expect_one_sentence(holdfast({"adapter", "check", "--", "no-such-program"}), 64, "no such program");
  expect_one_sentence(holdfast({"adapter", "check"}), 64, "needs a command after '--'");
}

TEST_F(StartOfAStore, ValidateStartsNothingAndSaysWhatWouldBe) {
  const auto shipped = holdfast({"validate", "broadcast-8", "lockstep", "crash-random", "command-hard"});
  EXPECT_EQ(shipped.exit_code, 0) << shipped.err;
  for (const char* part : {"broadcast-8: valid", "8 agents, 25 broadcasts each: 200 messages",
                           "can fire  antivirus", "variant   equal", "durability (nobody is killed)"})
    EXPECT_TRUE(holds(shipped.out, part)) << part << "\n" << shipped.out;
  EXPECT_FALSE(std::filesystem::exists(scratch() / "holdfast-runs"));

  put_file(scratch() / "bad.toml", "[agents]\ncuont = 3\n");
  put_file(scratch() / "gone.toml", "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"gone.py\"]\n");
  put_file(scratch() / "misses.toml",
           "[subject]\nkind = \"command\"\ncommand = [\"true\"]\nfiles = [\"jobs.json\"]\n"
           "[[inject]]\nkind = \"open-handle\"\npath = \"queue.json\"\nhold = \"1s\"\n");
  const auto bad = holdfast({"validate", "bad.toml", "gone.toml", "misses.toml"});
  EXPECT_EQ(bad.exit_code, 64);
  EXPECT_TRUE(holds(bad.err, "bad.toml:2:1: unknown key in agents \"cuont\"")) << bad.err;
  EXPECT_TRUE(holds(bad.err, "gone.py is not in")) << bad.err;
  EXPECT_TRUE(holds(bad.out, "misses.toml: valid")) << bad.out;
  EXPECT_TRUE(holds(bad.out, "queue.json, which is not in")) << bad.out;

  const auto json = nlohmann::json::parse(holdfast({"validate", "--json", "no-fault", "bad.toml"}).out);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["valid"], true);
  EXPECT_GT(json[0]["variants"][0]["broadcasts"], 0);
  EXPECT_EQ(json[1]["valid"], false);
  EXPECT_EQ(nlohmann::json::parse(holdfast({"validate", "--schema"}).out)["type"], "object");
  expect_one_sentence(holdfast({"validate"}), 64, "validate needs a scenario");
}

TEST_F(StartOfAStore, HelpHasTheCommandsOwnExamplesAndExitCodes) {
  const std::string top = holdfast({"--help"}).out;
  std::istringstream lines(top.substr(top.find("Subcommands:")));
  std::string line;
  std::getline(lines, line);
  std::size_t commands = 0;
  while (std::getline(lines, line) && !line.starts_with("\nExamples") && line != "Examples:") {
    if (!line.starts_with("  ") || line.starts_with("   ")) continue;
    const std::string command = line.substr(2, line.find(' ', 2) - 2);
    SCOPED_TRACE(command);
    ++commands;
    const std::string help = holdfast({command, "--help"}).out;
    const auto examples = help.find("\nExamples:\n");
    ASSERT_NE(examples, std::string::npos) << help;
    const std::string own = help.substr(examples);
    EXPECT_TRUE(holds(own, "holdfast " + command)) << own;
    EXPECT_FALSE(holds(own, command == "list" ? "holdfast run" : "holdfast list")) << own;
    EXPECT_TRUE(holds(own, "Exit code")) << own;
  }
  EXPECT_GT(commands, 20U);
  EXPECT_TRUE(holds(holdfast({"exec", "--help"}).out, "Usage: holdfast exec [OPTIONS] -- COMMAND"));
  EXPECT_EQ(holdfast({"-V"}).out, holdfast({"--version"}).out);
}

TEST_F(StartOfAStore, ExplainKnowsEveryWordThatItLists) {
  const std::vector<std::pair<std::string, std::string>> known = {
      {"32", "ERROR_SHARING_VIOLATION"},  {"WinError 5", "access denied"},
      {"error_user_mapped_file", "1224"}, {"4", "a regression"},
      {"exit 125", "--fail-on-refusal"},  {"orphan-temp", "Fails when"},
      {"latency.p99", "unit: ms"},        {"late-opener", "inconclusive"},
      {"enforce", "refuse it"},           {"Share Mode", "open handle"}};
  for (const auto& [word, part] : known) {
    const auto end = holdfast({"explain", word});
    EXPECT_EQ(end.exit_code, 0) << word << end.err;
    EXPECT_TRUE(holds(end.out, part)) << word << "\n" << end.out;
  }
  expect_one_sentence(holdfast({"explain", "orphn-temp"}), 64, "the nearest is 'orphan-temp'");
  expect_one_sentence(holdfast({"explain", "frobnication"}), 64,
                      "nothing is known about 'frobnication'; 'holdfast");
  std::istringstream all(holdfast({"explain"}).out);
  std::string text;
  for (std::string line; std::getline(all, line);) text += line + " ";
  for (const char* part :
       {"check: delivered, lost", "figure: agents.succeeded", "exit code: 0, 1, 2, 3", "word: "})
    EXPECT_TRUE(holds(text, part)) << text;
}

// Not the error of the last step: no such file.
TEST_F(StartOfAStore, ADirectoryThatCannotBeMadeIsToldWithTheKernelsReason) {
  put_file(scratch() / "small.toml", small_scenario("count = 1\nbroadcasts = 1"));
  expect_one_sentence(holdfast({"run", "small.toml", "--out", "/proc/holdfast/run"}), 64,
                      "/proc/holdfast/run: ");
  put_file(scratch() / "file", "");
  expect_one_sentence(holdfast({"run", "small.toml", "--out", "file/a/run"}), 64, "Not a directory");
}

TEST_F(StartOfAStore, ExpectationsInAFileHaveTheGrammarOfTheCommandLine) {
  put_file(scratch() / "small.toml",
           "expect = [\"lost == 0\", \"latency.p99 <= 50s\", \"success_rate >= 99%\"]\n" +
               small_scenario("count = 1\nbroadcasts = 1"));
  EXPECT_EQ(holdfast({"run", "small.toml", "--out", "run"}).exit_code, 0);
  put_file(scratch() / "strict.toml",
           small_scenario("count = 1\nbroadcasts = 1",
                          "[[expect]]\nfigure = \"ok\"\nat_least = 1\n"
                          "[[expect]]\nfigure = \"latency.p99\"\nat_most = \"1ns\"\n"));
  EXPECT_EQ(holdfast({"run", "strict.toml", "--out", "strict"}).exit_code, 3);
}

}  // namespace
}  // namespace holdfast
