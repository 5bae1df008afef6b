// How an incomplete file came to stand where it was read; and what must not be said of it.
#include "harness/check/torn_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* torn = "queue.json: not a queue: the text ends too early";

// Agent 0 saves from 1 to 10 ms; agent 1 loads what is torn from 20 to 21 ms, while it broadcasts.
TestRun torn_run() {
  TestRun run(2, 2);
  run.broadcast({0, 0}, 1, 10).broadcast({1, 0}, 20, 21, Outcome::fail, 0, torn);
  run.history.torn.emplace_back(MessageId{1, 0}, torn);
  return run;
}

std::string torn_witness(const TestRun& run) {
  return check_torn_read({run.plan, run.history}).witness.value_or("");
}

TEST(TornEvidence, WhoPutItThere) {
  TestRun run = torn_run();
  run.call(0, 9, Function::rename, "/s/a.tmp", "/s/queue.json").finished();
  EXPECT_THAT(torn_witness(run),
              EndsWith("while broadcasting 1-0: queue.json: not a queue: the text ends too early; agent 0's "
                       "broadcast 0-0 had "
                       "put that file there, by its rename of a.tmp onto queue.json, at 0.009 s"));
  run.call(0, 15, Function::unlink, "/s/queue.json");
  EXPECT_THAT(torn_witness(run), EndsWith("too early")) << "and taken away again";
}

TEST(TornEvidence, ARenameDuringTheLoadMayHaveComeAfterIt) {
  TestRun run(2, 2);
  run.broadcast({0, 0}, 1, 22).broadcast({1, 0}, 20, 25, Outcome::fail, 0, torn);
  run.history.torn.emplace_back(MessageId{1, 0}, torn);
  run.call(0, 21, Function::rename, "/s/a.tmp", "/s/queue.json").finished();
  EXPECT_THAT(torn_witness(run), EndsWith("; 0-0's rename of a.tmp onto queue.json was done at 0.021 s, "
                                          "during that operation"));
}

TEST(TornEvidence, AFileWhoseWriterWasKilled) {
  TestRun run = torn_run();
  run.call(0, 9, Function::rename, "/s/a.tmp", "/s/queue.json").finished();
  run.history.kills.push_back({1, 0, 101, run.at(5), "write", "/s/a.tmp"});
  EXPECT_THAT(torn_witness(run), EndsWith("; agent 1 was killed at 0.005 s right before writing a.tmp, and "
                                          "agent 0's broadcast 0-0 had put that "
                                          "file there, by its rename of a.tmp onto queue.json, at 0.009 s"));
  run.history.kills[0].call = "fsync";
  EXPECT_THAT(torn_witness(run), Not(HasSubstr("killed"))) << "all had been written";
}

TEST(TornEvidence, AKillInAWriteInPlace) {
  TestRun run = torn_run().finished();
  run.history.kills = {{0, 0, 100, run.at(2), "pwrite", "/s/queue.json"},
                       {0, 0, 100, run.at(15), "pwrite", "/s/queue.json"}};
  EXPECT_THAT(torn_witness(run), EndsWith("; agent 0 was killed at 0.015 s right before writing queue.json"));
  run.broadcast({0, 1}, 16, 17);
  EXPECT_THAT(torn_witness(run), Not(HasSubstr("killed"))) << "it was loaded whole after that";
}

TEST(TornEvidence, AKillBeforeTheFileWasReplacedIsNotNamed) {
  TestRun run = torn_run();
  run.call(0, 9, Function::rename, "/s/a.tmp", "/s/queue.json").finished();
  run.history.kills.push_back({1, 0, 101, run.at(5), "write", "/s/queue.json"});
  EXPECT_THAT(torn_witness(run), Not(HasSubstr("killed")));
}

