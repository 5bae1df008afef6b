// Faults fired: each injector did what the scenario asks of it, at least min_fired times; one that kills at
// every file call of a save reached all of them.
//
// After Antithesis's "sometimes" assertions: a run in which the fault never came proves nothing about it. Too
// few is therefore unknown, not a failure of the subject. Indefinite outcomes do not matter here.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// What is missing of a walk over every file call of a save, in words; empty: nothing.
std::string missing_of_walk(const Plan& plan, const Injector& injector, std::uint32_t victim,
                            const InjectorRecord* record) {
  const KillWalk none{victim, 0, 0, false, {}};
  const KillWalk* walk = &none;
  for (std::size_t i = 0; record != nullptr && i < record->walks.size(); ++i) {
    if (record->walks[i].victim == victim) walk = &record->walks[i];
  }
  if (walk->complete) return {};
  if (walk->points == 0)
    return fmt::format("injector {} saw no complete save by agent {}: none was acknowledged", injector.name,
                       victim);
  // Each of those left takes a broadcast, the answer one, and a whole save and the last broadcast one each.
  const std::uint64_t more = walk->points - std::min(walk->visited, walk->points) + 3;
  return fmt::format(
      "injector {} killed agent {} before {} of {} of a save, then its broadcasts ran out: raise "
      "agents.broadcasts by {}, to {}",
      injector.name, victim, with_commas(walk->visited), counted(walk->points, "file call"),
      with_commas(more), with_commas(plan.scenario.agents.broadcasts + more));
}

}  // namespace

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
    const bool walks = injectors[i].kind == InjectorKind::kill && injectors[i].kill_at == KillAt::every_call;
    for (const std::uint32_t victim : walks ? injectors[i].victims : std::vector<std::uint32_t>{}) {
      const auto missing =
          missing_of_walk(plan, injectors[i], victim, found == history.injectors.end() ? nullptr : &*found);
      if (!missing.empty() && finding.count++ == 0) finding.witness = missing;
    }
    if (fired >= injectors[i].min_fired || finding.count++ != 0) continue;
    finding.witness =
        fmt::format("injector {} planned {} and fired {}, but min_fired is {}", injectors[i].name,
                    counted(planned, "fault"), with_commas(fired), with_commas(injectors[i].min_fired));
  }
  finding.verdict = finding.count == 0 ? Verdict::pass : Verdict::unknown;
  return finding;
}

}  // namespace holdfast
