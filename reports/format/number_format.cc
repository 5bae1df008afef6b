#include "reports/format/number_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace holdfast {

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string format_percent(double share) {
  const double percent = share * 100;
  if (share <= 0) return "0 %";
  if (share >= 1) return "100 %";
  // From one digit on, as many as it takes to differ from 0 and from 100; beyond that, say so.
  for (int digits = 1; digits <= 9; ++digits) {
    const std::string text = fmt::format("{:.{}f}", percent, digits);
    const double shown = std::strtod(text.c_str(), nullptr);
    if (shown <= 0 || shown >= 100) continue;
    const bool whole = digits == 1 && text.back() == '0';
    return fmt::format("{} %", whole ? text.substr(0, text.size() - 2) : text);
  }
  return share < 0.5 ? "< 0.000000001 %" : "> 99.999999999 %";
}

std::string format_interval(const Interval& interval) {
  return format_percent(interval.lower) + " to " + format_percent(interval.upper);
}

std::string format_ms(double ms) {
  if (ms == 0) return "0 ms";
  if (ms < 0.01) return "< 0.01 ms";
  if (ms < 9.995) return fmt::format("{:.2f} ms", ms);
  if (ms < 99.95) return fmt::format("{:.1f} ms", ms);
  if (ms < 999.5) return fmt::format("{:.0f} ms", ms);
  if (ms < 99'995) return fmt::format("{:.2f} s", ms / 1000);
  return fmt::format("{:.0f} s", ms / 1000);
}

std::string format_p(double p) {
  if (p >= 0.0995) return fmt::format("= {:.2f}", std::min(p, 1.0));
  if (p >= 0.001) return fmt::format("= {:.3f}", p);
  if (p >= 1e-6) return "< 0.001";
  if (p < 1e-280) return "< 1e-280";
  return fmt::format("< 1e-{:.0f}", std::floor(-std::log10(p)));
}

std::string format_figure(double value) {
  return fmt::format("{}", value);
}

std::string format_ratio(double before, double after) {
  if (before <= 0) return "–";
  const double ratio = after / before;
  if (ratio > 0 && ratio < 0.005) return "< 0.01 x";
  return fmt::format("{:.{}f} x", ratio, ratio < 1 ? 2 : ratio < 10 ? 1 : 0);
}

std::string text_bar(std::uint64_t part, std::uint64_t greatest, std::size_t columns) {
  if (part == 0 || greatest == 0 || columns == 0) return "";
  const double share = std::min(1.0, static_cast<double>(part) / static_cast<double>(greatest));
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(columns));
  if (filled == 0) return "▏";
  std::string bar;
  for (std::size_t at = 0; at < filled; ++at) bar += "█";
  return bar;
}

std::string format_counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return format_count(count) + " " + (count == 1 ? one : many.empty() ? one + "s" : many);
}

}  // namespace holdfast
