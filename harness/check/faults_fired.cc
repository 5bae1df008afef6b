// Faults fired: each injector did what the scenario asks of it, at least min_fired times.
//
// After Antithesis's "sometimes" assertions: a run in which the fault never came proves nothing about it. Too
// few is therefore unknown, not a failure of the subject. Indefinite outcomes do not matter here.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/prose.h"

namespace holdfast {

Finding check_faults_fired(const Evidence& evidence) {
  const Plan& plan = evidence.plan;
  const History& history = evidence.history;
  Finding finding;
  const auto& injectors = plan.scenario.injectors;
  if (injectors.empty()) {
    finding.verdict = Verdict::not_applicable;
    return finding;
  }
  for (std::size_t i = 0; i < injectors.size(); ++i) {
    const auto found = std::find_if(history.injectors.begin(), history.injectors.end(),
                                    [&](const InjectorRecord& record) { return record.index == i; });
    const std::uint64_t planned = found == history.injectors.end() ? 0 : found->planned;
    const std::uint64_t fired = found == history.injectors.end() ? 0 : found->fired;
    finding.checked += planned;
    if (fired >= injectors[i].min_fired || finding.count++ != 0) continue;
    finding.witness =
        fmt::format("injector {} planned {} and fired {}, but {} are asked for", injectors[i].name,
                    counted(planned, "fault"), with_commas(fired), with_commas(injectors[i].min_fired));
  }
  finding.verdict = finding.count == 0 ? Verdict::pass : Verdict::unknown;
  return finding;
}

}  // namespace holdfast
