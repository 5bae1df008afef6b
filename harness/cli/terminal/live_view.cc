#include "harness/cli/terminal/live_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "harness/cli/terminal/terminal.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr std::size_t widest_bar = 40;
constexpr std::size_t most_bars = 16;

std::string repeated(const char* block, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += block;
  return text;
}

struct Bar {
  std::string label;
  std::uint64_t ok = 0, failed = 0, total = 0;
};

std::string bar_line(const Bar& bar, std::size_t label_columns, std::size_t bar_columns) {
  const auto share = [&](std::uint64_t part) {
    return bar.total == 0 ? 0 : static_cast<std::size_t>(part * bar_columns / bar.total);
  };
  const std::size_t done = share(std::min(bar.ok + bar.failed, bar.total));
  // One that failed is seen, however many went well.
  const std::size_t failed =
      std::min(done, bar.failed == 0 ? 0 : std::max<std::size_t>(1, share(bar.failed)));
  return fmt::format("  {:<{}}  {}{}{}  {}{}", bar.label, label_columns, repeated("█", done - failed),
                     repeated("▒", failed), repeated("░", bar_columns - done), bar.ok + bar.failed,
                     bar.failed == 0 ? "" : fmt::format(", {} failed", bar.failed));
}

// Agents side by side where each has a bar, else so many to a bar that `most` suffice.
std::vector<Bar> bars_of(const Progress& progress, std::size_t most) {
  std::vector<Bar> bars;
  const std::size_t agents = progress.agents.size();
  if (agents == 0 || most == 0) return bars;
  const std::size_t each = (agents + most - 1) / most;
  for (std::size_t first = 0; first < agents; first += each) {
    const std::size_t end = std::min(first + each, agents);
    Bar bar;
    bar.label =
        end - first == 1 ? fmt::format("agent {}", first) : fmt::format("agents {}-{}", first, end - 1);
    bar.total = progress.total / agents * (end - first);
    for (std::size_t agent = first; agent < end; ++agent) {
      bar.ok += progress.agents[agent].ok;
      bar.failed += progress.agents[agent].failed;
    }
    bars.push_back(std::move(bar));
  }
  return bars;
}

std::string time_left(const Progress& progress) {
  if (progress.done == 0 || progress.done >= progress.total) return "";
  const double left_s = progress.elapsed_s * static_cast<double>(progress.total - progress.done) /
                        static_cast<double>(progress.done);
  return fmt::format(", about {} left", time_left_text(left_s));
}

std::string refusals_line(const Progress& progress) {
  std::string line = fmt::format("  {} calls refused", progress.refused);
  for (std::size_t at = 0; at < progress.refused_by.size(); ++at) {
    line += fmt::format("{}{} {}", at == 0 ? ": " : ", ", one_line(progress.refused_by[at].name),
                        progress.refused_by[at].refusals);
  }
  return line + fmt::format("; {} retries", progress.retries);
}

}  // namespace

std::vector<std::string> live_lines(const Progress& progress, const std::string& title, std::size_t columns,
                                    std::size_t most_lines) {
  std::vector<std::string> lines{fmt::format("{}: {:.0f} s, {}{}", one_line(title), progress.elapsed_s,
                                             progress.phase, time_left(progress))};
  std::vector<Bar> bars = bars_of(progress, std::min(most_bars, most_lines - 3));
  bars.push_back({"all", progress.done - progress.failed, progress.failed, progress.total});
  std::size_t label_columns = 0;
  for (const Bar& bar : bars) label_columns = std::max(label_columns, bar.label.size());
  const std::size_t beside = label_columns + 4 + 24;  // the label, and the figures
  const std::size_t bar_columns = columns > beside + 4 ? std::min(widest_bar, columns - beside) : 4;
  for (const Bar& bar : bars) lines.push_back(bar_line(bar, label_columns, bar_columns));
  lines.push_back(refusals_line(progress));
  for (std::string& line : lines) line = cut_to(line, columns);
  return lines;
}

LiveView::LiveView(bool quiet, std::string title)
    : line_(quiet), title_(std::move(title)), live_(!quiet && is_live_terminal(STDERR_FILENO)) {}

void LiveView::show(const Progress& progress) {
  constexpr int fewest_columns = 40, fewest_rows = 6;
  const int columns = columns_of(STDERR_FILENO), rows = rows_of(STDERR_FILENO);
  if (!live_ || columns < fewest_columns || rows < fewest_rows) {
    line_.show(progress_text(progress), progress.elapsed_s);
    return;
  }
  constexpr double first_after_s = 1;
  if (progress.elapsed_s < first_after_s) return;
  const auto lines =
      live_lines(progress, title_, static_cast<std::size_t>(columns) - 1, static_cast<std::size_t>(rows) - 1);
  // In one write, each line over its predecessor: nothing flickers.
  std::string screen = painted_ == 0 ? "" : fmt::format("\x1b[{}A", painted_);
  for (const std::string& line : lines) screen += "\r" + line + "\x1b[K\n";
  screen += "\x1b[J";
  painted_ = lines.size();
  static_cast<void>(!::write(STDERR_FILENO, screen.data(), screen.size()));
}

void LiveView::clear() {
  line_.clear();
  if (painted_ == 0) return;
  const std::string gone = fmt::format("\x1b[{}A\r\x1b[J", painted_);
  painted_ = 0;
  static_cast<void>(!::write(STDERR_FILENO, gone.data(), gone.size()));
}

}  // namespace holdfast
