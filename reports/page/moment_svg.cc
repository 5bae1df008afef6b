#include "reports/page/moment_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "reports/format/html_text.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr std::size_t most_lanes_drawn = 5;
constexpr int line_height = 19, bar_height = 18, mark_radius = 9;
constexpr double side = 12;

// Times of one picture, in the unit that suits its span.
struct MomentScale {
  double from_us = 0, until_us = 1, width = 0;
  [[nodiscard]] double x(double us) const {
    return side + (std::clamp(us, from_us, until_us) - from_us) / (until_us - from_us) * (width - 2 * side);
  }
  [[nodiscard]] std::string text(double us) const {
    const double span = until_us - from_us;
    if (span >= 2e6) return fmt::format("{:.2f} s", us / 1e6);
    if (span >= 2e4) return fmt::format("{:.0f} ms", us / 1e3);
    if (span >= 2e3) return fmt::format("{:.1f} ms", us / 1e3);
    return fmt::format("{:.2f} ms", us / 1e3);
  }
};

MomentScale scale_of_moment(const std::vector<MomentLane>& lanes, double width) {
  double from = 1e18, until = -1e18;
  for (const MomentLane& lane : lanes) {
    if (lane.holds) continue;
    from = std::min(from, static_cast<double>(lane.from_us));
    until = std::max(until, static_cast<double>(lane.until_us.value_or(lane.from_us)));
    for (const MomentMark& mark : lane.marks) until = std::max(until, static_cast<double>(mark.at_us));
  }
  for (const MomentLane& lane : lanes) {
    if (from > until) from = static_cast<double>(lane.from_us);
    until = std::max(until, from + 10);
  }
  // Nothing is drawn before the start unless something happened there.
  const double around = (until - from) * 0.04;
  return {from >= 0 ? std::max(0.0, from - around) : from - around, until + around, width};
}

std::vector<std::string> lines_of(const std::string& text, double width) {
  constexpr double letter = 7.2;
  std::vector<std::string> lines;
  std::istringstream all(wrapped(text, static_cast<std::size_t>(width / letter), "", ""));
  for (std::string line; std::getline(all, line);) lines.push_back(std::move(line));
  return lines;
}

std::string svg_text(double x, double y, const std::string& kind, const std::string& text) {
  return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", kind, x, y, html_text(text));
}

std::string axis(const MomentScale& scale, double height) {
  const double span = scale.until_us - scale.from_us;
  const double room = std::max(2.0, std::floor(scale.width / 110));
  const double power = std::pow(10.0, std::floor(std::log10(span / room)));
  double step = power * 10;
  for (const double digit : {5.0, 2.0, 1.0}) {
    if (span / (digit * power) <= room) step = digit * power;
  }
  std::string svg;
  for (double at = std::ceil(scale.from_us / step) * step; at <= scale.until_us; at += step) {
    const double x = scale.x(at);
    svg += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"20\" y2=\"{1:.0f}\"/>", x,
                       height);
    if (x > 30 && x < scale.width - 30)
      svg += fmt::format("<text x=\"{:.1f}\" y=\"13\" text-anchor=\"middle\">{}</text>", x,
                         scale.text(std::abs(at) < step / 1000 ? 0 : at));
  }
  return svg;
}

// The bar with numbered marks, and the marks' words below.
std::string lane_svg(const MomentLane& lane, const MomentScale& scale, double& y) {
  std::string svg;
  y += line_height;
  svg += svg_text(side, y - 4, "who", cut_to(one_line(lane.who), static_cast<std::size_t>(scale.width / 8)));
  const double from = scale.x(static_cast<double>(lane.from_us));
  const double until = scale.x(lane.until_us ? static_cast<double>(*lane.until_us) : scale.until_us);
  svg += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"3\"/>",
                     lane.holds ? "hold" : "op", from, y, std::max(until - from, 2.0), bar_height);
  const double middle = y + bar_height / 2.0;
  double free = 0;
  std::string words;
  for (std::size_t at = 0; at < lane.marks.size(); ++at) {
    const MomentMark& mark = lane.marks[at];
    const double exact = scale.x(static_cast<double>(mark.at_us));
    const double x = std::min(std::max(exact, free), scale.width - side);
    free = x + 2 * mark_radius + 1;
    svg += fmt::format(
        "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/><text class=\"number\" x=\"{:.1f}\" "
        "y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
        mark.bad ? "mark bad" : "mark", x, middle, mark_radius, x, middle + 4, at + 1);
    words += fmt::format("{}{} {} at {}", words.empty() ? "" : ";  ", at + 1, one_line(mark.text),
                         scale.text(static_cast<double>(mark.at_us)));
  }
  y += bar_height;
  std::vector<std::string> lines;
  if (!words.empty()) lines = lines_of(words, scale.width - 2 * side);
  for (const std::string& line : lines) svg += svg_text(side, y += line_height - 3, "did", line);
  std::string below = lane.below;
  if (!lane.end.empty())
    below = fmt::format("{}{}{}", lane.end,
                        lane.until_us ? " at " + scale.text(static_cast<double>(*lane.until_us)) : "",
                        below.empty() ? "" : ": " + below);
  if (!below.empty()) {
    for (const std::string& line : lines_of(one_line(below), scale.width - 2 * side))
      svg += svg_text(side, y += line_height - 2, "below", line);
  }
  y += 8;
  return svg;
}

std::string moment_picture(const std::vector<MomentLane>& lanes, double width, const char* kind,
                           const std::string& label) {
  const MomentScale scale = scale_of_moment(lanes, width);
  double y = 22;
  std::string body;
  for (const MomentLane& lane : lanes) body += lane_svg(lane, scale, y);
  return fmt::format(
      "<svg class=\"moment {}\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">{}{}</svg>\n",
      kind, width, y, label, axis(scale, y - 6), body);
}

}  // namespace

std::string moment_figure(const std::vector<MomentLane>& all) {
  if (all.empty()) return "";
  const std::vector<MomentLane> lanes(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), most_lanes_drawn)));
  std::string label = "What happened, in time:";
  std::string links;
  for (const MomentLane& lane : lanes) {
    label += fmt::format(" {}{};", lane.who, lane.below.empty() ? "" : ", " + lane.below);
    if (!lane.operation.empty())
      links += fmt::format("{}<a class=\"witness\" href=\"#lanes\" data-operation=\"{}\">{}</a>",
                           links.empty() ? "See it in the timeline: " : ", ", html_text(lane.operation),
                           html_text(lane.operation));
  }
  constexpr double wide = 860, narrow = 352;
  const std::string said = html_text(label);
  return fmt::format(
      "<figure class=\"the-moment\"><figcaption>The moment, in time after the "
      "start</figcaption>\n{}{}{}</figure>\n",
      moment_picture(lanes, wide, "wide", said), moment_picture(lanes, narrow, "narrow", said),
      links.empty() ? "" : "<p class=\"note\">" + links + "</p>\n");
}

}  // namespace holdfast