TEST(TornEvidence, WhoWritesInPlace) {
  TestRun run(3, 2);
  run.broadcast({0, 0}, 1, 30).broadcast({1, 0}, 20, 21, Outcome::fail, 0, torn);
  run.history.torn.emplace_back(MessageId{1, 0}, torn);
  run.injector("late-write", 1, 1).finished();
  Injector& injector = run.plan.scenario.injectors[0];
  injector.kind = InjectorKind::delay;
  injector.call = "pwrite";
  injector.victims = {0};
  Fault fault;
  fault.path = "/s/queue.json";
  fault.fired_ns = run.at(18);
  fault.released_ns = run.at(28);
  run.history.injectors[0].faults = {fault};
  EXPECT_THAT(torn_witness(run),
              EndsWith("; nothing was renamed or linked onto queue.json in this run: it is "
                       "written in place; agent 0's write "
                       "to queue.json, which the run delayed, was under way from 0.018 s to "
                       "0.028 s; agent 0's 0-0 was being "
                       "broadcast then, and nothing else"));
  run.history.injectors[0].faults[0].released_ns = run.at(19);
  EXPECT_THAT(torn_witness(run), Not(HasSubstr("under way"))) << "it was over";
  run.history.calls_in_doubt = true;
  EXPECT_THAT(torn_witness(run), EndsWith("too early")) << "a rename may be missing from the record";
}

TEST(TornEvidence, ATemporaryFileIsNotWrittenInPlace) {
  TestRun run = torn_run();
  run.injector("late-write", 1, 1);
  run.plan.scenario.injectors[0].kind = InjectorKind::delay;
  run.plan.scenario.injectors[0].call = "write";
  Fault fault;
  fault.path = "/s/a.tmp";
  fault.fired_ns = run.at(5);
  fault.released_ns = run.at(30);
  run.history.injectors[0].faults = {fault};
  run.call(0, 9, Function::rename, "/s/a.tmp", "/s/queue.json").finished();
  EXPECT_EQ(delayed_write({run.plan, run.history}, "", run.at(20), run.at(21)), "");
}

TEST(TornEvidence, TheEarliestLoadByTime) {
  TestRun run(2, 2);
  run.broadcast({0, 0}, 30, 31, Outcome::fail, 0, torn)
      .broadcast({1, 0}, 20, 21, Outcome::fail, 0, torn)
      .finished();
  run.history.torn.emplace_back(MessageId{0, 0}, torn);
  run.history.torn.emplace_back(MessageId{1, 0}, torn);
  EXPECT_THAT(torn_witness(run),
              HasSubstr("agent 1 loaded an incomplete queue at 0.021 s, while broadcasting 1-0"));
}

TEST(TornEvidence, HowLongABodyIs) {
  TestRun run(2, 1);
  run.plan.scenario.agents.body_bytes = 60;
  run.sent(a).call(0, 2, Function::rename, "/s/a.tmp", "/s/queue.json").quiet().all_read({a}).finished();
  for (Seen& seen : run.history.seen) seen.intact = false;
  run.history.seen[0].torn_size = 49;
  EXPECT_THAT(torn_witness(run),
              EndsWith("its body is not what was sent: it has 48 bytes, and 60 were sent; no read had it "
                       "intact; it was put there by agent 0's rename of a.tmp onto queue.json at 0.002 s"));
  run.history.seen[1].intact = true;
  EXPECT_THAT(torn_witness(run), Not(HasSubstr("no read had it intact")));
  run.history.seen[0].torn_size = 61;
  EXPECT_THAT(torn_witness(run), HasSubstr("is not what was sent; it was put")) << "as long as what was sent";
  run.history.seen[0].torn_size = 0;
  EXPECT_THAT(torn_witness(run), HasSubstr("is not what was sent; it was put")) << "not on record";
}

TEST(CallWords, WhetherATextNamesAFile) {
  EXPECT_TRUE(names_file("lock \"queue.json\": held", "queue.json"));
  EXPECT_TRUE(names_file("store/queue.json: not a queue", "queue.json"));
  EXPECT_TRUE(names_file("cannot read queue.json.", "queue.json"));
  EXPECT_FALSE(names_file("create \"queue.json.tmp\": exists", "queue.json"));
  EXPECT_FALSE(names_file("store/queue.json: not a queue", "store")) << "a directory";
  EXPECT_FALSE(names_file("my-queue.json", "queue.json"));
  EXPECT_FALSE(names_file("anything", ""));
}

TEST(CallWords, WhatAKillCameBefore) {
  const auto words = [](const char* call, const char* path) {
    Kill kill;
    kill.call = call;
    kill.path = path;
    return right_before(kill);
  };
  EXPECT_EQ(words("rename", "/s/queue.json"), "right before the rename onto queue.json");
  EXPECT_EQ(words("pwrite", "/s/queue.json"), "right before writing queue.json");
  EXPECT_EQ(words("fchmod", "/s/queue.json"), "right before fchmod of queue.json");
  EXPECT_EQ(words("close", ""), "right before close");
}

}  // namespace
}  // namespace holdfast
