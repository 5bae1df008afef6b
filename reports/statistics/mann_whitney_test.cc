#include "reports/statistics/mann_whitney.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace holdfast {
namespace {

using Values = std::vector<double>;

struct PublishedTest {
  const char* source;
  Values first, second;
  double u, p, tolerance;
  bool exact;
};

const PublishedTest published_tests[] = {
    {"permeability of the chorioamnion: Hollander and Wolfe 1973, p. 69; example of R's wilcox.test, W = 35, "
     "one-sided p = 0.1272",
     {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46},
     {1.15, 0.88, 0.90, 0.74, 1.21},
     35,
     2 * 0.1272,
     1e-4,
     true},
    {"ozone in May and August (airquality): example of R's wilcox.test, W = 127.5, p = 0.0001208",
     {41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37},
     {39, 9,  16, 78, 35, 66, 122, 89,  110, 44, 28,  65, 22,
      59, 23, 31, 44, 21, 9,  45,  168, 73,  76, 118, 84, 85},
     127.5,
     0.0001208,
     5e-8,
     false},
    {"R's wilcox.test on values with ties, endmemo.com/r/wilcoxon.php: W = 51.5, p = 0.5966",
     {1, 5, 9, 24, 56, 21, 3, 7, 21, 4},
     {12, 15, 5, 9, 9, 14, 56, 22, 3, 7, 32, 5},
     51.5,
     0.5966,
     5e-5,
     false},
    {"R's wilcox.test, the same page: W = 0, p = 0.001364",
     {1, 5, 9, 24, 56, 21, 3, 7, 21, 4},
     {1233, 4356, 987, 39999, 1111, 200000},
     0,
     0.001364,
     5e-7,
     false},
};

TEST(MannWhitney, AgreesWithPublishedTests) {
  for (const auto& row : published_tests) {
    const MannWhitney test = mann_whitney(row.first, row.second);
    EXPECT_EQ(test.u, row.u) << row.source;
    EXPECT_NEAR(test.p, row.p, row.tolerance) << row.source;
    EXPECT_EQ(test.exact, row.exact) << row.source;
  }
  // R's estimate of the shift, wilcox.test(..., conf.int = TRUE).
  const auto& amnion = published_tests[0];
  EXPECT_NEAR(mann_whitney(amnion.first, amnion.second).shift.value(), 0.305, 1e-12);
}

// m and n values without ties, of which `u` pairs have the first greater.
MannWhitney test_with_u(std::size_t m, std::size_t n, std::size_t u) {
  Values first, second;
  for (std::size_t at = 1; at <= n; ++at) second.push_back(static_cast<double>(at));
  for (std::size_t at = 0; at < m; ++at) {
    const std::size_t beaten = std::min(u, n);
    u -= beaten;
    first.push_back(static_cast<double>(beaten) + static_cast<double>(at + 1) / static_cast<double>(m + 1));
  }
  return mann_whitney(first, second);
}

// The greatest U that is significant at 5 %, two-sided, as textbooks print it (after Mann and Whitney 1947,
// and Auble 1953; Siegel, Nonparametric Statistics, 1956, table K).
TEST(MannWhitney, AgreesWithThePublishedCriticalValues) {
  struct Row {
    std::size_t m, n, critical;
  };
  const Row rows[] = {
      {3, 5, 0},    {3, 10, 3},   {4, 4, 0},    {4, 8, 4},     {5, 5, 2},    {5, 8, 6},    {5, 10, 8},
      {5, 20, 20},  {6, 6, 5},    {6, 9, 10},   {7, 7, 8},     {7, 10, 14},  {7, 20, 34},  {8, 8, 13},
      {8, 10, 17},  {9, 9, 17},   {9, 20, 48},  {10, 10, 23},  {10, 20, 55}, {12, 12, 37}, {13, 19, 72},
      {15, 15, 64}, {16, 18, 86}, {18, 18, 99}, {20, 20, 127},
  };
  for (const auto& row : rows) {
    const MannWhitney at = test_with_u(row.m, row.n, row.critical);
    EXPECT_EQ(at.u, static_cast<double>(row.critical));
    EXPECT_TRUE(at.exact);
    EXPECT_LE(at.p, 0.05) << row.m << ", " << row.n;
    EXPECT_GT(test_with_u(row.m, row.n, row.critical + 1).p, 0.05) << row.m << ", " << row.n;
  }
}

// Every way to deal 1 ... m + n to the two sides is equally likely: counted one by one.
TEST(MannWhitney, ExactPAgreesWithEveryArrangementCounted) {
  for (const std::size_t m : {1U, 2U, 4U, 5U, 6U}) {
    for (const std::size_t n : {1U, 3U, 4U, 6U}) {
      std::vector<std::size_t> by_u(m * n + 1);
      std::size_t arrangements = 0;
      std::vector<bool> of_first(m + n, false);
      std::fill(of_first.end() - static_cast<std::ptrdiff_t>(m), of_first.end(), true);
      do {
        std::size_t u = 0, seconds = 0;
        for (const bool first : of_first) (first ? u : seconds) += first ? seconds : 1;
        ++by_u[u];
        ++arrangements;
      } while (std::next_permutation(of_first.begin(), of_first.end()));
      for (std::size_t u = 0; u <= m * n; ++u) {
        std::size_t as_far = 0;
        for (std::size_t each = 0; each <= m * n; ++each) {
          if (std::min(each, m * n - each) <= std::min(u, m * n - u)) as_far += by_u[each];
        }
        const double p = static_cast<double>(as_far) / static_cast<double>(arrangements);
        ASSERT_NEAR(test_with_u(m, n, u).p, p, 1e-12) << m << ", " << n << ": " << u;
      }
    }
  }
}

TEST(MannWhitney, LargeSidesAreExactUpTo49) {
  // 900 of 49 times 49: summed in whole numbers by a program of its own.
  EXPECT_NEAR(test_with_u(49, 49, 900).p, 0.03261772705174852, 1e-12);
  const MannWhitney approximate = test_with_u(50, 49, 900);
  EXPECT_FALSE(approximate.exact);
  EXPECT_NEAR(approximate.p, 0.0231, 5e-5) << "z = (|900 - 1225| - 0.5) / sqrt(50 * 49 * 100 / 12) = 2.271";
}

TEST(MannWhitney, WhatTellsNothing) {
  const Values none, one{1}, same{3, 3, 3};
  EXPECT_EQ(mann_whitney(none, one).p, 1);
  EXPECT_EQ(mann_whitney(none, one).superiority, 0.5);
  EXPECT_FALSE(mann_whitney(none, one).shift.has_value());
  EXPECT_EQ(mann_whitney(one, none).p, 1);
  EXPECT_EQ(mann_whitney(same, same).p, 1);
  EXPECT_EQ(mann_whitney(same, same).cliffs_delta, 0);
  EXPECT_EQ(mann_whitney(same, same).shift, 0);
  const Values many(2000, 1.0);
  EXPECT_FALSE(mann_whitney(many, many).shift.has_value()) << "4 million differences";
}

TEST(MannWhitney, EffectSizes) {
  const Values low{1, 2, 3, 4}, high{5, 6, 7, 8}, mixed{2, 4, 6, 8};
  EXPECT_EQ(mann_whitney(high, low).superiority, 1);
  EXPECT_EQ(mann_whitney(high, low).cliffs_delta, 1);
  EXPECT_EQ(mann_whitney(low, high).cliffs_delta, -1);
  EXPECT_EQ(mann_whitney(high, low).shift, 4);
  EXPECT_NEAR(mann_whitney(high, low).p, 2.0 / 70, 1e-12) << "two of the 70 ways to deal eight values";
  // 1 2 3 4 against 2 4 6 8: of 16 pairs two are greater, two tie.
  EXPECT_EQ(mann_whitney(low, mixed).u, 3);
  EXPECT_EQ(mann_whitney(low, mixed).superiority, 0.1875);
  EXPECT_EQ(mann_whitney(low, mixed).cliffs_delta, -0.625);
}

Values some_values() {
  const auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-30, 30)));
  return {whole.begin(), whole.end()};
}

