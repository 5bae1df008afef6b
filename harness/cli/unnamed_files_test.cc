// subject.files left out: what the store keeps and uses is told, and fails nobody; what a save forgot fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class UnnamedFiles : public RunTest {
 protected:
  // A queue in jobs.json; `saved` is Python that runs under the lock with the new list in `jobs`.
  ProcessEnd run(const std::string& saved, const std::string& agents = "count = 4\nbroadcasts = 6") {
    put_file(
        scratch() / "q.py",
        "import fcntl, json, os, shutil, sys, time\n"
        "def said(answer): print(json.dumps(answer), flush=True)\n"
        "for line in sys.stdin:\n"
        "  r = json.loads(line)\n"
        "  if r['op'] == 'quit': break\n"
        "  if r['op'] == 'init': os.chdir(r['dir']); me = r['agent']; said({'result': 'ok'}); continue\n"
        "  with open('jobs.lock', 'a') as lock:\n"
        "    fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "    jobs = json.load(open('jobs.json')) if os.path.exists('jobs.json') else []\n"
        "    if r['op'] == 'broadcast':\n"
        "      jobs.append(r)\n"
        "      temp = f'jobs.{os.getpid()}.{len(jobs)}.tmp'\n" +
            saved +
            "  if r['op'] == 'broadcast': said({'result': 'ok'}); continue\n"
            "  said({'result': 'ok', 'entries': [{'id': j['id'], 'body': j['body']} for j in jobs if me in "
            "j['to']]})\n");
    put_file(scratch() / "s.toml",
             "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"q.py\"]\n[agents]\n" + agents +
                 "\n[run]\ndeadline = \"60s\"\n");
    return holdfast({"run", "s.toml", "--out", "run"});
  }

  static bool names(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return holds(text, part); });
  }

  static constexpr const char* replaces =
      "      with open(temp, 'w') as f: json.dump(jobs, f)\n"
      "      os.replace(temp, 'jobs.json')\n";
};

TEST_F(UnnamedFiles, OfAStoreThatReplaces) {
  const auto end = run(replaces);
  EXPECT_EQ(end.exit_code, 0) << end.out;
  EXPECT_TRUE(
      names(result_of("run").warnings,
            "not in subject.files (queue.json, queue.json.lock), but taken for the store's own: jobs.json, "
            "jobs.lock"));
}

TEST_F(UnnamedFiles, OfAStoreThatWritesInPlace) {
  const auto end = run("      with open('jobs.json', 'w') as f: json.dump(jobs, f)\n");
  EXPECT_EQ(end.exit_code, 0) << end.out;
}

TEST_F(UnnamedFiles, OfAStoreThatKeepsABackupAndALogThatNobodyReads) {
  const auto end =
      run("      if os.path.exists('jobs.json'): shutil.copyfile('jobs.json', 'jobs.json.bak')\n"
          "      with open('audit', 'a') as f: f.write(r['id'] + '\\n')\n" +
          std::string(replaces));
  EXPECT_EQ(end.exit_code, 0) << end.out;
}

TEST_F(UnnamedFiles, OfAStoreThatStagesInADirectory) {
  const auto end =
      run("      os.makedirs('stage', exist_ok=True)\n"
          "      with open('stage/' + temp, 'w') as f: json.dump(jobs, f)\n"
          "      os.replace('stage/' + temp, 'jobs.json')\n");
  EXPECT_EQ(end.exit_code, 0) << end.out;
}

// Long after the first answer, when a lock file would have been made.
TEST_F(UnnamedFiles, ATempFileThatASaveForgotFails) {
  temp_files_may_stay();
  const auto end =
      run(std::string(replaces) + "      if len(jobs) == 20: time.sleep(0.1); open(temp, 'w').write('x')\n");
  EXPECT_EQ(end.exit_code, 1) << end.out;
  EXPECT_TRUE(names(result_of("run").reasons, "is not in subject.files (queue.json, queue.json.lock)"));
}

TEST_F(UnnamedFiles, ATempFileThatEverySaveForgetsFails) {
  temp_files_may_stay();
  const auto end =
      run("      with open(temp, 'w') as f: json.dump(jobs, f)\n"
          "      shutil.copyfile(temp, 'jobs.json')\n");
  EXPECT_EQ(end.exit_code, 1) << end.out;
}

}  // namespace
}  // namespace holdfast
