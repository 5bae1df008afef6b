#include <fmt/core.h>

#include "harness/cli/explain.h"
#include "harness/cli/judge.h"
#include "harness/cli/live_view.h"
#include "harness/cli/series.h"
#include "harness/cli/single_run.h"
#include "harness/conduct/held_signals.h"
#include "harness/conduct/limits.h"

namespace holdfast {
namespace {

int run_once(const RunCommand& command, const Variant& variant) {
  const auto executable = own_executable();
  if (!executable) return complain(executable.error());
  auto directory = claim_directory(command, variant.scenario.name, DirectoryKind::run);
  if (!directory) return complain(directory.error());
  LiveView view(command.quiet, fmt::format("{}, seed {}", variant.scenario.name, command.seed));
  const auto outcome = perform(
      {command, variant, command.seed, *executable, [&](const Progress& progress) { view.show(progress); }},
      *directory);
  view.clear();
  if (!outcome) return complain(outcome.error());
  if (!command.quiet || command.json) show(outcome->summary, shown_path(command, *directory), command.json);
  return explained(exit_code(outcome->summary), outcome->summary.reasons);
}

}  // namespace

int carry_out(const RunCommand& command) {
  const auto variants = variants_of(command);
  if (!variants) return complain(variants.error());
  for (const Variant& variant : *variants) {
    const Scenario& scenario = variant.scenario;
    const bool starts_a_program = scenario.subject.kind == SubjectKind::command;
    const auto short_of = shortages(limits_here(), scenario.agents.everyone(), scenario.injectors.size() + 1,
                                    starts_a_program ? processes_of_a_command : 1);
    if (!short_of.empty()) return complain({Code::unsupported, "cannot run here: " + short_of.front()});
  }
  // From the first trace on disk to the last, Ctrl-C ends the run and not this program: what is there is
  // judged. It is forgotten then, for the exit code says it.
  const HeldSignals held;
  const bool series = variants->size() > 1 || command.trials || command.until_fail || command.until_sure;
  const int code = series ? run_series(command, *variants, held) : run_once(command, variants->front());
  held.forget();
  return code;
}

}  // namespace holdfast
