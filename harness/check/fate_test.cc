// What witnesses tell of a message's own calls and of the later calls that undid them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "harness/check/fate.h"
#include "harness/check/testing_witness.h"

namespace holdfast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(Fate, ARenameThatWasRefusedAndNotRepeated) {
  TestRun run(2, 1);
  run.injector("backup", 1, 1);
  put(put(run, 0, 10, temp_a, 5, EACCES), 1, 20, temp_b);
  run.broadcast(a, 1, 11).broadcast(b, 12, 21).quiet().all_read({b}).finished();
  const std::string story =
      "; 0-0's rename of a.tmp onto queue.json was refused at 0.010 s (WinError 5, held by backup) and was "
      "not "
      "repeated";
  EXPECT_THAT(witness_of(run), EndsWith(story));
  EXPECT_THAT(
      witness_of(run, check_swallowed_refusal),
      testing::StartsWith("agent 0's broadcast 0-0 was acknowledged at 0.011 s, but agent 0's read at "));
  EXPECT_THAT(witness_of(run, check_swallowed_refusal), EndsWith(story));
}

TEST(Fate, ATemporaryFileThatSomebodyElseTook) {
  TestRun removed(2, 1);
  removed.call(1, 5, Function::unlink, temp_a);
  put(put(removed, 0, 10, temp_a, 0, ENOENT), 1, 20, temp_b);
  removed.broadcast(a, 1, 11).broadcast(b, 2, 21).quiet().all_read({b}).finished();
  EXPECT_THAT(
      witness_of(removed),
      EndsWith("; 0-0's rename of a.tmp onto queue.json found no a.tmp at 0.010 s: agent 1's broadcast 1-0 "
               "had removed it at 0.005 s"));
  TestRun moved(2, 1);
  put(put(moved, 1, 5, temp_a), 0, 10, temp_a, 0, ENOENT);
  moved.broadcast(a, 1, 11).broadcast(b, 2, 6).quiet().all_read({b}).finished();
  EXPECT_THAT(witness_of(moved),
              EndsWith("agent 1's broadcast 1-0 had renamed it onto queue.json at 0.005 s"));
}

// Both wrote the file that the first of them moved.
TEST(Fate, ATemporaryFileThatTwoShare) {
  TestRun run(2, 1);
  put(put(run, 0, 10, temp_a), 1, 12, temp_a, 0, ENOENT);
  run.broadcast(a, 1, 11).broadcast(b, 2, 13, Outcome::fail, ENOENT).quiet().all_read({b}).finished();
  EXPECT_THAT(
      witness_of(run),
      EndsWith("; 0-0's rename of a.tmp onto queue.json was done at 0.010 s; agent 1's broadcast 1-0, "
               "under way then, tried to move the same a.tmp and found it gone at 0.012 s"));
}

// Who tries again what is gone is told to, and preferred where it had it done.
TEST(Fate, ARenameThatIsTriedAgainThoughItsFileIsGone) {
  TestRun run(3, 1);
  put(put(put(run, 2, 8, temp_a), 0, 9, temp_a, 0, ENOENT), 0, 10, temp_a);
  put(put(run, 1, 12, temp_a, 0, ENOENT), 1, 13, temp_a, 0, ENOENT);
  run.broadcast(a, 1, 11).broadcast(b, 2, 15, Outcome::fail, ENOENT).broadcast({2, 0}, 3, 9).quiet();
  run.all_read({b}).finished();
  EXPECT_THAT(
      witness_of(run),
      EndsWith("; 0-0's rename of a.tmp onto queue.json had found no a.tmp at 0.009 s, and was tried again, "
               "and done at 0.010 s; agent 1's broadcast 1-0, under way then, tried to move the same a.tmp "
               "and found it gone "
               "at 0.012 s, as did 1 retry"));
}

