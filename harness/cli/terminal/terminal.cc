#include "harness/cli/terminal/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "reports/format/text.h"

namespace holdfast {
namespace {

bool dumb() {
  const char* term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
  return term == nullptr || std::string_view(term) == "dumb";
}

}  // namespace

bool is_live_terminal(int descriptor) {
  return ::isatty(descriptor) == 1 && !dumb();
}

bool colour_wanted(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe); see no-color.org
  return is_live_terminal(descriptor) && (no_color == nullptr || *no_color == '\0');
}

int rows_of(int descriptor) {
  constexpr int usual = 24;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return usual;
  return size.ws_row;
}

int columns_of(int descriptor) {
  constexpr int usual = 80;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

void say_error(std::string_view sentence) {
  std::fflush(stdout);
  fmt::print(stderr, "holdfast: {}\n", one_line(std::string(sentence)));
}

void show_page(std::string_view page, const std::filesystem::path& report) {
  fmt::print("{}\nreport: {}\n", page, one_line(report.string()));
}

}  // namespace holdfast