RC_GTEST_PROP(MannWhitney, KnowsNoSidesAndOnlyRanks, ()) {
  const Values first = some_values(), second = some_values();
  const MannWhitney test = mann_whitney(first, second);
  double u = 0;
  for (const double a : first) {
    for (const double b : second) u += a > b ? 1 : a == b ? 0.5 : 0;
  }
  RC_ASSERT(test.u == u);
  RC_ASSERT(test.p >= 0 && test.p <= 1);
  const MannWhitney turned = mann_whitney(second, first);
  RC_ASSERT(std::abs(turned.p - test.p) <= 1e-12);
  RC_ASSERT(turned.u + test.u == static_cast<double>(first.size() * second.size()));
  RC_ASSERT(std::abs(turned.cliffs_delta + test.cliffs_delta) <= 1e-12);
  RC_ASSERT(turned.shift.value() == -test.shift.value());
  Values stretched_first = first, stretched_second = second;
  for (Values* side : {&stretched_first, &stretched_second}) {
    for (double& value : *side) value = value * value * value + 7;
  }
  RC_ASSERT(mann_whitney(stretched_first, stretched_second).p == test.p);
  Values moved = first;
  for (double& value : moved) value += 5;
  RC_ASSERT(mann_whitney(moved, second).shift.value() == test.shift.value() + 5);
}

}  // namespace
}  // namespace holdfast