TEST(Fate, TheNextThatIsStillThereReplacedIt) {
  TestRun run(3, 1);
  put(put(put(run, 0, 10, temp_a), 2, 12, "/run/store/c.tmp"), 1, 14, temp_b);
  run.broadcast(a, 1, 11).broadcast(b, 2, 15).broadcast({2, 0}, 11, 13).quiet().all_read({b}).finished();
  EXPECT_THAT(
      witness_of(run),
      EndsWith("; 0-0's rename of a.tmp onto queue.json was done at 0.010 s; agent 1's broadcast 1-0, asked "
               "for before that at 0.002 s, replaced queue.json at 0.014 s with one that lacks it"));
  EXPECT_THAT(witness_of(run), Not(HasSubstr("overlap"))) << "no record of what either read";
}

TEST(Fate, OverlappedIsSaidWhereTheRecordHasWhatWasOpened) {
  TestRun run(2, 1);
  run.call(0, 2, Function::open, stored_queue).call(1, 3, Function::open, stored_queue);
  put(put(run, 0, 10, temp_a), 1, 14, temp_b);
  run.broadcast(a, 1, 11).broadcast(b, 2, 15).quiet().all_read({b}).finished();
  EXPECT_THAT(witness_of(run),
              EndsWith("; it had opened queue.json at 0.003 s, before that: the two overlapped"));
  run.history.calls[2].received_ns = run.history.calls[2].answered_ns = run.at(11);  // agent 1's: it read 0-0
  EXPECT_THAT(witness_of(run), EndsWith("with one that lacks it"));
}

TEST(Fate, AQueueThatMayNotBeReadIsNoEmptyQueue) {
  TestRun run(2, 1);
  run.injector("backup", 1, 1);
  run.call(1, 12, Function::open, stored_queue, {}, 32, EACCES);
  put(put(run, 0, 10, temp_a), 1, 14, temp_b);
  run.broadcast(a, 1, 11).broadcast(b, 11, 15).quiet().all_read({b}).finished();
  EXPECT_THAT(
      witness_of(run),
      EndsWith(
          "agent 1's broadcast 1-0, asked for after that at 0.011 s, replaced queue.json at 0.014 s with "
          "one that lacks it; its open of queue.json was refused at 0.012 s (WinError 32, held by "
          "backup) and was not repeated"));
}

TEST(Fate, AKillBetweenRemovingTheQueueAndMovingTheNextThere) {
  for (const bool renames : {false, true}) {
    TestRun run(3, 1);
    Injector injector;
    injector.kind = InjectorKind::kill;
    run.plan.scenario.injectors = {injector};
    put(run, 0, 10, temp_a);
    run.call(1, 20, renames ? Function::rename : Function::unlink, stored_queue,
             renames ? "/run/store/old" : "");
    put(run, 2, 40, "/run/store/c.tmp");
    run.history.kills.push_back({1, 0, 101, run.at(21), "rename", temp_b});
    run.broadcast(a, 1, 11).broadcast(b, 12, 0, Outcome::info).broadcast({2, 0}, 30, 41);
    run.quiet().all_read({{2, 0}}).finished();
    const std::string story =
        std::string("; 0-0's rename of a.tmp onto queue.json was done at 0.010 s; agent 1's broadcast 1-0 ") +
        (renames ? "moved queue.json to old" : "removed queue.json") +
        " at 0.020 s, and was killed at 0.021 s before it put another there";
    EXPECT_THAT(witness_of(run), EndsWith(story));
    EXPECT_THAT(witness_of(run, check_durability),
                testing::AllOf(HasSubstr("agent 1 was killed at 0.021 s right before the rename onto b.tmp"),
                               EndsWith(story)));
  }
}

TEST(Fate, TheBackupOfTheQueueIsNotItsPlace) {
  TestRun run(2, 1);
  run.call(0, 8, Function::link, stored_queue, "/run/store/old");
  put(run, 0, 9, temp_a);
  run.call(1, 12, Function::link, stored_queue, "/run/store/old");
  put(run, 1, 13, temp_b);
  run.call(1, 14, Function::rename, stored_queue, "/run/store/older");
  run.broadcast(a, 1, 10).broadcast(b, 11, 15).quiet().all_read({b}).finished();
  EXPECT_THAT(witness_of(run),
              HasSubstr("; 0-0's rename of a.tmp onto queue.json was done at 0.009 s; agent 1's"));
}

