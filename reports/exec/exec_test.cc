#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "reports/exec/fold_name.h"
#include "reports/exec/groups.h"
#include "reports/exec/how_long.h"
#include "reports/exec/render.h"
#include "reports/exec/suppression.h"
#include "reports/exec/words.h"
#include "reports/format/code_points.h"
#include "reports/format/text.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

constexpr FileBits rw = read_bit | write_bit;

ExecHolder holder(HolderKind kind, std::int32_t pid, const std::string& program, const std::string& path) {
  ExecHolder made;
  made.kind = kind;
  made.pid = pid;
  made.program = program;
  made.path = path;
  made.descriptor = 5;
  made.access = read_bit;
  made.share = rw;
  return made;
}

ExecRefusal refusal(Function call, const std::string& path, const std::string& destination,
                    std::uint16_t code, std::vector<ExecHolder> holders) {
  ExecRefusal made;
  made.call = call;
  made.path = path;
  made.destination = destination;
  made.code = code;
  made.error = 13;
  made.pid = 101;
  made.program = "python3";
  made.at_ns = 312'000'000;
  made.holders = std::move(holders);
  return made;
}

ExecReport example() {
  ExecReport report;
  report.command = {"pytest", "-q"};
  report.directories = {"/srv/app"};
  report.duration_ns = 4'200'000'000;
  report.decided = 1204;
  const std::string queue = "/srv/app/queue.json";
  ExecHolder self = holder(HolderKind::self, 101, "python3", queue);
  self.open_ns = 1'200'000'000;
  for (const char* random : {"k2Jd81", "Zt7qP0", "9xY1aa"}) {
    report.refusals.push_back(refusal(Function::rename, queue + "." + random + ".tmp", queue, 5, {self}));
  }
  report.refusals[2].pid = 102;
  // One group from two places in the code.
  CodeStack& stack = report.refusals[0].stack;
  stack.frames = {{"replace", "/usr/lib/python3.11/shutil.py", 12, "", 0},
                  {"save", "/srv/app/state.py", 42, "", 0}};
  stack.test = "tests/test_state.py::test_replace";
  report.refusals[1].stack.frames = {{"save", "", 0, "/srv/app/bin/store", 0x11B4}};
  const auto scanner = holder(HolderKind::injector, 90, "antivirus", queue);
  for (int i = 0; i < 5; ++i) {
    report.refusals.push_back(refusal(Function::rename, queue + ".tmp", queue, 5,
                                      {scanner, holder(HolderKind::agent, 103, "node", queue)}));
  }
  ExecHolder mapping = holder(HolderKind::posix_only, 104, "python3", queue);
  mapping.descriptor = -1;
  for (const char* random : {"tmpab_3x9qz", "tmp00000000"}) {
    report.refusals.push_back(
        refusal(Function::unlink, std::string("/srv/app/cache/") + random + "/x", "", 32, {mapping}));
  }
  auto read_only = refusal(Function::unlink, "/srv/app/\x1b[31mred \xff", "", 5, {});
  read_only.reason = Obstacle::read_only;
  report.refusals.push_back(read_only);
  report.injectors = {{"antivirus", 20, 18}};
  report.unjudged = {{DoubtKind::unreadable_memory, 3, "the memory of process 7 could not be read"},
                     {DoubtKind::no_counterpart, 1, "renameat2 with flags 0x2 has no Windows counterpart"}};
  report.warnings = {"antivirus held a file 0 times"};
  return report;
}

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

TEST(FoldName, Table) {
  const auto fold = [](const char* name) { return fold_name(name, 4711); };
  for (const char* kept :
       {"queue.json", "queue.json.tmp", "README.md", "QueueStoreTest.cc", "report-2026-11-25.txt", "utf8",
        "a/b/c", "", "test_shutil.py", "libfoo.so.12", "deadline", "<random>"}) {
    EXPECT_EQ(fold(kept), kept);
  }
  EXPECT_EQ(fold("queue.json.x7Kq2p.tmp"), "queue.json.<random>.tmp");
  EXPECT_EQ(fold("tmpab_3x9qz"), "tmp<random>");
  EXPECT_EQ(fold("tmpabcdefgh/x.json"), "tmp<random>/x.json");
  EXPECT_EQ(fold("sedKqWzPa"), "sed<random>");
  EXPECT_EQ(fold("tmp.abcdefghij"), "tmp.<random>");
  EXPECT_EQ(fold("a.4711.tmp"), "a.<random>.tmp");
  EXPECT_EQ(fold("a.4712.tmp"), "a.4712.tmp");
  EXPECT_EQ(fold("package.json.1830264912"), "package.json.<random>");
  EXPECT_EQ(fold("x-123e4567-e89b-12d3-a456-426614174000.log"), "x-<random>.log");
}

TEST(Glob, Table) {
  struct Row {
    const char *pattern, *name;
    bool matches;
  };
  for (const Row& row :
       {Row{"", "", true}, Row{"a", "", false}, Row{"*", "", true}, Row{"*.tmp", "a.tmp", true},
        Row{"*.tmp", "d/a.tmp", false}, Row{"**.tmp", "d/a.tmp", true}, Row{"d/**", "d/a/b", true},
        Row{"?", "/", false}, Row{"a?c", "abc", true}, Row{"\\*", "*", true}, Row{"\\*", "a", false},
        Row{"\\x2a", "*", true}, Row{"a**b*c", "axx/yybzzc", true}, Row{"a**b*c", "axx/yybz/zc", false}}) {
    const auto glob = Glob::parse(row.pattern);
    ASSERT_TRUE(glob) << row.pattern;
    EXPECT_EQ(glob->matches(row.name), row.matches) << row.pattern << " " << row.name;
  }
  for (const char* broken : {"\\", "\\x", "\\x1", "\\xg1"}) EXPECT_FALSE(Glob::parse(broken)) << broken;
}

