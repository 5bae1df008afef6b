// Numbers as people read them. Rounding never turns "almost all" into "all", nor "hardly any" into "none".
#pragma once

#include <cstdint>
#include <string>

#include "reports/statistics/proportion.h"

namespace holdfast {

std::string format_count(std::uint64_t count);          // 2,995
std::string format_percent(double share);               // 30.5 %, 99.995 %, 100 %
std::string format_interval(const Interval& interval);  // 63.1 % to 100 %
std::string format_ms(double ms);                       // 0.42 ms, 312 ms, 1.51 s
std::string format_p(double p);                         // "= 0.47", "< 0.001", "< 1e-58"
std::string format_figure(double value);                // as short as possible: 8, 0.98, 812.5
std::string format_ratio(double before, double after);  // "2.1 x", "0.48 x", "–" when there is none

// A bar of at most `columns` for `part` of `greatest`; anything above zero is visible.
std::string text_bar(std::uint64_t part, std::uint64_t greatest, std::size_t columns);

// "1 broadcast", "2,995 broadcasts"; `many` for plurals without s.
std::string format_counted(std::uint64_t count, const std::string& one, const std::string& many = "");

}  // namespace holdfast
