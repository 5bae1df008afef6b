#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"

namespace holdfast {

int carry_out(const CheckCommand& command) {
  const auto summary = judge(command.directory);
  if (!summary) return complain(summary.error());
  show(*summary, command.directory, command.json);
  return exit_code(*summary);
}

}  // namespace holdfast