TEST(Glob, OfANameMatchesThatNameOnlyAndIsOneWord) {
  EXPECT_TRUE(rc::check([](const std::string& name, const std::string& other) {
    const std::string pattern = glob_of(name);
    const auto glob = Glob::parse(pattern);
    RC_ASSERT(glob.has_value());
    RC_ASSERT(glob->matches(name));
    RC_ASSERT(glob->matches(other) == (name == other));
    RC_ASSERT(one_line(pattern) == pattern);
    RC_ASSERT(pattern.find(' ') == std::string::npos);
  }));
}

TEST(Suppression, ErrorsSayWhereAndWhat) {
  struct Row {
    const char *text, *message;
  };
  for (const Row& row : {Row{"rename 5 held", "s:1: a suppression is CALL CODE REASON PATH"},
                         Row{"# fine\n\nmove 5 held x", "s:3: 'move' is not a call: rename, unlink"},
                         Row{"rename five held x", "s:1: 'five' is not a Windows code"},
                         Row{"rename 70000 held x", "s:1: '70000' is not a Windows code"},
                         Row{"rename 5 hold x", "s:1: 'hold' is not a reason: held"},
                         Row{"rename 5 held x\\", "s:1: 'x\\' is not a pattern"},
                         Row{"rename 5 held x of y", "s:1: 'of' is unexpected: only 'by'"},
                         Row{"rename 5 held x by", "s:1: 'by' needs holders"},
                         Row{"rename 5 held x by me", "s:1: 'me' is not a holder"},
                         Row{"rename 5 held x by me:x", "s:1: 'me' is not a kind of holder"},
                         Row{"rename 5 held x by self:", "s:1: 'self:' has no pattern"}}) {
    const auto parsed = parse_suppressions(row.text, "s");
    ASSERT_FALSE(parsed) << row.text;
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_TRUE(parsed.error().message.starts_with(row.message)) << parsed.error().message;
  }
  EXPECT_TRUE(parse_suppressions("", "s")->empty());
  EXPECT_TRUE(parse_suppressions("# nothing\r\n  \n", "s")->empty());
}

TEST(Suppression, Matches) {
  const ExecReport report = example();
  const auto taken = [&](const char* line) {
    ExecReport left = report;
    const auto parsed = parse_suppressions(line, "s");
    EXPECT_TRUE(parsed) << line;
    suppress(left, *parsed);
    EXPECT_EQ(left.suppressed + left.refusals.size(), report.refusals.size());
    return left.suppressed;
  };
  EXPECT_EQ(taken("* * * **"), 11U);
  EXPECT_EQ(taken("rename 5 held queue.json by self:python*"), 3U);
  EXPECT_EQ(taken("rename 5 held /srv/app/queue.json"), 8U);
  EXPECT_EQ(taken("rename 5 held queue.json by injector:antivirus"), 0U) << "node holds it as well";
  EXPECT_EQ(taken("rename 5 held queue.json by process:node injector:antivirus"), 5U);
  EXPECT_EQ(taken("rename 5 held queue.json by *:*"), 8U);
  EXPECT_EQ(taken("unlink * * cache/*/x"), 2U);
  EXPECT_EQ(taken("* * read-only ** by nobody"), 1U);
}

// Names made of what the parser, the patterns and folding treat in their own ways.
std::string odd_name() {
  return *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("ab*?\\# :xX0123<>.\n\x1b\xff\xc3\xa4")));
}

// What is printed for a group suppresses it, whole, and nothing else.
TEST(Suppression, WhatIsPrintedSuppressesExactlyItsGroup) {
  EXPECT_TRUE(rc::check([] {
    ExecReport report;
    report.directories = {"/srv/app"};
    if (*rc::gen::arbitrary<bool>()) report.directories.emplace_back("/srv");
    const std::vector<std::string> names{odd_name(), odd_name(), "q.x7Kq2p.tmp", "q.Zt7qP0.tmp",
                                         "q.<random>.tmp"};
    const std::vector<std::string> programs{odd_name(), "python3", "node"};
    const int count = *rc::gen::inRange(1, 12);
    for (int i = 0; i < count; ++i) {
      std::vector<ExecHolder> holders;
      const int held_by = *rc::gen::inRange(0, 3);
      for (int h = 0; h < held_by; ++h) {
        holders.push_back(
            holder(static_cast<HolderKind>(*rc::gen::inRange(1, 7)), 7, *rc::gen::elementOf(programs), ""));
      }
      const std::string directory =
          *rc::gen::elementOf(std::vector<std::string>{"/srv/app/", "/srv/", "/tmp/"});
      auto one =
          refusal(*rc::gen::element(Function::unlink, Function::open), directory + *rc::gen::elementOf(names),
                  "", *rc::gen::element<std::uint16_t>(5, 32), holders);
      one.reason = *rc::gen::element(Obstacle::held, Obstacle::mapped);
      report.refusals.push_back(one);
    }
    const auto groups = group_refusals(report);
    std::uint64_t total = 0;
    for (const ExecGroup& group : groups) {
      total += group.count;
      const auto parsed = parse_suppressions(suppression_line(group.key), "s");
      RC_ASSERT(parsed.has_value());
      RC_ASSERT(parsed->size() == 1U);
      for (const ExecRefusal& one : report.refusals) {
        RC_ASSERT(suppresses(parsed->front(), report, one) == (group_key(report, one) == group.key));
      }
    }
    RC_ASSERT(total == report.refusals.size());
  }));
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
