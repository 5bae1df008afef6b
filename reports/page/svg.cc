#include "reports/page/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/format/number_format.h"

namespace holdfast {
namespace {

constexpr int most_retries_drawn = 16;
constexpr double waits_left = 70, waits_width = 600, row_height = 34;

// Times on a logarithmic scale.
struct TimeScale {
  double least_ms = 1, greatest_ms = 1000;
  [[nodiscard]] double x(double ms) const {
    const double at = std::clamp(ms, least_ms, greatest_ms);
    return waits_left + waits_width * std::log(at / least_ms) / std::log(greatest_ms / least_ms);
  }
};

TimeScale scale_of(const std::vector<RetryStep>& steps, const std::vector<WaitBar>& waits) {
  double least = 1e300;
  double greatest = 0;
  const auto reach = [&](double ms) {
    if (ms <= 0) return;
    least = std::min(least, ms);
    greatest = std::max(greatest, ms);
  };
  for (const auto& step : steps) {
    if (!step.planned || step.retry > most_retries_drawn) continue;
    reach(step.planned_least_ms);
    reach(step.planned_greatest_ms);
  }
  for (const auto& wait : waits) {
    reach(wait.least_ms);
    reach(wait.least_ms * 1.2);
  }
  if (greatest == 0) return {};
  return {std::exp2(std::floor(std::log2(least) - 0.5)), std::exp2(std::ceil(std::log2(greatest) + 0.5))};
}

std::string ticks(const TimeScale& scale, double height) {
  std::string svg;
  double last_x = -100;
  for (int power = -3; power < 9; ++power) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double ms = digit * std::pow(10.0, power);
      if (ms < scale.least_ms || ms > scale.greatest_ms) continue;
      const double x = scale.x(ms);
      if (x - last_x < 56) continue;
      last_x = x;
      svg += fmt::format(
          "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"4\" y2=\"{1:.0f}\"/><text x=\"{0:.1f}\" "
          "y=\"{2:.0f}\" "
          "text-anchor=\"middle\">{3}</text>",
          x, height, height + 16, format_ms(ms));
    }
  }
  return svg;
}

}  // namespace

std::string interval_svg(double share, const Interval& interval) {
  const auto x = [](double at) { return 6 + std::clamp(at, 0.0, 1.0) * 228; };
  return fmt::format(
      "<svg class=\"interval\" viewBox=\"0 0 240 34\" role=\"img\" aria-label=\"{} with its 95 % interval, "
      "{}\">"
      "<line class=\"axis\" x1=\"6\" x2=\"234\" y1=\"12\" y2=\"12\"/>"
      "<rect class=\"range\" x=\"{:.1f}\" y=\"7\" width=\"{:.1f}\" height=\"10\" rx=\"2\"/>"
      "<circle class=\"point\" cx=\"{:.1f}\" cy=\"12\" r=\"5\"/>"
      "<text x=\"6\" y=\"32\">0 %</text><text x=\"120\" y=\"32\" text-anchor=\"middle\">50 %</text>"
      "<text x=\"234\" y=\"32\" text-anchor=\"end\">100 %</text></svg>",
      format_percent(share), format_interval(interval), x(interval.lower),
      std::max(x(interval.upper) - x(interval.lower), 1.0), x(share));
}

std::string waits_svg(const std::vector<RetryStep>& steps, const std::vector<WaitBar>& waits) {
  const auto drawn = std::min<std::size_t>(steps.size(), most_retries_drawn);
  if (drawn == 0) return "";
  const TimeScale scale = scale_of(steps, waits);
  const double height = 8 + row_height * static_cast<double>(drawn);
  std::string svg = fmt::format(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Waits, planned and seen\" tabindex=\"0\"><svg "
      "class=\"waits\" "
      "viewBox=\"0 0 700 {:.0f}\" role=\"img\" aria-label=\"Waits before each retry, planned as boxes and "
      "seen as "
      "bars; the table below has the figures\">",
      height + 22);
  svg += ticks(scale, height);
  for (std::size_t at = 0; at < drawn; ++at) {
    const RetryStep& step = steps[at];
    const double bottom = 6 + row_height * static_cast<double>(at + 1);
    svg += fmt::format("<text x=\"4\" y=\"{:.1f}\">retry {}</text>", bottom - 12, step.retry);
    if (step.planned) {
      const double from = scale.x(std::max(step.planned_least_ms, scale.least_ms));
      const double to = scale.x(std::max(step.planned_greatest_ms, scale.least_ms));
      svg += fmt::format(
          "<rect class=\"planned\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\"/>",
          from - 1.5, bottom - row_height + 4, std::max(to - from, 0.0) + 3, row_height - 4);
    }
    std::uint64_t greatest = 0;
    for (const auto& wait : waits) {
      if (wait.retry == step.retry) greatest = std::max(greatest, wait.count);
    }
    for (const auto& wait : waits) {
      if (wait.retry != step.retry) continue;
      const double x = scale.x(wait.least_ms);
      const double width = std::max(scale.x(wait.least_ms * std::exp2(0.25)) - x - 1, 2.0);
      const double tall =
          std::max((row_height - 10) * static_cast<double>(wait.count) / static_cast<double>(greatest), 2.0);
      svg += fmt::format(
          "<rect class=\"seen\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{} of at "
          "least {}"
          "</title></rect>",
          x, bottom - tall, width, tall, format_counted(wait.count, "wait"), format_ms(wait.least_ms));
    }
    svg += fmt::format("<line class=\"axis\" x1=\"{:.0f}\" x2=\"{:.0f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>",
                       waits_left, waits_left + waits_width, bottom, bottom);
  }
  svg +=
      "</svg></div>\n<p class=\"legend\"><span class=\"swatch planned\"></span> as the policy planned "
      "<span class=\"swatch seen\"></span> as observed; each row has its own scale</p>\n";
  if (steps.size() > drawn) {
    svg += fmt::format("<p class=\"note\">The first {} of {} retries are drawn.</p>\n", drawn, steps.size());
  }
  return svg;
}

std::string bar_html(std::uint64_t part, std::uint64_t greatest) {
  if (part == 0 || greatest == 0) return "";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(greatest);
  return fmt::format("<span class=\"bar\" style=\"width:{:.1f}%\"></span>", std::max(share, 0.5));
}

}  // namespace holdfast
