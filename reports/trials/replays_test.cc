#include "reports/trials/replays.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/testing/example_summaries.h"

namespace holdfast {
namespace {

Summary missing_an_expectation() {
  Summary summary = example_pass();
  summary.verdict = RunVerdict::fail;
  summary.expectations = {{{"wait.max", Relation::at_most, 10}, 312, false}};
  return summary;
}

TEST(Failure, IsTheGravestCheckOrTheMissedExpectation) {
  EXPECT_EQ(failure_of(example_fail()), (Failure{true, "lost"}));
  EXPECT_EQ(failure_of(missing_an_expectation()), (Failure{false, "wait.max at_most"}));
  EXPECT_FALSE(failure_of(example_pass()));
  EXPECT_FALSE(failure_of(example_inconclusive()));
  Summary waived = example_fail();
  for (Finding& finding : waived.checks) finding.waived = "known";
  EXPECT_FALSE(fails_by(waived, {true, "lost"}));
}

TEST(Failure, IsFoundAgainBesideOthers) {
  EXPECT_TRUE(fails_by(example_fail(), {true, "delivered"}));
  EXPECT_FALSE(fails_by(example_fail(), {true, "torn-read"}));
  EXPECT_FALSE(fails_by(example_pass(), {true, "lost"}));
  EXPECT_TRUE(fails_by(missing_an_expectation(), {false, "wait.max at_most"}));
  EXPECT_FALSE(fails_by(missing_an_expectation(), {false, "wait.max at_least"}));
  Summary doubtful = missing_an_expectation();
  doubtful.verdict = RunVerdict::inconclusive;
  EXPECT_FALSE(fails_by(doubtful, {false, "wait.max at_most"}));
}

TEST(Replays, StateARateAndItsInterval) {
  Replays replays{{true, "lost"}};
  EXPECT_EQ(sentence(replays), "nothing was run again");
  EXPECT_EQ(exit_code(replays), 2);
  for (int i = 0; i < 7; ++i) replays.add(example_fail());
  replays.add(example_pass());
  replays.add(example_inconclusive());
  replays.add(missing_an_expectation());
  EXPECT_EQ(sentence(replays),
            "the check lost failed in 7 of 10 runs (70 %; 95 % interval 34.8 % to 93.3 %); 1 "
            "passed; 1 failed by the expectation wait.max at_most; 1 was inconclusive");
  EXPECT_EQ(exit_code(replays), 1);
  const auto json = nlohmann::json::parse(to_json(replays));
  EXPECT_EQ(json.at("schema"), "holdfast.replay/1");
  EXPECT_EQ(json.at("failure").at("name"), "lost");
  EXPECT_EQ(json.at("same"), 7);
  EXPECT_EQ(json.at("rate"), 0.7);
  EXPECT_NEAR(json.at("ci95")[0].get<double>(), 0.3475, 0.0001);
}

TEST(Replays, ExitByWhatCameAgain) {
  Replays passed{{true, "lost"}, 0, 0, 0, 3};
  EXPECT_EQ(exit_code(passed), 0);
  Replays other{{true, "lost"}, 0, 1, 0, 3};
  EXPECT_EQ(exit_code(other), 2);
  Replays missed{{false, "wait.max at_most"}, 1, 0, 0, 3};
  EXPECT_EQ(exit_code(missed), 3);
}

}  // namespace
}  // namespace holdfast
