// `holdfast exec` around a command: what passes through untouched, what is told, what is left behind (nothing).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class Exec : public RunTest {
 protected:
  Exec() { std::filesystem::create_directory(work()); }

  [[nodiscard]] std::filesystem::path work() const { return scratch() / "work"; }

  [[nodiscard]] ProcessOptions in_work() const {
    ProcessOptions options;
    options.directory = work();
    return options;
  }
  ProcessEnd exec(const std::vector<std::string>& arguments) { return exec(arguments, in_work()); }
  ProcessEnd exec(std::vector<std::string> arguments, const ProcessOptions& options) {
    arguments.insert(arguments.begin(), "exec");
    return holdfast(arguments, options);
  }
  ProcessEnd shell(const std::string& script, std::vector<std::string> options = {"--quiet"}) {
    for (const char* word : {"--", "sh", "-c"}) options.emplace_back(word);
    options.push_back(script);
    return exec(options);
  }
  [[nodiscard]] nlohmann::json report() const {
    return nlohmann::json::parse(file_bytes(scratch() / "found.json"), nullptr, false);
  }
};

// Holds f and replaces it.
constexpr const char* refused_script = "echo a > f; echo b > g; exec 5< f; mv -f g f";

TEST_F(Exec, EndsAsTheCommandEnds) {
  EXPECT_EQ(shell("exit 0").exit_code, 0);
  EXPECT_EQ(shell("exit 7").exit_code, 7);
  EXPECT_EQ(shell("kill -KILL $$").signal, SIGKILL);
  EXPECT_EQ(shell("kill -TERM $$").signal, SIGTERM);
  expect_one_sentence(exec({"no-such-program"}), 127, "cannot execute no-such-program: No such file");
  put_file(work() / "text", "text");
  expect_one_sentence(exec({"./text"}), 126, "cannot execute ./text: Permission denied");
}

TEST_F(Exec, StandardStreamsArgumentsAndEnvironmentPassThrough) {
  put_file(scratch() / "input", "from stdin\n");
  ProcessOptions options = in_work();
  options.environment = {"MARK=set"};
  const std::string input = (scratch() / "input").string();
  options.prepare = [input] { return ::dup2(::open(input.c_str(), O_RDONLY), STDIN_FILENO) == 0; };
  const std::vector<std::string> command = {
      "-c", "cat; echo $MARK \"$0\" \"$1\"; echo to stderr >&2; ls /proc/self/fd | wc -l", "-v", "a b"};
  const auto alone = start_program("/bin/sh", command, options).wait();
  EXPECT_TRUE(holds(alone.out, "from stdin\nset -v a b\n")) << alone.out;
  std::vector<std::string> arguments = {"--quiet", "--", "/bin/sh"};
  arguments.insert(arguments.end(), command.begin(), command.end());
  const auto watched = exec(arguments, options);
  EXPECT_EQ(watched.exit_code, alone.exit_code);
  EXPECT_EQ(watched.out, alone.out) << "the same descriptors, too";
  EXPECT_EQ(watched.err, alone.err);
}

// It is in our process group, as it would be in the shell's, and our child, so that both see what a terminal does.
TEST_F(Exec, TheCommandIsOurChildInOurProcessGroup) {
  const auto end =
      shell("read -r pid name state parent group rest < /proc/self/stat; echo $parent $group $$");
  int parent = 0, group = 0, self = 0;
  ASSERT_EQ(std::sscanf(end.out.c_str(), "%d %d %d", &parent, &group, &self), 3) << end.out;
  EXPECT_EQ(parent, group) << "the test makes holdfast lead a group";
  EXPECT_NE(parent, self);
}

TEST_F(Exec, SignalsReachTheCommand) {
  for (const auto& [name, signal] :
       {std::pair{"TERM", SIGTERM}, {"HUP", SIGHUP}, {"USR1", SIGUSR1}, {"INT", SIGINT}}) {
    SCOPED_TRACE(name);
    std::filesystem::remove(work() / "ready");
    auto started = start(
        {"exec", "--quiet", "--", "sh", "-c",
         std::string("trap 'echo got it; exit 3' ") + name + "; : > ready; while :; do sleep 0.01; done"},
        in_work());
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(work() / "ready"); }));
    started.send(signal);
    const auto end = started.wait();
    EXPECT_EQ(end.exit_code, 3);
    EXPECT_EQ(end.out, "got it\n");
  }
}

