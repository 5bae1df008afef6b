// SIGINT at any moment: the run ends in good order, or, before it began and after it was over, dies of it as
// any program does; in either case nothing stays, and what is on record is judged the same later.
//
// HOLDFAST_SIGINT_ROUNDS=50 by hand for a longer look.
#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "core/base/random.h"
#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using Interrupt = RunTest;

int rounds() {
  const char* wanted = std::getenv("HOLDFAST_SIGINT_ROUNDS");  // NOLINT(concurrency-mt-unsafe)
  return wanted != nullptr ? std::atoi(wanted) : 5;
}

TEST_F(Interrupt, AtARandomMomentNothingStays) {
  Random random(static_cast<std::uint64_t>(::getpid()));
  const std::string scenario =
      small_scenario("count = 4\nbroadcasts = 20000",
                     "[[inject]]\nkind = \"antivirus\"\nchance = 0.5\n"
                     "hold = { median = \"10ms\", p99 = \"40ms\", max = \"80ms\" }\n");
  for (int round = 0; round < rounds(); ++round) {
    const std::string name = "run-" + std::to_string(round);
    const bool whole_group = round % 2 == 1;
    // Every third one in the first moments, when there is least order to keep.
    const std::chrono::microseconds delay(
        static_cast<std::int64_t>(random.uniform() * (round % 3 == 0 ? 60'000 : 1'000'000)));
    SCOPED_TRACE(testing::Message() << "after " << delay.count() << " us, to "
                                    << (whole_group ? "the group" : "it"));
    auto run = start_small(scenario, name);
    std::this_thread::sleep_for(delay);  // any moment will do
    whole_group ? run.send_to_group(SIGINT) : run.send(SIGINT);
    const auto end = run.wait();
    expect_nothing_left();
    const auto directory = scratch() / name;
    if (end.signal != 0) {  // before there was a run
      EXPECT_EQ(end.signal, SIGINT);
      EXPECT_FALSE(std::filesystem::exists(directory)) << end.err;
      continue;
    }
    EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
    const std::string bytes = file_bytes(directory / "result.json");
    EXPECT_TRUE(holds(bytes, "interrupted")) << bytes;
    EXPECT_EQ(holdfast({"check", name}).exit_code, end.exit_code);
    EXPECT_EQ(file_bytes(directory / "result.json"), bytes);
    std::filesystem::remove_all(directory);
  }
}

// It is there before the program is: nothing is started any more, and that is on record.
TEST_F(Interrupt, BeforeTheFirstMoment) {
  ProcessOptions options;
  options.prepare = [] {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    return ::sigprocmask(SIG_BLOCK, &interrupt, nullptr) == 0 && ::raise(SIGINT) == 0;
  };
  const auto end = start_small(small_scenario("count = 4\nbroadcasts = 20000"), "run", options).wait();
  EXPECT_EQ(end.exit_code, 2) << end.signal << end.out << end.err;
  EXPECT_EQ(result_of("run").attempted, 0U);
}

TEST_F(Interrupt, TwiceOrByTerm) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string name = "run-" + std::to_string(signal);
    auto run = start_small(small_scenario("count = 4\nbroadcasts = 20000"), name);
    ASSERT_TRUE(eventually([&] { return released(name); }));
    run.send(signal);
    run.send(signal);
    const auto end = run.wait();
    EXPECT_EQ(end.exit_code, 2) << end.signal << end.out << end.err;
    EXPECT_TRUE(result_of(name).attempted > 0);
    expect_nothing_left();
  }
}

}  // namespace
}  // namespace holdfast
