// What witnesses of order, divergent-order, duplicate, orphan-temp and leaks say of how it came.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string witness_by(const TestRun& run, Finding (*check)(const Evidence&)) {
  return check({run.plan, run.history}).witness.value_or("");
}

TestRun sent_run(std::uint32_t messages) {
  TestRun run(1, messages);
  for (std::uint32_t n = 0; n < messages; ++n) run.sent({0, n});
  return run;
}

TEST(OrderWitness, AWholeReadFromTheLastToTheFirst) {
  TestRun run = sent_run(3);
  run.quiet().read(0, {{0, 2}, {0, 1}, {0, 0}}).finished();
  EXPECT_THAT(witness_by(run, check_order),
              EndsWith("; the whole read has every sender's messages from the last sent to the first"));
  TestRun one = sent_run(3);
  one.quiet().read(0, {{0, 1}, {0, 0}, {0, 2}}).finished();
  EXPECT_THAT(witness_by(one, check_order), Not(HasSubstr("whole read"))) << "only one pair";
  TestRun two = sent_run(2);
  two.quiet().read(0, {{0, 1}, {0, 0}}).finished();
  EXPECT_THAT(witness_by(two, check_order), Not(HasSubstr("whole read"))) << "two are no pattern";
}

TEST(OrderWitness, AWholeReadInTheOrderOfTheIdsAsText) {
  TestRun run = sent_run(11);
  std::vector<MessageId> as_text = {{0, 0}, {0, 1}, {0, 10}};
  for (std::uint32_t n = 2; n < 10; ++n) as_text.push_back({0, n});
  run.quiet().read(0, as_text).finished();
  EXPECT_THAT(witness_by(run, check_order), EndsWith("; the whole read is sorted by ids as text"));
  TestRun other = sent_run(11);
  std::swap(as_text[3], as_text[4]);
  other.quiet().read(0, as_text).finished();
  EXPECT_THAT(witness_by(other, check_order), Not(HasSubstr("whole read")));
}

TEST(DivergentOrderWitness, ThatNothingReplacedTheFileBetweenTheReads) {
  TestRun run(2, 1);
  run.broadcast(a, 0, 5).broadcast(b, 6, 10).call(1, 9, Function::rename, "/s/a.tmp", "/s/queue.json");
  run.quiet().read(0, {a, b}).read(1, {b, a}).finished();
  EXPECT_THAT(witness_by(run, check_divergent_order),
              EndsWith("; nothing replaced queue.json from the first of these reads to the last"));
  run.call(1, 14, Function::rename, "/s/a.tmp", "/s/queue.json");
  EXPECT_THAT(witness_by(run, check_divergent_order), EndsWith("the other way round")) << "it was replaced";
  run.history.calls.clear();
  EXPECT_THAT(witness_by(run, check_divergent_order), EndsWith("the other way round"))
      << "it may be written in place";
}

TEST(DuplicateWitness, WhoHasNoneOfIt) {
  TestRun run(3, 1);
  run.sent(a).quiet().read(0, {}).read(1, {a, a}).read(2, {}).finished();
  EXPECT_THAT(witness_by(run, check_duplicate),
              EndsWith("; it was also for agents 0 and 2, whose final reads lack it"));
  TestRun all(3, 1);
  all.sent(a).quiet().read(0, {a}).read(1, {a, a}).read(2, {a}).finished();
  EXPECT_THAT(witness_by(all, check_duplicate), EndsWith("at places 1 and 2 of 2"));
}

TEST(OrphanTempWitness, NobodyIsBlamedForAFileThatItRenamedAway) {
  TestRun run(2, 2);
  run.plan.scenario.subject.kind = SubjectKind::core;
  run.broadcast(b, 1, 6).call(1, 5, Function::rename, "/s/queue.json.tmp", "/s/queue.json");
  run.broadcast({0, 0}, 7, 0, Outcome::info).quiet().finished();
  Leftover file;
  file.name = "queue.json.tmp";
  file.born_ns = file.changed_ns = run.at(8);
  run.history.leftovers = {file};
  run.history.kills = {{0, 0, 100, run.at(8), "write", "/s/queue.json.tmp"}};
  EXPECT_THAT(
      witness_by(run, check_orphan_temp),
      EndsWith(
          "queue.json.tmp: agent 0 was killed at 0.008 s right before writing it, and nobody removed it"));
  run.history.kills.clear();
  EXPECT_THAT(witness_by(run, check_orphan_temp), Not(HasSubstr("agent 1")));
}

TEST(OrphanTempWitness, WhoHadItOpen) {
  TestRun run(2, 1);
  run.sent(a).quiet().finished();
  Leftover file;
  file.name = "copy.bak";
  file.use = LeftoverUse::alone;
  file.user = 1;
  run.history.leftovers = {file};
  EXPECT_THAT(witness_by(run, check_orphan_temp),
              HasSubstr("; agent 1 alone had it open between operations"));
  run.history.leftovers[0].use = LeftoverUse::none;
  EXPECT_THAT(witness_by(run, check_orphan_temp), Not(HasSubstr("agent 1")));
}

}  // namespace
}  // namespace holdfast
