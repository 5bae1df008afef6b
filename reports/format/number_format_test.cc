#include "reports/format/number_format.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace holdfast {
namespace {

TEST(NumberFormat, Counts) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(2995), "2,995");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(UINT64_MAX), "18,446,744,073,709,551,615");
  EXPECT_EQ(format_counted(1, "broadcast"), "1 broadcast");
  EXPECT_EQ(format_counted(0, "retry", "retries"), "0 retries");
}

TEST(NumberFormat, PercentNeverClaimsAllOrNothing) {
  EXPECT_EQ(format_percent(1), "100 %");
  EXPECT_EQ(format_percent(0), "0 %");
  EXPECT_EQ(format_percent(0.305), "30.5 %");
  EXPECT_EQ(format_percent(0.95), "95 %");
  EXPECT_EQ(format_percent(0.9999), "99.99 %");
  EXPECT_EQ(format_percent(0.99996), "99.996 %");
  EXPECT_EQ(format_percent(0.0004), "0.04 %");
  EXPECT_EQ(format_percent(1 - 1e-12), "> 99.999999999 %");
  EXPECT_EQ(format_percent(1e-13), "< 0.000000001 %");
  EXPECT_EQ(format_interval({0.6306, 1}), "63.1 % to 100 %");
}

TEST(NumberFormat, Milliseconds) {
  EXPECT_EQ(format_ms(0), "0 ms");
  EXPECT_EQ(format_ms(0.001), "< 0.01 ms");
  EXPECT_EQ(format_ms(0.412), "0.41 ms");
  EXPECT_EQ(format_ms(9.999), "10.0 ms");
  EXPECT_EQ(format_ms(99.96), "100 ms");
  EXPECT_EQ(format_ms(312.4), "312 ms");
  EXPECT_EQ(format_ms(999.7), "1.00 s");
  EXPECT_EQ(format_ms(1510), "1.51 s");
  EXPECT_EQ(format_ms(250000), "250 s");
}

TEST(NumberFormat, PValues) {
  EXPECT_EQ(format_p(1), "= 1.00");
  EXPECT_EQ(format_p(0.4667), "= 0.47");
  EXPECT_EQ(format_p(0.2), "= 0.20");
  EXPECT_EQ(format_p(0.0123), "= 0.012");
  EXPECT_EQ(format_p(0.0005), "< 0.001");
  EXPECT_EQ(format_p(4.85e-59), "< 1e-58");
  EXPECT_EQ(format_p(0), "< 1e-280");
}

TEST(NumberFormat, FiguresAndRatios) {
  EXPECT_EQ(format_figure(8), "8");
  EXPECT_EQ(format_figure(0.98), "0.98");
  EXPECT_EQ(format_figure(0.999999999), "0.999999999") << "no rounding across a threshold";
  EXPECT_EQ(format_ratio(0, 5), "–");
  EXPECT_EQ(format_ratio(10, 21), "2.1 x");
  EXPECT_EQ(format_ratio(10, 4.8), "0.48 x");
  EXPECT_EQ(format_ratio(1, 1234), "1234 x");
  EXPECT_EQ(format_ratio(1000, 1), "< 0.01 x");
}

TEST(NumberFormat, BarsShowWhatIsNotNothing) {
  EXPECT_EQ(text_bar(0, 10, 4), "");
  EXPECT_EQ(text_bar(1, 1000, 4), "▏");
  EXPECT_EQ(text_bar(10, 10, 4), "████");
  EXPECT_EQ(text_bar(5, 10, 4), "██");
  EXPECT_EQ(text_bar(20, 10, 2), "██");
}

RC_GTEST_PROP(NumberFormat, PercentIsAllOnlyOfAll, ()) {
  const auto whole = *rc::gen::inRange<std::uint64_t>(1, 1ULL << 40);
  const auto part = *rc::gen::inRange<std::uint64_t>(0, whole + 1);
  const std::string text = format_percent(static_cast<double>(part) / static_cast<double>(whole));
  RC_ASSERT((text == "100 %") == (part == whole));
  RC_ASSERT((text == "0 %") == (part == 0));
}

RC_GTEST_PROP(NumberFormat, PBoundsAreTrue, ()) {
  const double p = std::pow(10.0, -*rc::gen::inRange(0, 2700) / 10.0);
  const std::string text = format_p(p);
  if (text[0] == '<') RC_ASSERT(p < std::strtod(text.c_str() + 2, nullptr) * (1 + 1e-9));
}

}  // namespace
}  // namespace holdfast
