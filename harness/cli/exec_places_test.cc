// Where `holdfast exec` looks: at the command's directory and at those for temporary files, which others use, too.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

class ExecWhere : public RunTest {
 protected:
  ExecWhere() {
    for (const auto& directory : {work(), temporary()}) std::filesystem::create_directory(directory);
  }
  [[nodiscard]] std::filesystem::path work() const { return scratch() / "work"; }
  [[nodiscard]] std::filesystem::path temporary() const { return scratch() / "temporary"; }

  TestProcess begin(const std::string& script, std::vector<std::string> options,
                    const std::string& found = "found.json", const char* variable = "TMPDIR") {
    ProcessOptions process;
    process.directory = work();
    process.environment = {variable + ("=" + temporary().string()), "T=" + temporary().string()};
    options.insert(options.begin(), {"exec", "--fail-on-refusal", "--json", (scratch() / found).string()});
    for (const std::string& word : {std::string("--"), std::string("sh"), std::string("-c"), script})
      options.push_back(word);
    return start(options, process);
  }
  ProcessEnd exec(const std::string& script, const std::vector<std::string>& options = {}) {
    return begin(script, options).wait();
  }
  [[nodiscard]] nlohmann::json found(const std::string& name = "found.json") const {
    return nlohmann::json::parse(file_bytes(scratch() / name), nullptr, false);
  }
};

constexpr const char* refused_in_temporary = "cd $T; echo a > f; echo b > g; exec 5< f; mv -f g f";

TEST_F(ExecWhere, DirectoriesForTemporaryFilesAreWatched) {
  for (const char* variable : {"TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"}) {
    const auto end = begin(refused_in_temporary, {}, "found.json", variable).wait();
    EXPECT_EQ(end.exit_code, 125) << variable << end.err;
    EXPECT_TRUE(holds(end.err, "file      " + (temporary() / "f").string() + "\n")) << end.err;
  }
  const auto narrowed = exec(refused_in_temporary, {"--dir", "."});
  EXPECT_EQ(narrowed.exit_code, 125) << "nothing was judged";
  EXPECT_TRUE(holds(narrowed.err, "calls were made elsewhere")) << narrowed.err;
  EXPECT_TRUE(holds(narrowed.err, " --dir " + temporary().string() + "\n")) << narrowed.err;
  EXPECT_EQ(found().at("refusals").size(), 0U);
}

// Directories that are gone since are no use.
TEST_F(ExecWhere, SaysWhereTheCallsWereThatNobodyJudged) {
  std::filesystem::create_directory(scratch() / "empty");
  const auto end = exec("mkdir -p $T/gone/deep; echo a > $T/gone/deep/f; rm $T/gone/deep/f; rm -r $T/gone",
                        {"--dir", "../empty"});
  EXPECT_EQ(end.exit_code, 125);
  EXPECT_TRUE(holds(end.err, "calls were made elsewhere")) << end.err;
  EXPECT_TRUE(holds(end.err, " --dir " + temporary().string() + "\n")) << end.err;
}

// Other programs use these directories as well: what they hold there is named, and fails nothing.
TEST_F(ExecWhere, WhatOthersHoldInTemporaryDirectoriesRefusesNothing) {
  for (const char* mode : {"--observe", "--enforce"}) {
    for (const auto& directory : {temporary(), work()}) {
      put_file(directory / "f", "old");
      put_file(directory / "g", "new");
      const Descriptor held(::open((directory / "f").c_str(), O_RDONLY | O_CLOEXEC));
      const bool shared = directory == temporary();
      const auto end = exec("cd " + directory.string() + "; mv -f g f", {mode});
      EXPECT_EQ(end.exit_code, shared ? 0 : 125) << mode << end.err;
      const auto report = found();
      EXPECT_EQ(report.at("refusals").size(), shared ? 0U : 1U) << report.dump(1);
      EXPECT_EQ(report.at("spared"), shared ? 1 : 0);
      if (!shared) continue;
      EXPECT_EQ(file_bytes(directory / "f"), "new");
      const auto& spared = report.at("spared_refusals").at(0);
      EXPECT_EQ(spared.at("code"), 5);
      EXPECT_EQ(spared.at("holders").at(0).at("pid"), ::getpid());
      EXPECT_TRUE(holds(end.err, "Not counted: ")) << end.err;
    }
  }
}

TEST_F(ExecWhere, WhatACommandHoldsInTemporaryDirectoriesCounts) {
  const auto end = exec("cd $T; echo a > f; sleep 1000 < f & echo b > g; mv -f g f; kill $!");
  EXPECT_EQ(end.exit_code, 125) << end.err;
  EXPECT_EQ(found().at("refusals").at(0).at("holders").at(0).at("kind"), "process") << found().dump(1);
}

// Each looks at the files of the other: a look is not a handle.
TEST_F(ExecWhere, TwoSideBySideDoNotMeet) {
  const std::string script =
      "cd $T; i=0; while [ $i -lt 100 ]; do echo $i > $$; mv -f $$ f || exit 1; i=$((i+1)); done";
  for (const char* mode : {"--observe", "--enforce"}) {
    auto one = begin(script, {mode}, "one.json");
    auto other = begin(script, {mode}, "other.json");
    const auto first = one.wait(), second = other.wait();
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(second.exit_code, 0) << second.err;
    for (const char* name : {"one.json", "other.json"}) {
      EXPECT_EQ(found(name).at("refused"), 0);
      EXPECT_GE(found(name).at("decided"), 100);
      EXPECT_EQ(found(name).at("unjudged").size(), 0U) << found(name).dump(1);
    }
  }
}

