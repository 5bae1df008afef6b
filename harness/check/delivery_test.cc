// lost, phantom, duplicate and order, on histories made by hand.
#include "harness/check/delivery.h"

#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

// Two agents send one message each and both read both.
TestRun two_sent() {
  TestRun run(2, 1);
  run.sent({0, 0}).sent({1, 0}).quiet();
  return run;
}

TEST(Lost, NothingIsWhereEverybodyReadsEverything) {
  TestRun run = two_sent();
  run.all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::pass, 4, 0, "", "both");
}

TEST(Lost, NothingIsWhereNothingWasPromised) {
  TestRun run(2, 2);
  run.sent({0, 0}).sent({0, 1}, Outcome::fail).sent({1, 0}).sent({1, 1}, Outcome::info).quiet();
  run.read(0, {{0, 0}, {1, 0}, {1, 1}}).read(1, {{0, 0}, {1, 0}}).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::pass, 4, 0, "", "info and fail");
}

TEST(Lost, OnlyToRecipientsThatItWasFor) {
  TestRun run(3, 1);
  run.plan.scenario.agents.neighbours = 1;
  run.sent({0, 0}).sent({1, 0}).sent({2, 0}).quiet();
  run.read(0, {{2, 0}}).read(1, {{0, 0}}).read(2, {{1, 0}}).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::pass, 3, 0, "", "ring");
}

TEST(Lost, NamesTheMessageAndTheReaderAndNoSaveThatMerelyRanAtThatTime) {
  TestRun run(3, 1);
  run.broadcast({0, 0}, 10, 20).broadcast({1, 0}, 15, 40).broadcast({2, 0}, 15, 30).quiet();
  run.read(0, {{0, 0}, {1, 0}, {2, 0}})
      .read(1, {{1, 0}, {2, 0}})
      .read(2, {{0, 0}, {1, 0}, {2, 0}})
      .finished();
  const Finding finding = check_lost({run.plan, run.history});
  expect_finding(finding, Verdict::fail, 9, 1, "", "one reader");
  EXPECT_EQ(finding.witness,
            "agent 0's broadcast 0-0 was acknowledged at 0.020 s, but agent 1's final read of 2 entries "
            "lacks it; the 2 others have it");
}

TEST(Lost, NamesTheRemovalThatWasNotFollowedByAReplacement) {
  TestRun run(2, 2);
  run.broadcast({0, 0}, 10, 20).replace(0, 19);
  run.call(1, 5, Function::unlink, "/s/queue.json");               // before it was sent: not to blame
  run.call(1, 31, Function::unlink, "/s/queue.json.tmp");          // clean-up: nor is that
  run.call(1, 32, Function::unlink, "/s/queue.json", {}, 32, 13);  // refused: nor that
  run.call(1, 33, Function::unlink, "/s/queue.json");
  run.call(1, 34, Function::rename, "/s/queue.json.tmp", "/s/queue.json", 32, 13);
  run.broadcast({1, 0}, 1, 9, Outcome::fail, 13).broadcast({1, 1}, 30, 40, Outcome::fail, 13).quiet();
  run.all_read({}).finished();
  expect_finding(
      check_lost({run.plan, run.history}), Verdict::fail, 2, 2,
      "; agent 1's broadcast 1-1 removed queue.json at 0.033 s, and then failed to put another there",
      "removal");
}

TEST(Lost, EverywhereIsOncePerRecipient) {
  TestRun run = two_sent();
  run.all_read({{1, 0}}).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::fail, 4, 2, "no other recipient has it",
                 "both readers");
}

TEST(Lost, AReadThatWasAskedForTooSoonProvesNothing) {
  TestRun run(2, 1);
  run.read(0, {}).read(1, {}).sent({0, 0}).sent({1, 0}).cut();
  expect_finding(check_lost({run.plan, run.history}), Verdict::unknown, 0, 0, "no read was asked for after",
                 "early");
  TestRun late(2, 1);
  late.read(0, {}).read(1, {}).sent({0, 0}).sent({1, 0}).quiet().finished();
  expect_finding(check_lost({late.plan, late.history}), Verdict::unknown, 0, 0,
                 "agent 0 made no successful final read", "not final");
}

TEST(Lost, IsFoundWithoutAQuietEndToo) {
  TestRun run(2, 1);
  run.sent({0, 0}).read(1, {}).cut();
  expect_finding(check_lost({run.plan, run.history}), Verdict::fail, 1, 1,
                 "agent 0's broadcast 0-0 was acknowledged", "cut");
}