// Who kills us wants it all to end.
TEST_F(Exec, NothingStaysWhenItIsKilled) {
  const auto temporary = scratch() / "temporary";
  std::filesystem::create_directory(temporary);
  ProcessOptions options = in_work();
  options.environment = {"TMPDIR=" + temporary.string()};
  auto started =
      start({"exec", "--inject", "antivirus", "--", "sh", "-c", ": > ready; exec sleep 1000"}, options);
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(work() / "ready"); }));
  EXPECT_FALSE(std::filesystem::is_empty(temporary)) << "what the injectors write";
  started.send(SIGKILL);
  started.wait();
  EXPECT_TRUE(eventually([&] { return processes_naming(scratch().string()).empty(); }));
  EXPECT_TRUE(std::filesystem::is_empty(temporary));
}

// The command ends with it; what that started is nobody's to end.
TEST_F(Exec, WhatItLeavesBehindGoesOnEvenIfItIsKilled) {
  auto started = start({"exec", "--enforce", "--", "sh", "-c",
                        "echo a > a; (while [ ! -e go ]; do sleep 0.01; done; mv a b) > /dev/null 2>&1 & "
                        ": > ready; exec sleep 1000"},
                       in_work());
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(work() / "ready"); }));
  started.send(SIGKILL);
  started.wait();
  put_file(work() / "go", "");
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(work() / "b"); }));
  EXPECT_TRUE(eventually([&] { return processes_naming(scratch().string()).empty(); }));
}

TEST_F(Exec, WhatItLeavesBehindGoesOn) {
  const auto end =
      shell("echo a > a; (while [ ! -e go ]; do sleep 0.01; done; mv a b) > /dev/null 2>&1 & exit 4",
            {"--enforce", "--quiet"});
  EXPECT_EQ(end.exit_code, 4);
  EXPECT_FALSE(std::filesystem::exists(work() / "b"));
  put_file(work() / "go", "");
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(work() / "b"); }));
  EXPECT_TRUE(eventually([&] { return processes_naming(scratch().string()).empty(); }));
}

