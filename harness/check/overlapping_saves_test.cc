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
  EXPECT_THAT(
      witness_of(run),
      EndsWith(
          "; 0-0's rename of a.tmp onto queue.json was done at 0.010000000 s; 1-0's rename, asked for at "
          "0.009999999 s, before that was done, and done at 0.014000000 s, put there what had been "
          "written without it: the two saves were inside at once"));
  TestRun after = run;
  after.history.calls.back().received_ns = run.at(10);
  EXPECT_THAT(witness_of(after), Not(HasSubstr("at once"))) << "asked for when that was done";
}

// A lock of the one inside, or so it seems; the temporary file of another save is none.
TEST(OverlappingSaves, ARemovalInTheMiddleOfASave) {
  TestRun run(3, 2);
  put(put(run, 0, 10, temp_a), 2, 12, "/run/store/c.tmp");
  run.call(1, 13, Function::unlink, "/run/store/c.tmp")
      .call(1, 14, Function::unlink, "/run/store/queue.json.lock");
  put(run, 1, 15, temp_b);
  run.history.calls[1].received_ns = run.at(9);
  run.history.calls[1].answered_ns = run.at(18);
  run.broadcast(a, 1, 11).broadcast({2, 0}, 3, 19).broadcast(b, 2, 16).quiet().all_read({{2, 0}}).finished();
  EXPECT_THAT(witness_of(run), HasSubstr("the two saves were inside at once; in the middle "
                                         "of 2-0's, agent 1 removed queue.json.lock at 0.014 s"));
}

TEST(OverlappingSaves, SavesOfWhichNoTwoOverlapTookTurns) {
  TestRun run(3, 4);
  for (std::uint32_t number = 0; number < 4; ++number) {
    put(put(run, 0, 10 + 10 * number, temp_a), 1, 14 + 10 * number, temp_b);
    run.broadcast({0, number}, 9 + 10 * number, 11 + 10 * number)
        .broadcast({1, number}, 8 + 10 * number, 15 + 10 * number);
  }
  run.quiet().all_read({{0, 0}, {1, 0}, {0, 1}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}).finished();
  EXPECT_THAT(witness_of(run),
              EndsWith("replaced queue.json at 0.034 s with one that lacks it; no two of the 8 renames "
                       "onto it overlapped, so saves took turns: this one had read before its turn, "
                       "or not at all"));
}

}  // namespace
}  // namespace holdfast
