#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "reports/exec/fold_name.h"
#include "reports/exec/groups.h"
#include "reports/exec/how_long.h"
#include "reports/exec/render.h"
#include "reports/exec/suppression.h"
#include "reports/exec/testing_report.h"
#include "reports/exec/words.h"
#include "reports/format/code_points.h"
#include "reports/format/text.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

TEST(ExecTerminal, Goldens) {
  const ExecReport observed = example();
  expect_golden("exec.txt", render_exec_terminal(observed, false, 100));

  ExecReport enforced = example();
  enforced.enforced = true;
  enforced.decided = 90'000;
  enforced.refusals_beyond = 7000;
  const auto suppressions = parse_suppressions("rename * * queue.json by self:*\nopen * * nowhere\n", "s");
  ASSERT_TRUE(suppressions);
  suppress(enforced, *suppressions);
  expect_golden("exec-enforced.txt", render_exec_terminal(enforced, true, 72));

  ExecReport clean = example();
  clean.refusals.clear();
  clean.injectors.clear();
  clean.warnings.clear();
  expect_golden("exec-unjudged.txt", render_exec_terminal(clean, false, 80));
  clean.unjudged.clear();
  expect_golden("exec-clean.txt", render_exec_terminal(clean, false, 80));
  clean.decided = 0;
  expect_golden("exec-nothing.txt", render_exec_terminal(clean, false, 80));
}

TEST(ExecFiles, Goldens) {
  const ExecReport observed = example();
  expect_golden("exec.md", exec_markdown(observed));
  expect_golden("exec.xml", exec_junit(observed));
  const std::string page = exec_html(observed);
  EXPECT_EQ(page.find("\x1b"), std::string::npos);
  EXPECT_NE(page.find("<code>queue.json</code>"), std::string::npos);
  ExecReport nothing = example();
  nothing.refusals.clear();
  nothing.unjudged.clear();
  nothing.decided = 0;
  EXPECT_NE(exec_junit(nothing).find("nothing-judged"), std::string::npos);
}

// What was looked at was perhaps not what the program works on: where it works, and what to type.
TEST(ExecTerminal, SaysWhereTheCallsWere) {
  ExecReport report;
  report.command = {"pytest"};
  report.directories = {"/work"};
  report.outside = {{"/tmp", 25}, {"/home/u/.cache", 1}};
  const std::string sentence =
      "26 calls were made elsewhere, 25 below /tmp, 1 below /home/u/.cache: watch them too with --dir /work "
      "--dir /tmp "
      "--dir /home/u/.cache";
  EXPECT_EQ(
      nothing_judged_sentence(report),
      "nothing was judged: the command made no call below /work that Windows could refuse. " + sentence);
  report.decided = 3;
  EXPECT_EQ(outside_sentence(report), sentence);
  report.decided = 26;
  EXPECT_EQ(outside_sentence(report), "") << "most were looked at";
}

TEST(ExecJson, Golden) {
  const std::string text = exec_json(example());
  expect_golden("exec.json", text);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["schema"], "holdfast.exec/1");
  EXPECT_EQ(json["refusals"].size(), 11U);
  EXPECT_EQ(json["refusals"][0]["holders"][0]["share"], "rw-");
  EXPECT_TRUE(json["bytes_replaced"].get<bool>());
}

TEST(ExecJson, ExitOfTheCommand) {
  ExecReport report;
  const auto exit = [&](int status) {
    report.wait_status = status;
    return nlohmann::json::parse(exec_json(report))["exit"].get<int>();
  };
  EXPECT_EQ(exit(0), 0);
  EXPECT_EQ(exit(3 << 8), 3);
  EXPECT_EQ(exit(15), 143);
  EXPECT_EQ(exit(11 | 0x80), 139) << "with a core dump";
}

TEST(ExecWords, ReadBack) {
  for (const Function call : {Function::rename, Function::unlink, Function::rmdir, Function::link,
                              Function::open, Function::truncate}) {
    EXPECT_EQ(find_call(call_word(call)), call);
  }
  for (int reason = 1; reason <= static_cast<int>(Obstacle::mapped); ++reason) {
    EXPECT_EQ(find_reason(reason_word(static_cast<Obstacle>(reason))), static_cast<Obstacle>(reason));
  }
  for (int kind = 1; kind <= static_cast<int>(HolderKind::unseen); ++kind) {
    EXPECT_EQ(find_holder_kind(holder_kind_word(static_cast<HolderKind>(kind))),
              static_cast<HolderKind>(kind));
  }
  EXPECT_FALSE(find_call("held"));
}

TEST(ExecWords, WhichPathWasRefused) {
  EXPECT_EQ(refused_path(refusal(Function::rename, "/a", "/b", 5, {})), "/b");
  EXPECT_EQ(refused_path(refusal(Function::rename, "/a", "/b", 32, {})), "/a");
  EXPECT_EQ(refused_path(refusal(Function::unlink, "/a", "", 32, {})), "/a");
  auto directory = refusal(Function::rename, "/a", "/b", 5, {});
  directory.reason = Obstacle::open_child;
  EXPECT_EQ(refused_path(directory), "/a");
}

TEST(Places, AreFewAndNeverBelowOneAnother) {
  Places places;
  for (int i = 0; i < 1000; ++i) count_place(places, "/home/u/.cache/foo/" + std::to_string(i), 8);
  EXPECT_EQ(places.size(), 8U);
  EXPECT_EQ(fewer_places(places, 3), (Places{{"/home/u/.cache/foo", 1000}}));
  EXPECT_EQ(fewer_places({{"/a/b", 1}, {"/a/b/c", 2}, {"/a/bc", 3}}, 3), (Places{{"/a/b", 3}, {"/a/bc", 3}}));
  EXPECT_EQ(fewer_places({{"/a/b", 1}, {"/c/d", 1}}, 1).size(), 2U) << "nobody works in the root";
}

