// Subjects that keep locks and handles, or wait for ever: what is held against them, and what is not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Waits : public RunTest {
 protected:
  // A run of a subject of waiting_subject.py, or of a right one, by its file; `agents` and `subject` are more of those
  // sections.
  void run(const std::string& which, const std::string& agents, const std::string& subject = "",
           const std::string& rest = "") {
    const std::string command =
        which.ends_with(".py") ? fmt::format("\"{}/subjects/right/{}\"", HOLDFAST_SHIPPED_SCENARIOS, which)
                               : fmt::format("\"{}\", \"{}\"", HOLDFAST_WAITING_SUBJECT, which);
    put_file(scratch() / "waits.toml",
             fmt::format("[subject]\nkind = \"command\"\ncommand = [\"python3\", {}]\n{}\n[agents]\n{}\n"
                         "[sharing]\nrules = \"posix\"\n[run]\ndeadline = \"60s\"\n{}\n",
                         command, subject, agents, rest));
    end_ = holdfast({"run", "waits.toml", "--out", "run"});
    summary_ = result_of("run");
  }
  [[nodiscard]] const Finding& finding(const std::string& name) const {
    static const Finding none;
    for (const Finding& each : summary_.checks) {
      if (each.name == name) return each;
    }
    return none;
  }
  [[nodiscard]] std::string witness(const std::string& name) const {
    return finding(name).witness.value_or("");
  }

  ProcessEnd end_;
  Summary summary_;
};

class RightSubject : public Waits, public testing::WithParamInterface<const char*> {};

// A connection in WAL mode keeps a shared lock, a leader its lock for life, a mapping a file, and others a log that nobody
// else knows; and a queue may have any name.
TEST_P(RightSubject, MayKeepWhatStopsNobody) {
  run(GetParam(), "count = 3\nbroadcasts = 6",
      "files = [\"queue.json*\", \"queue.db*\", \"leader.lock\", \"queue.map\", \"audit\"]");
  EXPECT_EQ(end_.exit_code, 0) << end_.out << end_.err;
  EXPECT_EQ(finding("leaks").verdict, Verdict::pass) << witness("leaks");
  EXPECT_EQ(finding("liveness").verdict, Verdict::pass) << witness("liveness");
}

INSTANTIATE_TEST_SUITE_P(Each, RightSubject,
                         testing::Values("wal.py", "leader", "shared_memory.py", "scratch"),
                         [](const auto& value) {
                           std::string name = value.param;
                           return name.substr(0, name.find('.'));
                         });

TEST_F(Waits, AQueueOfAnotherNameIsNoOrphan) {
  run("jobs", "count = 6\nbroadcasts = 20");
  EXPECT_EQ(end_.exit_code, 0) << end_.out << end_.err;
  EXPECT_EQ(finding("orphan-temp").verdict, Verdict::pass) << witness("orphan-temp");
  EXPECT_EQ(finding("orphan-temp").checked, 2U);
}

TEST_F(Waits, ADescriptorThatIsKeptOverTheRenameIsALeak) {
  run("keeps-replaced", "count = 2\nbroadcasts = 4\nread_every = 1");
  EXPECT_EQ(end_.exit_code, 1) << end_.out << end_.err;
  EXPECT_EQ(finding("leaks").verdict, Verdict::fail);
  EXPECT_THAT(witness("leaks"), AllOf(HasSubstr("(python3"), HasSubstr("replaced version")));
}

// Or every temporary file would be in use for as long as nobody closes it.
TEST_F(Waits, FilesThatAreNeitherClosedNorRemovedAreALeak) {
  run("litters", "count = 2\nbroadcasts = 9");
  EXPECT_EQ(end_.exit_code, 1) << end_.out << end_.err;
  EXPECT_EQ(finding("leaks").verdict, Verdict::fail);
  EXPECT_THAT(witness("leaks"), AllOf(HasSubstr("kept 9 files open that are not part of the store"),
                                      HasSubstr("halfway through its broadcasts they were")));
  EXPECT_EQ(finding("orphan-temp").verdict, Verdict::unknown);
}

// What only those who save ever open may be a temporary file, as far as anybody sees.
TEST_F(Waits, AFileThatAllWriteToAndNobodyReadsHasToBeNamed) {
  run("scratch", "count = 2\nbroadcasts = 6");
  EXPECT_EQ(end_.exit_code, 2) << end_.out << end_.err;
  EXPECT_THAT(witness("orphan-temp"),
              AllOf(HasSubstr("audit was left"), HasSubstr("if it belongs to your store, add it")));
}

TEST_F(Waits, ALockThatIsKeptInOthersWayIsALeak) {
  run("keeps-lock", "count = 2\nbroadcasts = 2\ndeadline = \"4s\"");
  EXPECT_EQ(end_.exit_code, 1) << end_.out << end_.err;
  EXPECT_EQ(finding("leaks").verdict, Verdict::fail);
  EXPECT_THAT(witness("leaks"), AllOf(HasSubstr("agent 0 (python3"),
                                      HasSubstr("held queue.json.lock (flock, exclusive) "
                                                "with no operation under way, while agent 1's")));
}

TEST_F(Waits, ForALockNameItsHolder) {
  run("hangs-on-lock", "count = 2\nbroadcasts = 1\ndeadline = \"1s\"");
  EXPECT_NE(end_.exit_code, 0) << end_.out << end_.err;
  EXPECT_THAT(witness("bounded-wait"),
              AllOf(HasSubstr("agent 0 (python3"), HasSubstr("held queue.json.lock (flock, exclusive)")));
}

TEST_F(Waits, InACircleAreADeadlock) {
  run("deadlock", "count = 2\nbroadcasts = 1\ndeadline = \"2s\"", "files = [\"queue.json*\"]");
  EXPECT_NE(end_.exit_code, 0) << end_.out << end_.err;
  EXPECT_THAT(witness("bounded-wait"), AllOf(HasSubstr("a deadlock at"), HasSubstr("waited for queue.json.a"),
                                             HasSubstr("waited for queue.json.b")));
}

// The adapter ends a program that is late, in the middle of its save.
TEST_F(Waits, WhatAnEndedProgramLeavesIsNoOrphan) {
  put_file(scratch() / "slow.toml", R"([subject]
kind = "command"
command = ["python3", ")" + std::string(HOLDFAST_SHIPPED_SCENARIOS) +
                                        R"(/subjects/queue.py"]
[agents]
count = 2
broadcasts = 4
deadline = "1s"
[[inject]]
kind = "delay"
call = "rename"
path = "queue.json"
hold = "4s"
victim = 0
every = 3
[run]
deadline = "60s"
[delivered]
allowed_failures = 1.0
)");
  holdfast({"run", "slow.toml", "--out", "run"});
  summary_ = result_of("run");
  EXPECT_EQ(finding("orphan-temp").verdict, Verdict::pass) << witness("orphan-temp");
  EXPECT_GT(finding("orphan-temp").checked, 2U);  // there is one
  temp_files_may_stay();
}

}  // namespace
}  // namespace holdfast