// The file that is first by name is not the command's, so the loop ends only if that is left alone; and nothing else is
// opened in a directory that is made while it runs.
TEST_F(ExecWhere, InjectorsHoldWhatTheCommandMakesInTemporaryDirectories) {
  temp_files_may_stay();  // the last one, whose rename was refused
  put_file(temporary() / "a.json", "others'");
  const std::string script =
      "mkdir -p $T/new/deep; cd $T/new/deep; echo a > q.json; "
      "while echo b > t.tmp && mv -f t.tmp q.json 2> /dev/null; do :; done; exit 0";
  for (const char* injector :
       {"antivirus:hold=200ms", "open-handle:path=q*.json,hold=200ms,period=210ms,count=1000",
        "open-handle:path=*.tmp,hold=200ms,period=210ms,count=1000"}) {
    const auto end = exec(script, {"--enforce", "--quiet", "--inject", injector});
    EXPECT_EQ(end.exit_code, 125) << injector << end.err;
    const auto report = found();
    EXPECT_GE(report.at("injectors").at(0).at("fired"), 1) << injector;
    EXPECT_EQ(report.at("injectors").at(0).at("min_fired"), 1);
    ASSERT_FALSE(report.at("refusals").empty()) << injector;
    const auto& holder = report.at("refusals").back().at("holders").at(0);
    EXPECT_EQ(holder.at("kind"), "injector");
    EXPECT_TRUE(holds(holder.at("path"), "/new/deep/")) << holder.dump();
  }
}

// The injectors' own files lie in such a directory, too.
TEST_F(ExecWhere, WhatHoldfastKeepsInTemporaryDirectoriesIsNotJudged) {
  for (const char* injector : {"antivirus", "open-handle", "indexer", "backup"}) {
    const auto end = exec("echo a > $T/a", {"--opens", "--quiet", "--inject", injector});
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_FALSE(holds(found().dump(), "holdfast-exec-")) << injector << found().dump(1);
  }
}

// What a hold drives elsewhere is not judged there: no false green.
TEST_F(ExecWhere, AHoldThatMovesTheCommandElsewhereIsTold) {
  std::filesystem::create_directory(scratch() / "elsewhere");
  const auto end =
      exec("while echo a > p && rm p 2> /dev/null; do :; done; cd ../elsewhere; echo a > f; mv f g; mv g f",
           {"--enforce", "--dir", ".", "--inject", "antivirus:hold=200ms"});
  EXPECT_EQ(end.exit_code, 125);
  EXPECT_TRUE(holds(end.err, "after an injector was in its way")) << end.err;
  EXPECT_EQ(found().at("moved").at(0).at("calls"), 2) << found().dump(1);
}

// Counters and random names are others next time.
TEST_F(ExecWhere, PrintedSuppressionsMatchTheNextRun) {
  const auto script = [](const std::string& number, const std::string& random) {
    return "d=$T/run-" + number + "/tmp." + random + "; mkdir -p $d .cache/" + number +
           "; for at in $d .cache/" + number +
           "; do echo a > $at/f; echo b > $at/g.$$; exec 5< $at/f; "
           "mv -f $at/g.$$ $at/f; done";
  };
  EXPECT_EQ(exec(script("9", "aB3dE6gH9j")).exit_code, 125);
  std::string lines;
  const auto first = found();
  for (const auto& group : first.at("groups")) lines += group.at("suppression").get<std::string>() + "\n";
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << lines;
  put_file(scratch() / "known", lines);
  const auto next = exec(script("10", "zzYY88xx77"), {"--suppress", "../known"});
  EXPECT_EQ(next.exit_code, 0) << lines << next.err;
  const auto narrowed = exec(script("11", "qqQQ11ww22"),
                             {"--suppress", "../known", "--dir", temporary().string(), "--dir", "."});
  EXPECT_EQ(narrowed.exit_code, 0) << lines << narrowed.err;
}

// SQLite removes what it holds, on Linux alone.
TEST_F(ExecWhere, WhatWellKnownProgramsDoIsSuppressed) {
  const std::string script =
      "python3 -c 'import sqlite3; c = sqlite3.connect(\"x.db\"); c.execute(\"pragma journal_mode = wal\"); "
      "c.execute(\"create table t (a)\"); c.commit(); c.close()'";
  const auto suppressed = exec(script, {"--show-suppressed"});
  EXPECT_EQ(suppressed.exit_code, 0) << suppressed.err;
  EXPECT_TRUE(holds(suppressed.err, "**-shm by self:*")) << suppressed.err;
  std::filesystem::remove(work() / "x.db");
  EXPECT_EQ(exec(script, {"--no-shipped-suppressions"}).exit_code, 125);
  const auto listed = holdfast({"exec", "--show-suppressed"});
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_TRUE(holds(listed.out, "from git* by *:git*\n")) << listed.out;
}

}  // namespace
}  // namespace holdfast
