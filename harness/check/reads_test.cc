// vanished, stale-read, divergent-order, resurrected and recovered, on histories made by hand.
#include "harness/check/reads.h"

#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

TEST(Vanished, NothingDoesWhereEveryReadHasWhatOnesBeforeItHad) {
  TestRun run(2, 1);
  run.sent(a).read(0, {a}).reading(0, 0, {a}).sent(b).reading(0, 0, {a, b}).quiet();
  run.all_read({a, b}).reading(0, 0, {a, b}).finished();
  expect_finding(check_vanished({run.plan, run.history}), Verdict::pass, 6, 0, "", "grows");
}

TEST(Vanished, WhatOneReadHadAndALaterOneLacks) {
  TestRun run(2, 1);
  run.plan.scenario.agents.readers = 1;
  run.sent(a).read(0, {a}).reading(0, 0, {}).quiet().all_read({a}).finished();
  expect_finding(
      check_vanished({run.plan, run.history}), Verdict::fail, 2, 1,
      "agent 0's read at 0.004 s had 0-0, and reader 0's read of agent 0's mail at 0.006 s lacks it; "
      "agent 0's read at 0.009 s has it again",
      "flickers");
  TestRun gone(2, 1);
  gone.sent(a).read(0, {a}).quiet().all_read({}).reading(0, 0, {}).finished();
  expect_finding(check_vanished({gone.plan, gone.history}), Verdict::fail, 2, 1, "; no later one has it",
                 "for good");
}

