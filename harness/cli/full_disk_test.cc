// A full disk, for real: a small tmpfs that only the run sees. Needs root.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class FullDisk : public RunTest {
 protected:
  void SetUp() override {
    HOLDFAST_NEEDS_ROOT("mount a small disk");
    ASSERT_TRUE(std::filesystem::create_directory(scratch() / "disk"));
  }

  // Runs on a disk of that size, and keeps what is on it afterwards in "kept".
  ProcessEnd run_on_disk_of(const std::string& size, const std::string& scenario) {
    put_file(scratch() / "small.toml", scenario);
    ProcessOptions options;
    const std::string disk = (scratch() / "disk").string();
    options.prepare = [disk, size] {
      return ::unshare(CLONE_NEWNS) == 0 &&
             ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
             ::mount("tmpfs", disk.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    };
    // The disk is gone with the last process in its namespace, so a shell copies what the run left there.
    const std::string holdfast = HOLDFAST_BINARY;
    const std::string line =
        "'" + holdfast + "' run small.toml --out disk/run; code=$?; cp -a disk kept; exit $code";
    options.environment = {"HOLDFAST_TEST_SCRATCH=" + scratch().string()};
    return start_program("/bin/sh", {"-c", line}, options).wait();
  }
};

TEST_F(FullDisk, NoRoomForTheEvents) {
  const auto end = run_on_disk_of("80k", small_scenario("count = 2\nbroadcasts = 2"));
  expect_one_sentence(end, 70, "No space left on device");
  EXPECT_TRUE(holds(end.err, "was aborted")) << end.err;
}

TEST_F(FullDisk, NoRoomForTheEventsOfSomeAgents) {
  const auto end = run_on_disk_of("256k", small_scenario("count = 8\nbroadcasts = 2"));
  expect_one_sentence(end, 70, "No space left on device");
  EXPECT_TRUE(holds(end.err, "was aborted: agent ")) << end.err;
}

// Room for the first steps of all event files, and not for what they are to hold: whoever runs out of it, an
// agent or the supervisor, it is no finding about the subject.
// Two processes under ThreadSanitizer do not fill a disk before the run's deadline.
#ifndef __SANITIZE_THREAD__
TEST_F(FullDisk, EventsThatNoLongerFitBreakTheRunOff) {
  for (const char* size : {"600k", "900k"}) {
    SCOPED_TRACE(size);
    const auto end = run_on_disk_of(size, small_scenario("count = 2\nbroadcasts = 4000\nbody_bytes = 17"));
    expect_one_sentence(end, 70, "space left on");
    const auto check = holdfast({"check", "kept/run"});  // what there is can be judged still
    // If the store's own file did not fit, it failed its operation; that an agent could not write down what it did is no
    // finding.
    const bool failed = result_of("kept/run").failed != 0;
    EXPECT_EQ(check.exit_code, failed ? 1 : 2) << check.out << check.err;
    std::filesystem::remove_all(scratch() / "kept");
  }
}
#endif

TEST_F(FullDisk, StoreThatGetsFullFailsItsOperations) {
  const auto end = run_on_disk_of("6m", small_scenario("count = 2\nbroadcasts = 20\nbody_bytes = 200000"));
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  const Summary summary = result_of("kept/run");
  EXPECT_GT(summary.ok, 0U);
  EXPECT_GT(summary.failed, 0U);
  EXPECT_EQ(summary.attempted, 40U);
  EXPECT_EQ(summary.unknown, 0U);
  for (const AgentSummary& agent : summary.agents) EXPECT_EQ(agent.ended, "exit 0");
  EXPECT_TRUE(holds(end.out + file_bytes(scratch() / "kept/run/report.md"), "No space left on device"))
      << end.out;
  for (const Finding& finding : summary.checks) {  // what was acknowledged before is all there
    if (finding.name == "lost" || finding.name == "torn-read") {
      EXPECT_EQ(finding.verdict, Verdict::pass) << finding.name;
    }
  }
}

}  // namespace
}  // namespace holdfast
