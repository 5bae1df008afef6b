// Runs whose opens are decided: each comes before or after a replace, so nothing is in doubt however many there are.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class DecidedOpens : public RunTest {};

constexpr std::string_view scanners =
    "[[inject]]\nkind = \"antivirus\"\nhold = \"2ms\"\ntriggers = [\"close\", \"replace\"]\n"
    "[[inject]]\nkind = \"open-handle\"\npath = \"queue.json\"\nhold = \"5ms\"\nperiod = \"20ms\"\ncount = "
    "20\n";

void expect_exact(const Summary& result, const std::string& opens) {
  EXPECT_EQ(result.opens, opens);
  ASSERT_TRUE(result.exactness);
  EXPECT_GT(result.exactness->decided, 0U);
  EXPECT_EQ(result.exactness->missed, 0U);
}

// Its readers take no lock, and are there all the time.
TEST_F(DecidedOpens, ReadersWithoutALockAreJudged) {
  put_file(scratch() / "lock_free.toml",
           fmt::format("[subject]\nkind = \"command\"\ncommand = [\"python3\", \"{}\"]\n"
                       "files = [\"queue.json\", \"writer-*\"]\n"
                       "[agents]\ncount = 4\nbroadcasts = 25\nreaders = 3\nreader_pause = \"0ms\"\n{}"
                       "[run]\ndeadline = \"60s\"\n",
                       HOLDFAST_LOCK_FREE_SUBJECT, scanners));
  const auto end = holdfast({"run", "lock_free.toml", "--out", "run"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(result_of("run").ok, 100U);
  expect_exact(result_of("run"), "decided");
}

// Injectors' opens are decided where the others' need not be.
TEST_F(DecidedOpens, InjectorsNeverOpenInsideADecision) {
  const auto end = start_small(small_scenario("count = 4\nbroadcasts = 20", std::string(scanners))).wait();
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  expect_exact(result_of("run"), "untrapped");
  EXPECT_TRUE(holds(file_bytes(scratch() / "run" / "report.md"),
                    "checked against the rules for injectors, not trapped"))
      << end.out;
}

}  // namespace
}  // namespace holdfast
