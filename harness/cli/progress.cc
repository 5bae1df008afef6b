#include "harness/cli/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "harness/cli/terminal.h"

namespace holdfast {

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), live_(is_live_terminal(STDERR_FILENO)) {}

void ProgressLine::show(const Progress& progress) {
  constexpr double plain_every_s = 5.0;
  if (quiet_ || progress.elapsed_s < next_s_) return;
  std::string line = fmt::format("holdfast: {:.0f} s, {}: {} of {} broadcasts, {} failed, {} calls refused",
                                 progress.elapsed_s, progress.phase, progress.done, progress.total, progress.failed,
                                 progress.refused);
  if (live_) {
    const auto columns = static_cast<std::size_t>(columns_of(STDERR_FILENO));
    if (line.size() >= columns) line.resize(columns - 1);
    fmt::print(stderr, "\r{}\x1b[K", line);
  } else {
    next_s_ = progress.elapsed_s + plain_every_s;
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::clear() {
  if (live_ && shown_) fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace holdfast