TEST(Lost, CannotBeToldOfMailThatCouldNotBeRead) {
  TestRun run = two_sent();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {{0, 0}}, Outcome::fail).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::unknown, 2, 0,
                 "agent 1 made no successful final read", "failed");
  TestRun unread = two_sent();
  unread.read(0, {{1, 0}}).read(1, {}, Outcome::info).finished();
  expect_finding(check_lost({unread.plan, unread.history}), Verdict::fail, 2, 1, "0-0", "lost elsewhere");
}

TEST(Lost, NothingAcknowledgedIsUnknownNotPassed) {
  TestRun run(2, 1);
  run.sent({0, 0}, Outcome::fail).sent({1, 0}, Outcome::info).quiet().all_read({}).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::unknown, 0, 0, "no message was acknowledged",
                 "none");
  TestRun nothing(2, 1);
  nothing.cut();
  EXPECT_EQ(check_lost({nothing.plan, nothing.history}).verdict, Verdict::unknown);
}

TEST(Lost, OfSeveralReadsTheLastCompleteOneCounts) {
  TestRun run = two_sent();
  run.all_read({{0, 0}}).all_read({{0, 0}, {1, 0}}).read(0, {}, Outcome::fail).finished();
  expect_finding(check_lost({run.plan, run.history}), Verdict::pass, 4, 0, "", "second");
}

TEST(Phantom, IsAnEntryThatNobodySent) {
  TestRun run = two_sent();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {{0, 0}, {1, 7}, {1, 0}}).finished();
  expect_finding(check_phantom({run.plan, run.history}), Verdict::fail, 5, 1,
                 "entry 2 of agent 1's final read is 1-7, which nobody sent", "number");
  for (const MessageId strange :
       {MessageId{2, 0}, MessageId{no_process, no_process}, MessageId{no_process - 1, 0}}) {
    TestRun stranger = two_sent();
    stranger.all_read({{0, 0}, {1, 0}, strange}).finished();
    expect_finding(check_phantom({stranger.plan, stranger.history}), Verdict::fail, 6, 2,
                   strange == no_message ? "entry 3 of agent 0's final read has an id that is not a message's"
                                         : "which nobody sent",
                   "sender");
  }
}

TEST(Phantom, IsAnEntryForSomebodyElse) {
  TestRun run(3, 1);
  run.plan.scenario.agents.neighbours = 1;
  run.sent({0, 0}).sent({1, 0}).sent({2, 0}).quiet();
  run.read(0, {{2, 0}}).read(1, {{0, 0}}).read(2, {{1, 0}, {0, 0}}).finished();
  expect_finding(check_phantom({run.plan, run.history}), Verdict::fail, 4, 1,
                 "entry 2 of agent 2's final read is 0-0, which was sent to others but not to it", "ring");
}

TEST(Phantom, AndDuplicateAreFoundInEveryRead) {
  TestRun run = two_sent();
  run.read(0, {{0, 0}, {0, 0}, {5, 5}})
      .read(0, {{0, 0}, {0, 0}, {5, 5}})
      .reading(0, 1, {{1, 0}, {1, 0}, {6, 6}});
  run.all_read({{0, 0}, {1, 0}}).finished();
  const Finding phantom = check_phantom({run.plan, run.history}),
                twice = check_duplicate({run.plan, run.history});
  expect_finding(phantom, Verdict::fail, 4, 2, "entry 3 of agent 0's read at", "phantom");
  expect_finding(twice, Verdict::fail, 4, 2, "agent 0's read at", "duplicate");
  EXPECT_NE(twice.witness->find("has 0-0 at places 1 and 2 of 3"), std::string::npos) << *twice.witness;
}

TEST(Phantom, WhatWasAttemptedMayBeThere) {
  TestRun run(2, 2);
  run.sent({0, 0}).sent({0, 1}, Outcome::fail).sent({1, 0}, Outcome::info).quiet();
  run.all_read({{0, 0}, {0, 1}, {1, 0}}).finished();
  expect_finding(check_phantom({run.plan, run.history}), Verdict::pass, 6, 0, "", "attempted");
  TestRun good = two_sent();
  good.all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_phantom({good.plan, good.history}), Verdict::pass, 4, 0, "", "good");
}