// Neither a token that is renamed to and fro nor a link that is removed again is where messages are.
TEST(Fate, ALockIsNotThePlaceOfMessages) {
  TestRun run(2, 1);
  for (const std::uint32_t agent : {0U, 1U}) {
    const std::int64_t at_ms = agent == 0 ? 10 : 20;
    run.call(agent, at_ms, Function::rename, "/run/store/free", "/run/store/taken")
        .call(agent, at_ms + 1, Function::link, temp_a, "/run/store/lock")
        .call(agent, at_ms + 2, Function::unlink, "/run/store/lock")
        .call(agent, at_ms + 3, Function::rename, "/run/store/taken", "/run/store/free");
  }
  run.broadcast(a, 9, 15).broadcast(b, 16, 25).quiet().all_read({b}).finished();
  EXPECT_THAT(witness_of(run), EndsWith("no other recipient has it"));
}

TEST(Fate, WhatWasAcknowledgedBeforeAnythingWasRenamed) {
  TestRun run(2, 2);
  put(put(run, 1, 5, temp_b), 0, 30, temp_a);
  run.broadcast(a, 10, 11)
      .broadcast({0, 1}, 29, 31)
      .broadcast(b, 1, 6)
      .quiet()
      .all_read({b, {0, 1}})
      .finished();
  EXPECT_THAT(witness_of(run),
              EndsWith("; agent 0 had renamed and linked nothing for it by then, and agent 0's "
                       "next rename, onto queue.json, came at 0.030 s"));
}

TEST(Fate, AReaderThatFoundNoFile) {
  TestRun run(1, 2);
  run.plan.scenario.agents.readers = 1;
  put(run, 0, 1, temp_a);
  run.call(0, 5, Function::unlink, stored_queue);
  put(run, 0, 8, temp_b);
  run.broadcast(a, 0, 2).reading(0, 0, {a}).reading(0, 0, {});  // at 3 and 5 ms
  run.broadcast({0, 1}, 3, 9).quiet().reading(0, 0, {a, {0, 1}}).read(0, {a, {0, 1}}).finished();
  EXPECT_THAT(
      witness_of(run, check_vanished),
      EndsWith("; agent 0's broadcast 0-1 removed queue.json at 0.005 s, and the next was put there at "
               "0.008 s"));
}

TEST(Fate, WhatFailedAfterItsRename) {
  TestRun run(1, 1);
  put(run, 0, 5, temp_a).broadcast(a, 1, 6, Outcome::fail, EPERM).quiet().read(0, {a}).finished();
  EXPECT_THAT(witness_of(run, check_resurrected),
              EndsWith("; 0-0's rename of a.tmp onto queue.json was done at 0.005 s"));
}

TEST(Fate, WhatWasDoneTwice) {
  TestRun run(1, 1);
  put(put(run, 0, 5, temp_a), 0, 7, temp_b).broadcast(a, 1, 8).quiet().read(0, {a, a}).finished();
  EXPECT_THAT(witness_of(run, check_duplicate),
              EndsWith("; its operation replaced queue.json twice, at 0.005 s and 0.007 s"));
}

TEST(Fate, WhoseAFileThatWasLeftIs) {
  TestRun run(1, 1);
  run.injector("scanner", 1, 1);
  put(run, 0, 5, temp_a, 5, EACCES).broadcast(a, 1, 6, Outcome::fail, EACCES).quiet().finished();
  const Evidence evidence(run.plan, run.history);
  EXPECT_EQ(told(run.history, Fates(evidence).of_leftover("a.tmp")),
            ": the rename of it onto queue.json by agent 0's broadcast 0-0 was refused at 0.005 s (WinError "
            "5, held "
            "by scanner), and nobody removed it");
  EXPECT_EQ(Fates(evidence).of_leftover("other.tmp"), "");
  TestRun again(1, 1);  // the retry brings another file
  put(put(again, 0, 5, temp_a, 5, EACCES), 0, 7, temp_b).broadcast(a, 1, 8).quiet().finished();
  EXPECT_THAT(told(again.history, Fates({again.plan, again.history}).of_leftover("a.tmp")),
              HasSubstr("(WinError 5), the next, at 0.007 s, was of b.tmp, and nobody removed it"));
}

