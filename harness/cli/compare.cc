#include <fmt/core.h>
#include <unistd.h>

#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"
#include "harness/cli/terminal.h"
#include "harness/conduct/run_directory.h"
#include "reports/compare.h"
#include "reports/render.h"

namespace holdfast {

int carry_out(const CompareCommand& command) {
  auto before = load_summary(command.before);
  if (!before) return complain(before.error());
  auto after = load_summary(command.after);
  if (!after) return complain(after.error());
  const Comparison comparison = compare(std::move(*before), std::move(*after));
  if (!command.markdown.empty()) {
    auto written = write_result_file(command.markdown, render_comparison_markdown(comparison));
    if (!written) return complain(written.error());
  }
  if (!command.html.empty()) {
    auto written = write_result_file(command.html, render_comparison_html(comparison));
    if (!written) return complain(written.error());
  }
  fmt::print("{}", command.json ? to_json(comparison)
                                : render_comparison_terminal(comparison, colour_wanted(STDOUT_FILENO),
                                                             columns_of(STDOUT_FILENO)));
  return 0;
}

}  // namespace holdfast