TEST(Phantom, IsUnknownWhereTheSendersRecordIsNotWhole) {
  TestRun run = two_sent();
  run.all_read({{0, 0}, {0, 3}, {1, 0}}).finished();
  run.history.agents_in_doubt = {0};
  expect_finding(check_phantom({run.plan, run.history}), Verdict::unknown, 6, 0,
                 "the record of agent 0 is incomplete, so it is unknown whether it sent 0-3", "sender");
  run.history.agents_in_doubt = {1};
  EXPECT_EQ(check_phantom({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(Phantom, IsUnknownWhereNothingWasRead) {
  TestRun unread = two_sent();
  unread.cut();
  expect_finding(check_phantom({unread.plan, unread.history}), Verdict::unknown, 0, 0, "no agent made",
                 "unread");
  TestRun empty = two_sent();
  empty.all_read({}).finished();
  expect_finding(check_phantom({empty.plan, empty.history}), Verdict::unknown, 0, 0, "have no entries",
                 "empty");
}

TEST(Duplicate, IsTheSameMessageTwiceInOneRead) {
  TestRun run = two_sent();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {{0, 0}, {1, 0}, {0, 0}}).finished();
  expect_finding(check_duplicate({run.plan, run.history}), Verdict::fail, 5, 1,
                 "agent 1's final read has 0-0 at places 1 and 3 of 3", "twice");
  TestRun thrice = two_sent();
  thrice.all_read({{0, 0}, {0, 0}, {0, 0}}).finished();
  expect_finding(check_duplicate({thrice.plan, thrice.history}), Verdict::fail, 6, 4, "at places 1, 2 and 3",
                 "thrice");
}

TEST(Duplicate, EachRecipientMayReadEachMessageOnce) {
  TestRun run = two_sent();
  run.all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_duplicate({run.plan, run.history}), Verdict::pass, 4, 0, "", "once");
  TestRun again = two_sent();  // an earlier read of the same is none
  again.all_read({{0, 0}}).all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_duplicate({again.plan, again.history}), Verdict::pass, 4, 0, "", "two reads");
}

TEST(Duplicate, PhantomsAreNotItsBusinessAndNothingIsUnknown) {
  TestRun phantoms = two_sent();
  phantoms.all_read({{0, 5}, {0, 5}}).finished();
  expect_finding(check_duplicate({phantoms.plan, phantoms.history}), Verdict::pass, 4, 0, "", "phantoms");
  TestRun unread = two_sent();
  unread.cut();
  expect_finding(check_duplicate({unread.plan, unread.history}), Verdict::unknown, 0, 0, "no agent made",
                 "unread");
}

TEST(Order, OneSendersMessagesAscend) {
  TestRun run(2, 2);
  run.broadcast({0, 0}, 1, 9).broadcast({1, 0}, 1, 9).broadcast({0, 1}, 9, 20).broadcast({1, 1}, 9, 20);
  run.quiet().read(0, {{1, 0}, {0, 0}, {0, 1}, {1, 1}}).read(1, {{0, 0}, {1, 0}, {1, 1}, {0, 1}}).finished();
  expect_finding(check_order({run.plan, run.history}), Verdict::pass, 8, 0, "", "senders interleave freely");

  TestRun swapped(2, 2);
  swapped.broadcast({0, 0}, 1, 2).broadcast({1, 0}, 3, 9).broadcast({0, 1}, 5, 6).quiet();
  swapped.read(0, {{0, 0}, {0, 1}}).read(1, {{0, 1}, {1, 0}, {0, 0}}).finished();
  expect_finding(check_order({swapped.plan, swapped.history}), Verdict::fail, 5, 1,
                 "agent 1's final read has 0-0 after 0-1, which agent 0 sent later (at 0.001 s and 0.005 s)",
                 "swap");
}

TEST(Order, WhatWasAcknowledgedStandsBeforeWhatWasAskedForAfterwards) {
  TestRun run(3, 1);
  run.broadcast({0, 0}, 1, 4).broadcast({1, 0}, 5, 9).broadcast({2, 0}, 3, 7).quiet();
  run.read(0, {{0, 0}, {2, 0}, {1, 0}}).read(1, {{2, 0}, {1, 0}, {0, 0}}).finished();
  expect_finding(check_order({run.plan, run.history}), Verdict::fail, 6, 1,
                 "agent 1's final read has 0-0 after 1-0, which agent 1 sent at 0.005 s, after agent 0's "
                 "broadcast 0-0 had been acknowledged at 0.004 s",
                 "late");
  run.operation({1, 0}).invoke_ns = run.at(4);  // the same moment is no order
  expect_finding(check_order({run.plan, run.history}), Verdict::pass, 6, 0, "", "at once");
}

// Not answered, it may come as late as it likes; but nothing that was acknowledged before it was asked for
// may come after it.
TEST(Order, OnlyTheAcknowledgedStandTooLate) {
  TestRun run(2, 1);
  run.broadcast({0, 0}, 1, 2, Outcome::info)
      .broadcast({1, 0}, 5, 6)
      .quiet()
      .all_read({{1, 0}, {0, 0}})
      .finished();
  expect_finding(check_order({run.plan, run.history}), Verdict::pass, 2, 0, "", "the late one unanswered");
  TestRun before(2, 1);
  before.broadcast({0, 0}, 1, 2).broadcast({1, 0}, 5, 6, Outcome::info).quiet();
  before.all_read({{1, 0}, {0, 0}}).finished();
  expect_finding(check_order({before.plan, before.history}), Verdict::fail, 2, 2, "0-0 after 1-0",
                 "the early one unanswered");
}

TEST(Order, GapsAndRepetitionsAreNotItsBusiness) {
  TestRun run(2, 3);
  run.sent({0, 0}).sent({0, 1}).sent({0, 2}).quiet();
  run.read(0, {{0, 0}, {0, 2}}).read(1, {{0, 0}, {0, 1}, {0, 0}, {0, 7}, {0, 2}}).finished();
  expect_finding(check_order({run.plan, run.history}), Verdict::pass, 5, 0, "", "gap and repetition");
}

TEST(Order, WhatMayBeDoneLateHasNone) {
  TestRun run(2, 3);
  run.sent({0, 0}, Outcome::info).sent({0, 1}).sent({0, 2}).quiet();
  run.all_read({{0, 1}, {0, 2}, {0, 0}}).finished();
  expect_finding(check_order({run.plan, run.history}), Verdict::pass, 4, 0, "", "info");
  run.operation({0, 0}).outcome = Outcome::ok;
  run.operation({0, 0}).complete_ns = run.operation({0, 1}).invoke_ns;
  expect_finding(check_order({run.plan, run.history}), Verdict::fail, 6, 2, "0-0 after 0-2", "ok");
}

TEST(Order, IsUnknownWhereNothingWasRead) {
  TestRun run = two_sent();
  run.read(0, {{0, 3}}).finished();
  expect_finding(check_order({run.plan, run.history}), Verdict::unknown, 0, 0, "no acknowledged message",
                 "phantom");
  TestRun unread = two_sent();
  unread.cut();
  expect_finding(check_order({unread.plan, unread.history}), Verdict::unknown, 0, 0, "no agent made",
                 "unread");
}

// Histories that no merge gives must not make a check crash or lie: numbers with gaps, from 4 billion, out of
// order, given twice, and operations of agents that the plan does not have.
TEST(SentIndex, FindsWhateverTheNumbers) {
  TestRun run(3, 4);
  for (const MessageId id : {MessageId{2, 5}, MessageId{2, 1}, MessageId{2, 4294967295}, MessageId{0, 3},
                             MessageId{0, 3}, MessageId{7, 0}, MessageId{1, 0}, MessageId{1, 1}}) {
    run.sent(id);
  }
  const SentIndex sent(run.plan, run.history);
  EXPECT_EQ(sent.size(), 6U);
  for (const MessageId id : {MessageId{0, 3}, MessageId{1, 0}, MessageId{1, 1}, MessageId{2, 1},
                             MessageId{2, 5}, MessageId{2, 4294967295}}) {
    ASSERT_NE(sent.find(id), not_there) << to_string(id);
    EXPECT_EQ(sent.id(sent.find(id)), id);
  }
  for (const MessageId id :
       {MessageId{0, 0}, MessageId{0, 4}, MessageId{1, 2}, MessageId{2, 0}, MessageId{2, 2}, MessageId{3, 0},
        MessageId{7, 0}, MessageId{no_process, no_process}}) {
    EXPECT_EQ(sent.find(id), not_there) << to_string(id);
  }
}

// What is not mixed is for all that the sender's messages can be for.
TEST(RecipientsOf, APlanAddressesAllMessagesOfASenderAlikeUnlessMixed) {
  TestRun run(5, 3);
  for (const auto neighbours : {std::optional<std::uint32_t>(), std::optional<std::uint32_t>(2)}) {
    run.plan.scenario.agents.neighbours = neighbours;
    RecipientsOf addressed(run.plan);
    for (std::uint32_t sender = 0; sender < 5; ++sender) {
      for (std::uint32_t number = 0; number < 3; ++number) {
        EXPECT_EQ(addressed.sender(sender), recipients(run.plan, {sender, number}));
      }
    }
  }
}

}  // namespace
}  // namespace holdfast