// Saves of agent 1 that never read the queue again: of the three that agent 0 put there between them, none stays.
TestRun cached_run() {
  TestRun run(2, 4);
  std::int64_t at_ms = 1;
  for (std::uint32_t n = 0; n < 4; ++n) {
    for (const std::uint32_t agent : {1U, 0U}) {
      if (agent == 0 && n == 3) continue;
      put(run, agent, at_ms + 1, agent == 0 ? temp_a : temp_b);
      run.broadcast({agent, n}, at_ms, at_ms + 2);
      at_ms += 10;
    }
  }
  return run;
}

TEST(Fate, ASaverThatNeverReadsAgain) {
  TestRun run = cached_run();
  run.quiet().all_read({{1, 0}, {1, 1}, {1, 2}, {1, 3}}).finished();
  const std::string pattern =
      "; 0-0's rename of a.tmp onto queue.json was done at 0.012 s; agent 1's broadcast 1-1, asked for after "
      "that at 0.021 s, "
      "replaced queue.json at 0.022 s with one that lacks it; of the 3 broadcasts that others put there "
      "between agent 1's "
      "first rename, at 0.002 s, and its last, at 0.062 s, none is read at the end: each of its 4 saves "
      "lacks what others had put there since the first";
  const std::string proof = ", even 1-1, asked for at 0.021 s, when 0-0 had stood there since 0.012 s";
  EXPECT_THAT(witness_of(run), EndsWith(pattern + proof));
  TestRun early = cached_run();  // each was asked for before what it lacks was there: it may have read then
  for (std::uint32_t n = 1; n < 4; ++n) early.operation({1, n}).invoke_ns -= 15 * TestRun::ms;
  early.quiet().all_read({{1, 0}, {1, 1}, {1, 2}, {1, 3}}).finished();
  EXPECT_THAT(witness_of(early), HasSubstr(", asked for before that at 0.006 s,"));
  EXPECT_THAT(witness_of(early), EndsWith("since the first"));
  TestRun some = cached_run();  // one of the others' stays: it was read again
  some.quiet().all_read({{1, 0}, {0, 1}, {1, 1}, {1, 2}, {1, 3}}).finished();
  EXPECT_THAT(witness_of(some), Not(HasSubstr("of its 4 saves")));
  TestRun lost = cached_run();  // its own were lost, too
  lost.quiet().all_read({{1, 0}, {1, 1}, {1, 3}}).finished();
  EXPECT_THAT(witness_of(lost), Not(HasSubstr("of its 4 saves")));
}

TEST(Fate, OfThoseThatSharedAFileTheOneThatIsReadIsNamed) {
  TestRun run(3, 1);
  put(put(put(run, 0, 10, temp_a), 1, 12, temp_a, 0, ENOENT), 2, 13, temp_a, 0, ENOENT);
  run.broadcast(a, 1, 11).broadcast(b, 2, 14, Outcome::fail, ENOENT).broadcast({2, 0}, 2, 15).quiet();
  run.all_read({{2, 0}}).finished();
  EXPECT_THAT(witness_of(run), EndsWith("agent 2's broadcast 2-0, under way then, tried to move the same "
                                        "a.tmp and found it gone at 0.013 s"));
}

