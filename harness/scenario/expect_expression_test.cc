#include "harness/scenario/expect_expression.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/scenario/figures.h"

namespace holdfast {
namespace {

TEST(ExpectExpression, ReadsFigureRelationAndValue) {
  struct Case {
    const char* text;
    const char* figure;
    Relation relation;
    double value;
  };
  const Case cases[] = {
      {"success_rate.lower >= 0.99", "success_rate.lower", Relation::at_least, 0.99},
      {"success_rate.lower>=99%", "success_rate.lower", Relation::at_least, 0.99},
      {"success_rate >= 99.5 %", "success_rate", Relation::at_least, 0.995},
      {"lost == 0", "lost", Relation::equals, 0},
      {"  wait.max\t<= 3.1s ", "wait.max", Relation::at_most, 3100},
      {"wait.max <= 250", "wait.max", Relation::at_most, 250},
      {"latency.p50<=750us", "latency.p50", Relation::at_most, 0.75},
      {"retries.p99 <= 4", "retries.p99", Relation::at_most, 4},
  };
  for (const Case& each : cases) {
    const auto read = parse_expectation(each.text);
    ASSERT_TRUE(read) << each.text << ": " << read.error().message;
    EXPECT_EQ(read->figure, each.figure);
    EXPECT_EQ(read->relation, each.relation) << each.text;
    EXPECT_DOUBLE_EQ(read->value, each.value) << each.text;
  }
}

std::string to_expression(const Expectation& expectation) {
  const char* const sign = expectation.relation == Relation::at_least  ? ">="
                           : expectation.relation == Relation::at_most ? "<="
                                                                       : "==";
  return fmt::format("{} {} {}", expectation.figure, sign, expectation.value);
}

TEST(ExpectExpression, EveryFigureAndRelationComesBack) {
  for (const Figure& figure : figures()) {
    for (const Relation relation : {Relation::at_least, Relation::at_most, Relation::equals}) {
      for (const double value : {0.0, 0.25, 1.0, 1.0 / 3}) {
        const Expectation wanted{std::string(figure.name), relation, value};
        const auto read = parse_expectation(to_expression(wanted));
        ASSERT_TRUE(read) << to_expression(wanted) << ": " << read.error().message;
        EXPECT_EQ(*read, wanted);
      }
    }
  }
}

TEST(ExpectExpression, SaysInOneSentenceWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "a comparison is missing"},
      {"lost", "a comparison is missing"},
      {"== 0", "the figure is missing"},
      {"lots == 0", "the nearest is \"lost\""},
      {"wait.mx <= 1s", "the nearest is \"wait.max\""},
      {"lost = 0", "compare with >=, <= or =="},
      {"lost < 1", "compare with >=, <= or =="},
      {"lost != 0", "compare with >=, <= or =="},
      {"lost ==", "is not a threshold for lost: write a number"},
      {"lost == none", "is not a threshold for lost: write a number"},
      {"lost == -1", "is not a threshold for lost: write a number"},
      {"lost == 1e3", "is not a threshold for lost: write a number"},
      {"lost == nan", "is not a threshold for lost: write a number"},
      {"lost == 0 0", "is not a threshold for lost: write a number"},
      {"lost == 10%", "is not a threshold for lost: write a number"},
      {"success_rate >= 99", "a share from 0 to 1"},
      {"success_rate >= 101%", "a share from 0 to 1"},
      {"wait.max <= 3.1 parsecs", "milliseconds, or a duration such as 3.1s"},
      {"lost === 0", "is not a threshold for lost"},
      {"lost == 99999999999999999999999", "is not a threshold for lost"},
  };
  for (const auto& [text, part] : cases) {
    const auto read = parse_expectation(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_NE(read.error().message.find(part), std::string::npos) << read.error().message;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace holdfast
