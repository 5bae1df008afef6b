#include "reports/compare/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/testing/example_summaries.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Summary run_with(std::uint64_t agents_ok, std::uint64_t ok) {
  Summary summary = example_pass();
  summary.agents_succeeded = agents_ok;
  summary.ok = ok;
  summary.failed = summary.attempted - ok;
  return summary;
}

TEST(Compare, TheOriginsClaim) {
  Summary before = run_with(5, 61);
  before.verdict = RunVerdict::fail;
  const Comparison comparison = compare(before, run_with(8, 200));
  EXPECT_NEAR(comparison.fisher_p_agents, 0.2, 1e-12);
  EXPECT_LT(comparison.fisher_p_broadcasts, 1e-58);
  EXPECT_THAT(comparison.conclusion, HasSubstr("fail before, pass after"));
  EXPECT_THAT(
      comparison.conclusion,
      HasSubstr("5 of 8 agents succeeded before, 8 of 8 after; p = 0.20: no clear evidence of a difference"));
  EXPECT_THAT(
      comparison.conclusion,
      HasSubstr(
          "61 of 200 broadcasts were acknowledged before, 200 of 200 after; p < 1e-58: strong evidence"));
  EXPECT_THAT(comparison.conclusion, HasSubstr("share its faults"));
  EXPECT_THAT(comparison.cautions,
              testing::ElementsAre(testing::HasSubstr("cover acknowledged broadcasts only")));
}

TEST(Compare, SameRunShowsNoDifference) {
  const Comparison comparison = compare(example_pass(), example_pass());
  EXPECT_EQ(comparison.fisher_p_agents, 1);
  EXPECT_EQ(comparison.fisher_p_broadcasts, 1);
  EXPECT_THAT(comparison.conclusion, HasSubstr("no evidence of a difference"));
  EXPECT_THAT(comparison.conclusion, Not(HasSubstr("strong")));
}

TEST(Compare, DamageIsSaid) {
  EXPECT_THAT(compare(example_fail(), example_pass()).conclusion, HasSubstr("312 lost → 0; "));
  EXPECT_THAT(compare(example_pass(), example_fail()).conclusion, HasSubstr("0 lost → 312; "));
}

TEST(Compare, CautionsWhereTheRunsDiffer) {
  Summary after = example_pass();
  after.agents_total = 16;
  after.agents_succeeded = 16;
  after.seed = 8;
  after.rules = "posix";
  after.injectors.pop_back();
  const auto cautions = compare(example_pass(), after).cautions;
  EXPECT_EQ(cautions.size(), 4U);
  EXPECT_THAT(cautions.front(), HasSubstr("8 before, 16 after"));
  EXPECT_THAT(compare(example_inconclusive(), example_pass()).cautions,
              testing::Contains(HasSubstr("The run before is inconclusive: the run was interrupted")));
}

TEST(Compare, NothingAttemptedIsNoComparison) {
  EXPECT_THAT(compare(Summary{}, example_pass()).conclusion, HasSubstr("cannot be compared"));
}

}  // namespace
}  // namespace holdfast