// The report is whole, and nobody else's any more, when what goes on is left to itself.
TEST_F(Exec, WhatGoesOnBesideInjectorsDoesNotDisturbTheReport) {
  const auto end = exec(
      {"--enforce", "--quiet", "--json", "../found.json", "--inject", "antivirus:hold=50ms", "--", "sh", "-c",
       "(until [ -e go ]; do echo a > t; mv -f t f; done) > /dev/null 2>&1 & "
       "i=0; while [ $i -lt 50 ]; do echo b > u; mv -f u f 2> /dev/null; i=$((i+1)); done; true"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  put_file(work() / "go", "");
  EXPECT_TRUE(eventually([&] { return processes_naming(scratch().string()).empty(); }));
  const auto found = report();
  ASSERT_FALSE(found.is_discarded());
  EXPECT_GE(found.at("refusals").size(), 1U) << found.dump(1);
}

TEST_F(Exec, SaysWhatWindowsWouldHaveRefused) {
  const auto end = shell(refused_script, {});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out, "");
  EXPECT_TRUE(holds(end.err, "Windows would have refused 1 of ")) << end.err;
  EXPECT_TRUE(holds(end.err, "rename (target held): 5 (access denied)")) << end.err;
  EXPECT_TRUE(holds(end.err, "file      f\n")) << end.err;
  EXPECT_EQ(file_bytes(work() / "f"), "b\n") << "it only observes";
}

TEST_F(Exec, FailsOnRefusalsButThoseThatAreSuppressed) {
  EXPECT_EQ(shell(refused_script, {"--quiet", "--fail-on-refusal"}).exit_code, 125);
  const auto told = shell(refused_script, {"--fail-on-refusal"});
  const auto at = told.err.find("  rename 5 held f by ");
  ASSERT_NE(at, std::string::npos) << told.err;
  put_file(scratch() / "known", told.err.substr(at, told.err.find('\n', at) - at) + "\n# a comment\n");
  EXPECT_EQ(shell(refused_script, {"--quiet", "--fail-on-refusal", "--suppress", "../known"}).exit_code, 0);
  put_file(scratch() / "wrong", "rename 5 hold f\n");
  expect_one_sentence(shell("exit 0", {"--suppress", "../wrong"}), 64, "../wrong:1");
  expect_one_sentence(shell("exit 0", {"--suppress", "../missing"}), 64,
                      "--suppress ../missing: cannot be opened: No such file");
}

TEST_F(Exec, OnlyTheDomainIsJudged) {
  std::filesystem::create_directory(scratch() / "elsewhere");
  const std::string script = "echo a > q; mv q r; cd ../elsewhere && " + std::string(refused_script);
  EXPECT_EQ(shell(script, {"--quiet", "--enforce", "--fail-on-refusal", "--dir", "."}).exit_code, 0);
  EXPECT_EQ(shell(script, {"--quiet", "--fail-on-refusal", "--dir", ".", "--dir", "../elsewhere"}).exit_code,
            125);
  std::filesystem::create_directory_symlink(scratch() / "elsewhere", scratch() / "link");
  EXPECT_EQ(shell(script, {"--quiet", "--fail-on-refusal", "--dir", "../link"}).exit_code, 125);
}

// What saw no call, or tried nothing, proves nothing.
TEST_F(Exec, SaysWhereNothingWasTested) {
  std::filesystem::create_directory(work() / "elsewhere");
  expect_one_sentence(shell("echo a > f; mv f g", {"--quiet", "--fail-on-refusal", "--dir", "elsewhere"}),
                      125, "that Windows could refuse. 1 call was made elsewhere, 1 below ");
  EXPECT_EQ(shell("echo a > f; mv f g", {"--quiet", "--fail-on-refusal"}).exit_code, 0);
  const auto idle = shell("echo a > f; mv f g", {"--inject", "open-handle:path=missing"});
  EXPECT_TRUE(holds(idle.err, "open-handle held a file 0 times, fewer than min_fired (1)")) << idle.err;
}

TEST_F(Exec, InjectorsHoldFilesMeanwhile) {
  const auto temporary = scratch() / "temporary";
  std::filesystem::create_directory(temporary);
  ProcessOptions options = in_work();
  options.environment = {"TMPDIR=" + temporary.string()};
  const auto end =
      exec({"--enforce", "--quiet", "--json", "../found.json", "--inject", "antivirus:hold=200ms,share=rw",
            "--seed", "3", "--", "sh", "-c",
            "i=0; while [ $i -lt 20 ]; do echo $i > t; mv -f t f 2> /dev/null; i=$((i+1)); done"},
           options);
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(std::filesystem::is_empty(temporary)) << "what the injectors wrote goes with them";
  const auto found = report();
  ASSERT_FALSE(found.is_discarded());
  EXPECT_GE(found.at("injectors")[0].at("fired"), 1) << found.dump(1);
  ASSERT_GE(found.at("refusals").size(), 1U) << found.dump(1);
  const auto& holder = found.at("refusals")[0].at("holders")[0];
  EXPECT_EQ(holder.at("kind"), "injector");
  EXPECT_EQ(holder.at("program"), "antivirus");
  EXPECT_EQ(holder.at("share"), "rw-");
  const auto& refusals = found.at("refusals");
  EXPECT_TRUE(std::any_of(refusals.begin(), refusals.end(), [](const nlohmann::json& refusal) {
    const auto& open_ms = refusal.at("holders").at(0).at("open_ms");
    return open_ms.is_number() && open_ms > 0;
  })) << found.dump(1);
}

// Opens are decided where somebody shares less than reading and writing.
TEST_F(Exec, ShareModesOfOpens) {
  const std::string script =
      "echo a > f; sh -c 'exec 5< f; : > ../ready; while [ ! -e ../done ]; do sleep 0.01; done' & "
      "while [ ! -e ../ready ]; do sleep 0.01; done; cat f; echo $?; : > ../done; wait; cat f";
  const auto run = [&](const std::string& profile, const char* mode) {
    std::filesystem::remove(scratch() / "ready");
    std::filesystem::remove(scratch() / "done");
    return shell(script, {"--quiet", mode, "--profile", profile, "--json", "../found.json"});
  };
  auto end = run("share-none", "--enforce");
  EXPECT_EQ(end.out, "1\na\n") << "the second opener is refused, and let in when the first is gone";
  auto found = report();
  ASSERT_EQ(found.at("refusals").size(), 1U) << found.dump(1);
  EXPECT_EQ(found.at("refusals")[0].at("call"), "open");
  EXPECT_EQ(found.at("refusals")[0].at("code"), 32);
  EXPECT_EQ(found.at("refusals")[0].at("holders")[0].at("share"), "---");

  end = run("share-none", "--observe");
  EXPECT_EQ(end.out, "a\n0\na\n");
  EXPECT_EQ(report().at("refusals").size(), 1U) << report().dump(1);

  end = run("share:r--", "--enforce");
  EXPECT_EQ(end.out, "a\n0\na\n") << "both only read";
  EXPECT_EQ(report().at("refusals").size(), 0U);
}

TEST_F(Exec, HoldDeclaresAccessAndShare) {
  const std::string hold = std::string(HOLDFAST_BINARY) + " hold f --for 1h ";
  const std::string script =
      "echo a > f; " + hold +
      "--access rw --share r > ../held & while ! grep -q holding ../held; do sleep 0.01; done; "
      "cat f; (echo b > f); echo $?; kill $!; wait $!; echo c > f; cat f";
  const auto end = shell(script, {"--quiet", "--enforce", "--opens", "--json", "../found.json"});
  // Reading is shared; but the reader shares writing, as all of C do, and that is what the holder has.
  EXPECT_EQ(end.out, "a\n2\nc\n") << end.err;
  const auto found = report();
  ASSERT_EQ(found.at("refusals").size(), 1U) << found.dump(1);
  EXPECT_EQ(found.at("refusals")[0].at("holders")[0].at("access"), "rw");
  EXPECT_EQ(found.at("refusals")[0].at("holders")[0].at("share"), "r--");
  put_file(work() / "f", "");
  expect_one_sentence(holdfast({"hold", "work/f", "--for", "1s", "--share", "r"}), 64,
                      "--access and --share only work within 'holdfast exec --opens'");
  expect_one_sentence(holdfast({"hold", "work/f", "--for", "1s", "--share", "x"}), 64,
                      "--share x: write letters of rwd");
}

// What is printed of the rules is what programs get. Thousands of searches of /proc take too long under sanitizers.
#ifndef HOLDFAST_SANITIZED
TEST_F(Exec, RulesAndRealProcessesAgree) {
  const auto live = holdfast({"rules", "--live", "--json"});
  EXPECT_EQ(live.exit_code, 0) << live.err;
  EXPECT_EQ(live.out, holdfast({"rules", "--json"}).out);
}
#endif

TEST_F(Exec, BadCommandLines) {
  expect_one_sentence(exec({}), 64, "exec needs a command to run");
  expect_one_sentence(exec({"--enfroce", "true"}), 64, "no option '--enfroce'; the nearest is '--enforce'");
  expect_one_sentence(exec({"--dir", "missing", "--", "true"}), 64, "--dir missing: No such file");
  expect_one_sentence(exec({"--profile", "pyton", "--", "true"}), 64, "unknown profile 'pyton'");
  expect_one_sentence(exec({"--inject", "antvirus", "--", "true"}), 64,
                      "the nearest is \"antivirus\". Valid here: open-handle, antivirus, indexer, backup");
  expect_one_sentence(exec({"--inject", "antivirus:hodl=1s", "--", "true"}), 64,
                      "unknown key \"hodl\"; the nearest is \"hold\"");
  expect_one_sentence(exec({"--inject", "antivirus:hold=soon", "--", "true"}), 64, "must be a duration");
  expect_one_sentence(exec({"--inject", "antivirus:hold", "--", "true"}), 64, "'hold' is not KEY=VALUE");
  expect_one_sentence(exec({"--json", "missing/found.json", "--", "true"}), 64, "cannot write --json");
  expect_one_sentence(exec({"--json", ".", "--", "true"}), 64, "cannot write --json .: Is a directory");
  expect_one_sentence(exec({"--inject", "delay", "--", "true"}), 64, "delays are for agents of a scenario");
  expect_one_sentence(exec({"--quiet", "--", HOLDFAST_BINARY, "exec", "--", "true"}), 70,
                      "another seccomp listener is in force already");
}

// A judge of what is left decides; a refusal that fails the gate still does.
TEST_F(Exec, ThenDecidesByWhatIsLeft) {
  EXPECT_EQ(shell("exit 7", {"--quiet", "--then", "exit 0"}).exit_code, 0);
  EXPECT_EQ(shell("echo x > f", {"--quiet", "--then", "test -s f && exit 9"}).exit_code, 9);
  EXPECT_EQ(shell("exit 7", {"--quiet", "--then", "exit $HOLDFAST_EXIT"}).exit_code, 7);
  EXPECT_EQ(shell("true", {"--quiet", "--then", "kill -TERM $$"}).signal, SIGTERM);
  EXPECT_EQ(shell(refused_script, {"--quiet", "--fail-on-refusal", "--then", "exit 0"}).exit_code, 125);
}

TEST_F(Exec, WritesAPageMarkdownAndJunit) {
  const auto end = shell(refused_script, {"--quiet", "--html", "../found.html", "--markdown", "../found.md",
                                          "--junit", "../found.xml", "--json", "../found.json"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(report()["groups"].size(), 1U);
  EXPECT_TRUE(holds(file_bytes(scratch() / "found.html"), "rename (target held): 5 (access denied)"));
  EXPECT_TRUE(holds(file_bytes(scratch() / "found.md"), "## 1 × rename"));
  EXPECT_TRUE(holds(file_bytes(scratch() / "found.xml"), "failures=\"1\""));
  expect_one_sentence(exec({"--html", "missing/a.html", "--", "true"}), 64, "cannot write --html");
}

}  // namespace
}  // namespace holdfast
