#include "reports/gate/gate.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/measured_runs.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/explain.h"
#include "harness/cli/terminal/terminal.h"

namespace holdfast {

struct GateCommand {
  std::string directory;  // of a run or a series
  std::string baseline;   // a file
  std::optional<std::string> variant;
  bool json = false;
};

static int carry_out(const GateCommand& command) {
  auto baseline = load_baseline(command.baseline);
  if (!baseline) return complain(baseline.error());
  const auto runs = measured_runs({command.directory}, command.variant);
  if (!runs) return complain(runs.error());
  if (auto same = check_same_kind(*baseline, runs->as_baseline, command.baseline); !same)
    return complain(same.error());
  // Comparing runs with themselves proves nothing.
  std::erase_if(baseline->runs, [&](const RunFigures& before) {
    return std::any_of(runs->as_baseline.runs.begin(), runs->as_baseline.runs.end(),
                       [&](const RunFigures& now) { return now.run == before.run; });
  });
  if (baseline->runs.empty()) {
    return complain(
        {Code::invalid,
         fmt::format("{} contains only these runs: there is nothing to compare with", command.baseline)});
  }
  const GateResult result = gate(*baseline, runs->as_baseline);
  fmt::print("{}", command.json ? to_json(result, *baseline)
                                : render_gate(result, *baseline, columns_of(STDOUT_FILENO)));
  if (runs->left_out > 0 && !command.json) fmt::print("  {} inconclusive and left out\n", runs->left_out);
  return explained(result.exit_code, result.reasons);
}

static void add_options(CLI::App& app, GateCommand& command) {
  app.add_option("directory", command.directory, "A series of trials, or one run")->required();
  app.add_option("--baseline", command.baseline, "The baseline file; see 'holdfast baseline update'")
      ->required();
  app.add_option("--variant", command.variant, "Which variant to use, if the series has several");
  app.add_flag("--json", command.json, "Print JSON instead of the table");
}

extern const Subcommand gate_subcommand{"gate", "Report whether these runs are worse than a baseline",
                                        add_command<GateCommand>,
                                        "  holdfast gate runs/now --baseline no-fault.json    after "
                                        "'holdfast run no-fault --trials 20 --out runs/now'\n"
                                        "  holdfast gate runs/now --baseline no-fault.json --json"};

}  // namespace holdfast