TEST(Fate, AReadThatCameLongAfterTheRename) {
  TestRun run(2, 1);
  run.plan.scenario.agents.readers = 1;
  put(run, 0, 5, temp_a).broadcast(a, 1, 6);
  run.now_ms = 200;
  run.read(1, {a}).reading(0, 0, {}).reading(0, 0, {a}).quiet().all_read({a}).finished();
  EXPECT_THAT(
      witness_of(run, check_stale_read),
      HasSubstr("; 0-0's rename of a.tmp onto queue.json was done at 0.005 s, 0.198 s before that read was "
                "asked for, "
                "and agent 1's read at 0.202 s had it; once a read lacked an acknowledged message"));
  run.history.calls[0].answered_ns = run.at(204);
  EXPECT_THAT(witness_of(run, check_stale_read),
              HasSubstr("was done at 0.204 s, while that read was under way; once"));
}

TEST(Fate, TheKillThatLeftAFile) {
  TestRun run(2, 2);
  put(run, 1, 5, temp_a).broadcast(b, 1, 6).quiet().finished();
  run.history.kills = {{0, 0, 100, run.at(7), "open", temp_a}, {0, 0, 100, run.at(8), "write", temp_a}};
  const auto story = [&] { return told(run.history, Fates({run.plan, run.history}).of_leftover("a.tmp")); };
  EXPECT_EQ(story(), ": agent 0 was killed at 0.008 s right before writing it, and nobody removed it");
  run.history.kills.pop_back();
  EXPECT_EQ(story(), "") << "it was killed before it made the file, and what was renamed away is gone";
  run.history.kills = {{0, 0, 100, run.at(3), "write", temp_a}};
  EXPECT_EQ(story(), "") << "what it left was renamed away after that";
}

// Right stores that do without a refused call: the message is there, and nobody is blamed.
TEST(SwallowedRefusal, AJournalThatIsNotCutJustNow) {
  TestRun run(2, 1);
  run.call(0, 10, Function::rename, "/run/store/cut", "/run/store/journal", 5, EACCES);
  run.broadcast(a, 1, 11).broadcast(b, 12, 13).quiet().all_read({a, b}).finished();
  const Finding finding = check_swallowed_refusal({run.plan, run.history});
  EXPECT_EQ(finding.verdict, Verdict::pass);
  EXPECT_EQ(finding.checked, 1U);
  EXPECT_EQ(check_lost({run.plan, run.history}).verdict, Verdict::pass);
}

TEST(SwallowedRefusal, AnotherNameInTheSameSave) {
  TestRun run(2, 1);
  put(run, 0, 9, temp_a).call(0, 10, Function::rename, "/run/store/x", "/run/store/backup", 5, EACCES);
  run.broadcast(a, 1, 11).quiet().all_read({}).finished();  // lost, but not for that
  EXPECT_EQ(check_swallowed_refusal({run.plan, run.history}).verdict, Verdict::not_applicable);
  TestRun moved_away(2, 1);  // the old one was moved, and the new one refused
  moved_away.call(0, 9, Function::rename, stored_queue, "/run/store/backup");
  put(moved_away, 0, 10, temp_a, 32, EACCES).broadcast(a, 1, 11).quiet().all_read({}).finished();
  EXPECT_EQ(check_swallowed_refusal({moved_away.plan, moved_away.history}).verdict, Verdict::fail);
}

// What is kept in memory and written by the next save was not there when it was acknowledged: reads between tell.
TEST(SwallowedRefusal, OnlyAReadTells) {
  for (const bool read_between : {false, true}) {
    TestRun run(1, 2);
    run.plan.scenario.agents.readers = 1;
    put(put(run, 0, 2, temp_a, 5, EACCES), 0, 20, temp_b);
    run.broadcast(a, 1, 3);
    if (read_between) run.reading(0, 0, {});
    run.broadcast({0, 1}, 19, 21).quiet().read(0, {a, {0, 1}}).finished();
    EXPECT_EQ(check_swallowed_refusal({run.plan, run.history}).verdict,
              read_between ? Verdict::fail : Verdict::unknown);
  }
}

}  // namespace
}  // namespace holdfast
