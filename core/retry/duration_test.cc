#include "core/retry/duration.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace holdfast {
namespace {

TEST(Duration, reads_every_unit_exactly) {
  const std::vector<std::pair<std::string, std::int64_t>> cases{
      {"0s", 0},
      {"30us", 30'000},
      {"30µs", 30'000},
      {"100ms", 100'000'000},
      {"1.5s", 1'500'000'000},
      {"0.1s", 100'000'000},
      {"3.1s", 3'100'000'000},
      {"2m", 120'000'000'000},
      {"2min", 120'000'000'000},
      {"0.5h", 1'800'000'000'000},
      {"007ns", 7},
      {"1.000000001s", 1'000'000'001},
      {"1.5000000000000000000000s", 1'500'000'000},
      {"9223372036854775807ns", 9223372036854775807}};
  for (const auto& [text, ns] : cases) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(parsed->count(), ns) << text;
  }
}

TEST(Duration, refuses_what_is_none) {
  for (const std::string text : {"",
                                 "5",
                                 "0",
                                 "s",
                                 "ms",
                                 ".5s",
                                 "1.s",
                                 "-1s",
                                 "+1s",
                                 "1e3s",
                                 " 1s",
                                 "1s ",
                                 "1 s",
                                 "1S",
                                 "1sec",
                                 "1s1s",
                                 "0.5ns",
                                 "1.0000000001s",
                                 "9223372036854775808ns",
                                 "300y",
                                 "9223372036.854775808s",
                                 "99999999999h",
                                 "1.5.5s",
                                 "nan s",
                                 "\xff"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::invalid) << text;
  }
}

TEST(Duration, quotes_no_more_than_a_line_of_rubbish) {
  const auto parsed = parse_duration(std::string(1'000'000, 'x'));
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.error().message.size(), 300U);
}

TEST(Duration, is_written_as_a_person_would) {
  const std::vector<std::pair<std::int64_t, std::string>> cases{
      {0, "0s"},
      {1, "1ns"},
      {1'500, "1.5us"},
      {100'000'000, "100ms"},
      {1'234'567, "1.234567ms"},
      {3'100'000'000, "3.1s"},
      {90'000'000'000, "90s"},
      {120'000'000'000, "2m"},
      {3'600'000'000'000, "1h"},
      {-1'500'000'000, "-1.5s"},
      {std::numeric_limits<std::int64_t>::max(), "9223372036.854775807s"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036.854775808s"}};
  for (const auto& [ns, text] : cases) EXPECT_EQ(format_duration(Duration(ns)), text);
}

RC_GTEST_PROP(DurationProperty, comes_back_from_its_text, ()) {
  // All magnitudes alike, not only great ones.
  const auto bits = *rc::gen::arbitrary<std::uint64_t>();
  const auto shift = *rc::gen::inRange(1, 64);
  const Duration duration(static_cast<std::int64_t>(bits >> static_cast<unsigned>(shift)));
  const auto parsed = parse_duration(format_duration(duration));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == duration);
}

RC_GTEST_PROP(DurationProperty, never_crashes_on_text, (const std::string& text)) {
  const auto parsed = parse_duration(text);
  RC_ASSERT((parsed.has_value() ||
             parsed.error().code == Code::invalid));  // in parentheses, or both sides are evaluated
}

}  // namespace
}  // namespace holdfast
