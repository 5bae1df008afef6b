#include "reports/statistics/fisher.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace holdfast {
namespace {

struct PublishedTable {
  TwoByTwo table;
  double p, tolerance;
  const char* source;
};

const PublishedTable published_tables[] = {
    {{3, 1, 1, 3},
     0.4857,
     5e-5,
     "the lady tasting tea: Fisher 1935; Agresti, Categorical Data Analysis, 3.5.2"},
    {{10, 2, 3, 15}, 0.0005367, 5e-8, "twins' convictions: Fisher 1962; example of R's fisher.test"},
    {{1, 9, 11, 3}, 0.002759456, 5e-10, "exact rational arithmetic"},
    {{6, 2, 8, 0}, 0.4667, 5e-5, "the origin's 6 of 8 against 8 of 8"},
    {{8, 0, 5, 3}, 0.2, 1e-12, "exact rational arithmetic"},
    {{4, 0, 0, 4}, 2.0 / 70, 1e-12, "two of the 70 ways to split eight cups"},
    {{500, 499500, 560, 499440}, 0.0697613033143259, 1e-9, "exact rational arithmetic"},
    {{8, 0, 8, 0}, 1, 0, "no failure on either side: only one table has these margins"},
    {{0, 0, 5, 3}, 1, 0, "nothing on one side"},
    {{0, 0, 0, 0}, 1, 0, "nothing at all"},
};

TEST(Fisher, AgreesWithPublishedTables) {
  for (const auto& row : published_tables)
    EXPECT_NEAR(fisher_exact(row.table), row.p, row.tolerance) << row.source;
}

TEST(Fisher, FarTailsKeepTheirDigits) {
  // 200/200 against 61/200, exact rational arithmetic.
  EXPECT_NEAR(fisher_exact({200, 0, 61, 139}) / 4.851334982815312e-59, 1, 1e-9);
  EXPECT_EQ(fisher_exact({0, 1000, 1000, 0}), 0) << "4.9e-601, below what is told from 0";
}

TEST(Fisher, MillionsNeitherOverflowNorCostMuch) {
  EXPECT_NEAR(fisher_exact({5'000'000, 5'000'000, 5'000'000, 5'000'000}), 1, 1e-12);
  const double p = fisher_exact({999'000'000'000, 1'000'000'000, 999'000'100'000, 999'900'000});
  // The normal approximation is good here: z = 2.2372, p = 0.0253.
  EXPECT_NEAR(p, 0.0253, 5e-4);
}

RC_GTEST_PROP(Fisher, IsAProbabilityAndKnowsNoSides, ()) {
  const auto cell = [] { return *rc::gen::inRange<std::uint64_t>(0, 5000); };
  const TwoByTwo table{cell(), cell(), cell(), cell()};
  const double p = fisher_exact(table);
  RC_ASSERT(p >= 0 && p <= 1);
  const auto same = [p](const TwoByTwo& other) {
    return std::abs(fisher_exact(other) - p) <= 1e-9 * p + 1e-300;
  };
  RC_ASSERT(same({table.second_yes, table.second_no, table.first_yes, table.first_no}));
  RC_ASSERT(same({table.first_no, table.first_yes, table.second_no, table.second_yes}));
  RC_ASSERT(same({table.first_yes, table.second_yes, table.first_no, table.second_no}));
}

RC_GTEST_PROP(Fisher, AgreesWithTheDefinition, ()) {
  const auto cell = [] { return *rc::gen::inRange<std::uint64_t>(0, 40); };
  const TwoByTwo table{cell(), cell(), cell(), cell()};
  const auto log_choose = [](double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  };
  const auto first = static_cast<double>(table.first_yes + table.first_no);
  const auto second = static_cast<double>(table.second_yes + table.second_no);
  const auto yes = static_cast<double>(table.first_yes + table.second_yes);
  const auto likelihood = [&](double k) {
    return std::exp(log_choose(first, k) + log_choose(second, yes - k) - log_choose(first + second, yes));
  };
  const double observed = likelihood(static_cast<double>(table.first_yes));
  double p = 0;
  for (double k = std::max(0.0, yes - second); k <= std::min(first, yes); ++k) {
    if (likelihood(k) <= observed * (1 + 1e-7)) p += likelihood(k);
  }
  RC_ASSERT(std::abs(fisher_exact(table) - p) < 1e-9);
}

}  // namespace
}  // namespace holdfast
