// What is said of two saves that were inside at once, and of those that were not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/testing_witness.h"

namespace holdfast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// What a rename moves was written before it was asked for.
TEST(OverlappingSaves, TwoSavesThatWereInsideAtOnce) {
  TestRun run(3, 1);
  put(put(run, 0, 10, temp_a), 1, 14, temp_b);
  run.history.calls.back().received_ns = run.at(10) - 1;
  run.broadcast(a, 1, 11).broadcast(b, 2, 15).quiet().all_read({b}).finished();
  EXPECT_THAT(witness_of(run), EndsWith("; 0-0's rename of a.tmp onto queue.json was done at 0.010000000 s; "
                                        "1-0's rename was asked for at 0.009999999 s, "
                                        "before 0-0's was done; when it was done, at 0.014000000 s, it put "
                                        "there a file written without 0-0: the two "
                                        "saves were inside at once"));
  TestRun after = run;
  after.history.calls.back().received_ns = run.at(10);
  EXPECT_THAT(witness_of(after), Not(HasSubstr("at once"))) << "asked for when that was done";
}

// A lock of the one inside, or so it seems; the temporary file of another save is none.
TEST(OverlappingSaves, ARemovalInTheMiddleOfASave) {
  TestRun run(3, 2);
  put(run, 2, 12, "/run/store/c.tmp");
  run.call(1, 13, Function::unlink, "/run/store/c.tmp")
      .call(1, 14, Function::unlink, "/run/store/queue.json.lock");
  put(run, 0, 15, temp_a);
  run.history.calls[0].received_ns = run.at(9);
  run.history.calls[0].answered_ns = run.at(18);
  run.broadcast(a, 1, 16).broadcast({2, 0}, 3, 19).broadcast(b, 2, 16, Outcome::fail).quiet();
  run.all_read({{2, 0}}).finished();
  EXPECT_THAT(witness_of(run),
              HasSubstr("the two saves were inside at once; in the middle of 2-0's rename agent 1 "
                        "removed queue.json.lock at 0.014 s"));
  run.history.calls[2].received_ns = run.history.calls[2].answered_ns = run.at(16);
  EXPECT_THAT(witness_of(run), Not(HasSubstr("removed"))) << "the other had renamed before";
}

TEST(OverlappingSaves, SavesOfWhichNoTwoOverlapTookTurns) {
  TestRun run(3, 4);
  for (std::uint32_t number = 0; number < 4; ++number) {
    put(put(run, 0, 10 + 10 * number, temp_a), 1, 14 + 10 * number, temp_b);
    run.broadcast({0, number}, 9 + 10 * number, 11 + 10 * number)
        .broadcast({1, number}, 8 + 10 * number, 15 + 10 * number);
  }
  run.quiet().all_read({{0, 0}, {1, 0}, {0, 1}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}).finished();
  const std::string replaced = "replaced queue.json at 0.034 s with one that lacks it";
  EXPECT_THAT(witness_of(run), EndsWith(replaced)) << "renames are short";
  run.injector("delay", 1, 1);
  run.plan.scenario.injectors[0].kind = InjectorKind::delay;
  run.plan.scenario.injectors[0].call = "rename";
  const Call& first = run.history.calls.front();
  run.history.injectors[0].faults.push_back({.fired_ns = first.received_ns, .path = first.destination});
  EXPECT_THAT(witness_of(run),
              EndsWith(replaced +
                       "; no two of the 8 renames onto it overlapped, though the run held some up, so saves "
                       "took turns: this one had read before its turn, or not at all"));
}

}  // namespace
}  // namespace holdfast
