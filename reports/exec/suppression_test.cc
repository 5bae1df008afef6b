// Suppressions, and what they are made of: patterns and folded names.
#include "reports/exec/suppression.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "reports/exec/fold_name.h"
#include "reports/exec/glob.h"
#include "reports/exec/groups.h"
#include "reports/exec/testing_report.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

TEST(FoldName, Table) {
  const auto fold = [](const char* name) { return fold_name(name, 4711); };
  for (const char* kept : {"queue.json", "queue.json.tmp", "README.md", "QueueStoreTest.cc", "utf8", "a/b/c",
                           "", "test_shutil.py", "test_rotate0", "deadline", "my_database", "<random>"}) {
    EXPECT_EQ(fold(kept), kept);
  }
  EXPECT_EQ(fold("queue.json.x7Kq2p.tmp"), "queue.json.<random>.tmp");
  EXPECT_EQ(fold("tmpab_3x9qz"), "tmp<random>");
  EXPECT_EQ(fold("tmpabcdefgh/x.json"), "tmp<random>/x.json");
  EXPECT_EQ(fold("sedKqWzPa"), "sed<random>");
  EXPECT_EQ(fold("tmp.abcdefghij"), "tmp.<random>");
  EXPECT_EQ(fold("a.4711.tmp"), "a.<random>.tmp");
  EXPECT_EQ(fold("a.4712.tmp"), "a.<n>.tmp");
  EXPECT_EQ(fold("worker4711/x"), "worker<random>/x");
  EXPECT_EQ(fold("worker4712/x"), "worker4712/x");
  EXPECT_EQ(fold("pytest-of-me/pytest-10/test_a0/f"), "pytest-of-<user>/pytest-<n>/test_a0/f");
  EXPECT_EQ(fold("run_7/app.log.1"), "run_<n>/app.log.<n>");
  EXPECT_EQ(fold("state-k3jd_x9a"), "state-<random>") << "a prefix of one's own for tempfile";
  EXPECT_EQ(fold("state-k3jd_x9a.json"), "state-<random>.json");
  EXPECT_EQ(fold("foo-AHbtEK/b"), "foo-<random>/b") << "as Node's mkdtemp()";
  for (const char* words : {"SQLite", "fooBar", "README", "Foobar"}) EXPECT_EQ(fold(words), words);
  EXPECT_EQ(fold("TestSave1234567890/001"), "TestSave<random>/<n>") << "as Go's t.TempDir()";
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
                         Row{"rename 5 held x of y", "s:1: 'of' is unexpected: only 'from'"},
                         Row{"rename 5 held x by", "s:1: 'by' needs holders"},
                         Row{"rename 5 held x from", "s:1: 'from' needs a program"},
                         Row{"rename 5 held x from git x", "s:1: 'x' is unexpected"},
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
  EXPECT_EQ(taken("unlink 32 held cache/tmp<random>/x"), 2U) << "as the summary shows it";
  EXPECT_EQ(taken("unlink 32 held cache/tmpab_3x9qz/x"), 1U);
  EXPECT_EQ(taken("unlink 32 held /srv/app/cache/*/x"), 2U);
  EXPECT_EQ(taken("* * * ** from python*"), 11U);
  EXPECT_EQ(taken("* * * ** from git by *:*"), 0U);
}

// Names made of what the parser, the patterns and folding treat in their own ways.
std::string odd_name() {
  return *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("ab*?\\# :xX0123<>.\n\x1b\xff\xc3\xa4")));
}

// What is printed for a group suppresses it, whole, and nothing of another kind or with other holders.
TEST(Suppression, WhatIsPrintedSuppressesItsGroup) {
  EXPECT_TRUE(rc::check([] {
    ExecReport report;
    report.directories = {"/srv/app"};
    if (*rc::gen::arbitrary<bool>()) report.directories.emplace_back("/srv");
    report.temporary = {"/tmp"};
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
          *rc::gen::elementOf(std::vector<std::string>{"/srv/app/", "/srv/", "/tmp/", "/opt/"});
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
        const ExecGroupKey key = group_key(report, one);
        const bool suppressed = suppresses(parsed->front(), report, one);
        if (key == group.key) RC_ASSERT(suppressed);
        if (suppressed) {
          RC_ASSERT(key.call == group.key.call);
          RC_ASSERT(key.code == group.key.code);
          RC_ASSERT(key.reason == group.key.reason);
          RC_ASSERT(key.holders == group.key.holders);
        }
      }
    }
    RC_ASSERT(total == report.refusals.size());
  }));
}

// Counters, random parts, pids, users and the directory itself are others in the next run, and so may be the number of
// watched directories.
TEST(Suppression, WhatIsPrintedMatchesTheNextRun) {
  struct Row {
    const char *now, *next;
  };
  for (const Row& row :
       {Row{"/tmp/pytest-of-root/pytest-10/test_log0/app.log",
            "/var/tmp/t/pytest-of-ci/pytest-11/test_log0/app.log"},
        Row{"/tmp/tmpab12cd_x/f", "/tmp/tmpzz99__aa/f"}, Row{"/tmp/state-k3jd_x9a", "/tmp/state-abcdefgh"},
        Row{"/srv/app/q.json.x7Kq2p.tmp", "/other/q.json.abcdef.tmp"},
        Row{"/srv/app/run-9/out/f.101.tmp", "/other/run-10/out/f.99.tmp"},
        Row{"/srv/app/TestSave1234567890/001/s", "/other/TestSave987654321/002/s"},
        Row{"/srv/app/build/same.json", "/other/build/same.json"}}) {
    ExecReport now, next;
    now.directories = {"/srv/app"};
    now.temporary = {"/tmp", "/var/tmp/t"};
    next.directories = {"/other", "/more"};
    next.temporary = {"/var/tmp/t", "/tmp"};
    const auto self = holder(HolderKind::self, 101, "python3", row.now);
    now.refusals = {refusal(Function::unlink, row.now, "", 32, {self})};
    next.refusals = {refusal(Function::unlink, row.next, "", 32, {self})};
    const auto groups = group_refusals(now);
    const std::string line = suppression_line(groups.front().key);
    EXPECT_EQ(line.find('<'), std::string::npos) << line;
    suppress(next, *parse_suppressions(line, "s"));
    EXPECT_EQ(next.suppressed, 1U) << line << " does not match " << row.next;
  }
}

// What ships is for what these programs hold themselves: what others hold is a finding.
TEST(Suppression, KnownPrograms) {
  struct Row {
    Function call;
    const char *path, *caller, *holder;
    bool known;
  };
  for (const Row& row : {Row{Function::rename, "/srv/app/.git/config", "git", "git", true},
                         Row{Function::unlink, "/srv/app/src/a.c", "git", "python3", false},
                         Row{Function::unlink, "/srv/app/x.db-shm", "python3", "python3", true},
                         Row{Function::unlink, "/srv/app/x.db", "python3", "python3", false},
                         Row{Function::rename, "/srv/app/target/a", "cargo", "rustc", true},
                         Row{Function::unlink, "/tmp/hsperfdata_me/77", "java", "java", true},
                         Row{Function::unlink, "/srv/app/f", "java", "java", false}}) {
    ExecReport report;
    report.directories = {"/srv/app"};
    report.temporary = {"/tmp"};
    auto one = refusal(row.call, row.path, "", 32, {holder(HolderKind::self, 101, row.holder, row.path)});
    one.program = row.caller;
    report.refusals = {one};
    suppress(report, known_programs());
    EXPECT_EQ(report.suppressed, row.known ? 1U : 0U) << row.caller << " " << row.path;
  }
}

}  // namespace
}  // namespace holdfast