// Sharing is the C programmer's word: others close what they cannot share.
TEST(ExecAdvice, SpeaksTheProgramsLanguage) {
  struct Row {
    const char *program, *runtime, *says, *never;
  };
  for (const Row& row :
       {Row{"python3.11", "python", "`with`", "FILE_SHARE_DELETE"},
        Row{"node", "node", "await handle.close()", "FILE_SHARE_DELETE"},
        Row{"app", "go", "Close()", "FILE_SHARE_DELETE"},
        Row{"java", "java", "try-with-resources", "FILE_SHARE_DELETE"},
        Row{"dotnet", "dotnet", "FileShare.Delete", "FILE_SHARE_DELETE"},
        Row{"app", "rust", "drop()", "FILE_SHARE_DELETE"}, Row{"app", "c", "FILE_SHARE_DELETE", "`with`"},
        Row{"bash", "c", "exec N<&-", "FILE_SHARE_DELETE"}}) {
    ExecReport report;
    report.directories = {"/srv/app"};
    auto self = holder(HolderKind::self, 101, row.program, "/srv/app/f");
    self.runtime = row.runtime;
    auto one = refusal(Function::unlink, "/srv/app/f", "", 32, {self});
    one.program = row.program;
    one.runtime = row.runtime;
    report.refusals = {one};
    const std::string advised = advice(group_refusals(report).front());
    EXPECT_NE(advised.find(row.says), std::string::npos) << advised;
    EXPECT_EQ(advised.find(row.never), std::string::npos) << advised;
  }
  ExecReport python = example();
  for (ExecRefusal& one : python.refusals) one.runtime = "python";
  EXPECT_NE(render_exec_terminal(python, false, 200).find("--enforce"), std::string::npos);
  EXPECT_NE(enforce_offer(python).find("Python gets a traceback"), std::string::npos);
}

TEST(ExecTerminal, WhatBystandersHoldIsNamedAndNotCounted) {
  ExecReport report;
  report.directories = {"/srv/app"};
  report.temporary = {"/tmp"};
  report.decided = 3;
  report.judged = {{"/tmp", 3}};
  report.spared = {
      refusal(Function::unlink, "/tmp/f", "", 32, {holder(HolderKind::stranger, 7, "vim", "/tmp/f")})};
  report.spared_count = 1;
  EXPECT_EQ(counted_refusals(report), 0U);
  const std::string page = render_exec_terminal(report, false, 200);
  EXPECT_NE(page.find("none of 3 calls on files below /srv/app, /tmp."), std::string::npos) << page;
  EXPECT_NE(page.find("unlink /tmp/f: vim (pid 7), a process outside the command"), std::string::npos)
      << page;
}

TEST(ExecTerminal, SaysThatAHoldChangedWhereTheCommandWorks) {
  ExecReport report;
  report.directories = {"/tmp"};
  report.decided = 1;
  report.moved = {{"/var/tmp", 52}};
  EXPECT_EQ(moved_sentence(report),
            "after an injector was in its way, the command went on elsewhere, where nothing is judged: 52 "
            "calls were "
            "there, 52 below /var/tmp. Watch them too with --dir /tmp --dir /var/tmp");
  report.moved.clear();
  EXPECT_EQ(moved_sentence(report), "");
}

// Whatever names hold, JSON parses and the terminal gets no control characters.
TEST(ExecRenderers, TakeAnyName) {
  EXPECT_TRUE(rc::check([](const std::string& path, const std::string& program) {
    ExecReport report;
    report.directories = {"/" + program};
    report.command = {path};
    report.decided = 1;
    report.warnings = {path};
    report.injectors = {{program, 1, 0}};
    report.refusals = {
        refusal(Function::rename, path, program, 5, {holder(HolderKind::self, 1, program, path)})};
    report.suppressions = {{path, 0}};
    RC_ASSERT(nlohmann::json::accept(exec_json(report)));
    std::string page = render_exec_terminal(report, false, 80);
    std::erase(page, '\n');
    RC_ASSERT(one_line(page) == page);
  }));
}

TEST(HowLong, AnInjectorHadAFileIsKnownFromTheHoldThatWasUnderWay) {
  const std::vector<InjectorHold> holds = {
      {90, "/srv/f", 1000, 2000}, {90, "/srv/f", 5000, 6000}, {90, "/srv/g", 5500}, {91, "/srv/f", 1, 9000}};
  struct Row {
    std::int64_t at_ns;
    std::string path;
    std::optional<std::int64_t> open_ns;
  };
  for (const Row& row :
       {Row{999, "/srv/f", {}}, Row{1000, "/srv/f", 0}, Row{2000, "/srv/f", 1000},
        Row{2001, "/srv/f", {}},  // let go since, and found under that name by some other way
        Row{5250, "/srv/f", 250}, Row{7000, "/srv/f", {}}, Row{7000, "/srv/g", 1500},
        Row{5250, "/srv/h", {}}}) {
    ExecReport report;
    report.refusals = {refusal(Function::rename, row.path, "", 5,
                               {holder(HolderKind::injector, 90, "antivirus", row.path),
                                holder(HolderKind::self, 90, "sh", row.path)})};
    report.refusals[0].at_ns = row.at_ns;
    tell_how_long(report, holds);
    EXPECT_EQ(report.refusals[0].holders[0].open_ns, row.open_ns) << row.at_ns << " " << row.path;
    EXPECT_EQ(report.refusals[0].holders[1].open_ns, std::nullopt);
  }
}

}  // namespace
}  // namespace holdfast
