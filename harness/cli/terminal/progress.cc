#include "harness/cli/terminal/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <string>

#include "harness/cli/terminal/terminal.h"

namespace holdfast {
namespace {

// A run does not fail because nobody can be told how far it is.
void say(const std::string& text) {
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace

std::string progress_text(const Progress& progress) {
  return fmt::format("{:.0f} s, {}: {} of {} broadcasts, {} failed, {} calls refused", progress.elapsed_s,
                     progress.phase, progress.done, progress.total, progress.failed, progress.refused);
}

std::string time_left_text(double seconds) {
  return seconds < 90 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), live_(is_live_terminal(STDERR_FILENO)) {}

void ProgressLine::show(const std::string& text, double elapsed_s) {
  constexpr double plain_every_s = 5.0;
  if (quiet_ || elapsed_s < next_s_) return;
  std::string line = "holdfast: " + text;
  if (live_) {
    const auto columns = static_cast<std::size_t>(columns_of(STDERR_FILENO));
    if (line.size() >= columns) line.resize(columns - 1);
    say("\r" + line + "\x1b[K");
  } else {
    next_s_ = elapsed_s + plain_every_s;
    say(line + "\n");
  }
  shown_ = true;
}

void ProgressLine::clear() {
  if (live_ && shown_) say("\r\x1b[K");
  shown_ = false;
}

}  // namespace holdfast