// Whether it was acknowledged does not matter: it was seen.
TEST(Vanished, UnacknowledgedOnesCount) {
  TestRun run(1, 1);
  run.sent(a, Outcome::info).read(0, {a}).quiet().read(0, {}).finished();
  EXPECT_EQ(check_vanished({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(Vanished, ReadsThatOverlapProveNothing) {
  TestRun run(1, 1);
  run.sent(a).read(0, {a}).reading(0, 0, {}).quiet().read(0, {a}).finished();
  run.history.readings[0].invoke_ns = run.history.operations[1].complete_ns - 1;  // it was asked for before
  expect_finding(check_vanished({run.plan, run.history}), Verdict::pass, 1, 0, "", "overlap");
}

TEST(Vanished, IsNotApplicableWhereNobodyReadsTwice) {
  TestRun once(2, 1);
  once.sent(a).sent(b).quiet().all_read({a, b}).finished();
  EXPECT_EQ(check_vanished({once.plan, once.history}).verdict, Verdict::not_applicable);
  once.plan.scenario.agents.read_every = 1;
  expect_finding(check_vanished({once.plan, once.history}), Verdict::unknown, 0, 0, "no mail was read again",
                 "planned, and not done");
}

TEST(StaleRead, NoneIsWhereReadsHoldWhatWasAcknowledged) {
  TestRun run(2, 1);
  run.broadcast(a, 1, 10).reading(0, 0, {a}).broadcast(b, 15, 30).quiet().all_read({a, b}).finished();
  expect_finding(check_stale_read({run.plan, run.history}), Verdict::pass, 3, 0, "", "fresh");
}

TEST(StaleRead, LacksWhatWasAcknowledgedAndALaterOneHas) {
  TestRun run(2, 1);
  run.plan.scenario.agents.readers = 1;
  run.broadcast(a, 1, 2).broadcast(b, 1, 5).reading(0, 1, {}).reading(0, 1, {a}).quiet();
  run.all_read({a, b}).finished();
  expect_finding(
      check_stale_read({run.plan, run.history}), Verdict::fail, 6, 2,
      "agent 0's broadcast 0-0 was acknowledged at 0.002 s, but reader 0's read of agent 1's mail at 0.007 s "
      "lacks it, and a later one has it; 3 times a read lacked an acknowledged message, 0.003 s after the "
      "acknowledgement at the median, 0.004 s at the 99th percentile and 0.004 s at most",
      "behind");
}

// Not acknowledged when the read was asked for, or never there at all.
TEST(StaleRead, IsNotWhatWasUnderWayNorWhatIsLost) {
  TestRun run(1, 3);
  run.broadcast({0, 0}, 1, 20).broadcast({0, 1}, 21, 22, Outcome::info).broadcast({0, 2}, 23, 24);
  run.quiet().read(0, {{0, 0}, {0, 1}}).reading(0, 0, {{0, 0}, {0, 1}}).finished();
  run.history.readings.push_back(run.history.readings[0]);
  run.history.readings[1].invoke_ns = run.at(10);
  run.history.readings[1].seen = 0;
  expect_finding(check_stale_read({run.plan, run.history}), Verdict::pass, 2, 0, "", "under way");
}

TEST(DivergentOrder, NoneIsWhereAllLogsAreParts) {
  TestRun run(3, 1);
  run.sent({0, 0}).sent({1, 0}).sent({2, 0}).quiet();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {{1, 0}, {2, 0}}).read(2, {{0, 0}, {2, 0}}).finished();
  expect_finding(check_divergent_order({run.plan, run.history}), Verdict::pass, 6, 0, "", "parts of one");
}

TEST(DivergentOrder, TwoReadersDisagree) {
  TestRun run(2, 1);
  run.sent(a, Outcome::info).sent(b).quiet().read(0, {a, b}).read(1, {b, a}).finished();
  expect_finding(
      check_divergent_order({run.plan, run.history}), Verdict::fail, 4, 2,
      "agent 0's final read has 0-0 before 1-0, and agent 1's final read has them the other way round",
      "a pair");
}

TEST(DivergentOrder, OneReaderDisagreesWithItself) {
  TestRun run(1, 2);
  run.sent({0, 0}).sent({0, 1}).read(0, {{0, 0}, {0, 1}}).quiet().read(0, {{0, 1}, {0, 0}}).finished();
  expect_finding(check_divergent_order({run.plan, run.history}), Verdict::fail, 4, 2,
                 "agent 0's read at 0.006 s", "at two times");
}

TEST(DivergentOrder, ThreeReadersFormARing) {
  TestRun run(3, 1);
  run.sent({0, 0}).sent({1, 0}).sent({2, 0}).quiet();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {{1, 0}, {2, 0}}).read(2, {{2, 0}, {0, 0}}).finished();
  expect_finding(check_divergent_order({run.plan, run.history}), Verdict::fail, 6, 3,
                 "contradict each other about the order", "a ring");
}

TEST(DivergentOrder, TakesTwoReaders) {
  TestRun alone(1, 1);
  alone.sent(a).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_divergent_order({alone.plan, alone.history}).verdict, Verdict::not_applicable);
  TestRun unread(2, 1);
  unread.sent(a).quiet().finished();
  EXPECT_EQ(check_divergent_order({unread.plan, unread.history}).verdict, Verdict::unknown);
}

TEST(Resurrected, AFailureThatIsThere) {
  TestRun run(2, 1);
  run.broadcast(a, 1, 2, Outcome::fail, 13, "rename: denied").sent(b).quiet().all_read({a, b}).finished();
  expect_finding(check_resurrected({run.plan, run.history}), Verdict::fail, 1, 1,
                 "agent 0's broadcast 0-0 was reported as failed at 0.002 s (rename: denied), but a read of "
                 "agent 0's mail at "
                 "0.006 s has it",
                 "there");
}

TEST(Resurrected, InAnEarlyReadOrAReadersCountsToo) {
  TestRun early(1, 1);
  early.sent(a, Outcome::fail).read(0, {a}).quiet().read(0, {}).finished();
  EXPECT_EQ(check_resurrected({early.plan, early.history}).verdict, Verdict::fail);
  TestRun reader(1, 1);
  reader.sent(a, Outcome::fail).reading(0, 0, {a}).quiet().read(0, {}).finished();
  EXPECT_EQ(check_resurrected({reader.plan, reader.history}).verdict, Verdict::fail);
}

TEST(Resurrected, FailuresThatAreNotThereAndDoubtfulOnesThatAre) {
  TestRun run(2, 1);
  run.sent(a, Outcome::fail).sent(b, Outcome::info).quiet().all_read({b}).finished();
  expect_finding(check_resurrected({run.plan, run.history}), Verdict::pass, 1, 0, "", "absent");
  TestRun none(1, 1);
  none.sent(a, Outcome::info).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_resurrected({none.plan, none.history}).verdict, Verdict::not_applicable);
  TestRun unread(1, 1);
  unread.sent(a, Outcome::fail).quiet().finished();
  EXPECT_EQ(check_resurrected({unread.plan, unread.history}).verdict, Verdict::unknown);
}

TEST(Recovered, IsCountedAndNeverWrong) {
  TestRun run(2, 2);
  run.sent({0, 0}, Outcome::info).sent({0, 1}, Outcome::info).sent({1, 0}).quiet();
  run.all_read({{0, 1}, {1, 0}}).finished();
  expect_finding(check_recovered({run.plan, run.history}), Verdict::pass, 2, 1, "", "one of two");
  TestRun definite(1, 1);
  definite.sent(a).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_recovered({definite.plan, definite.history}).verdict, Verdict::not_applicable);
  TestRun unread(1, 1);
  unread.sent(a, Outcome::info).quiet().finished();
  EXPECT_EQ(check_recovered({unread.plan, unread.history}).verdict, Verdict::unknown);
}

}  // namespace
}  // namespace holdfast
