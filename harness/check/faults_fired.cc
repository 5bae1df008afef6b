// Faults fired: each injector did what the scenario asks of it, at least min_fired times; one that kills at
// every file call of a save reached all of them.
//
// After Antithesis's "sometimes" assertions: a run in which the fault never came proves nothing about it. Too
// few is therefore unknown, not a failure of the subject. Indefinite outcomes do not matter here.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/name_changes.h"
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

// Some files of the store: those that renames and links put in place, else those that the scenario does not name.
std::string files_seen(const History& history) {
  constexpr std::size_t most = 3;
  std::map<std::string, std::uint64_t> times_put;
  for (const Call& call : history.calls) {
    if (puts_a_name(call) && is_done(call)) ++times_put[file_name_of(call.destination)];
  }
  if (times_put.empty()) {
    for (const Leftover& file : history.leftovers) times_put[file.name] = 1;
  }
  std::vector<std::pair<std::uint64_t, std::string>> names;
  names.reserve(times_put.size());
  for (const auto& [name, times] : times_put) names.emplace_back(times, name);
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& one, const auto& other) { return one.first > other.first; });
  std::string list;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    list += (i == 0 ? "" : ", ") + names[i].second;
  return list;
}

// Of one that opens files by name, where none of that name was ever there; else empty.
std::string never_there(const History& history, const Injector& injector, std::size_t index,
                        const InjectorRecord* record) {
  const bool backup =
      injector.kind == InjectorKind::backup;  // which plans a fault for each file that it finds
  if (record == nullptr || (injector.kind != InjectorKind::open_handle && !backup)) return {};
  if (record->fired != 0) return {};
  const bool looked = backup || record->planned != 0;
  const bool found = std::any_of(record->faults.begin(), record->faults.end(),
                                 [](const Fault& fault) { return !fault.path.empty(); });
  if (!looked || found) return {};
  const std::string seen = files_seen(history);
  return fmt::format("injector {} found no file {}{}: name the store's file in inject.{}.path", injector.name,
                     injector.path, seen.empty() ? "" : ", though the store had " + seen, index);
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
        never_there(history, injectors[i], i, found == history.injectors.end() ? nullptr : &*found);
    if (!finding.witness->empty()) continue;
    finding.witness =
        fmt::format("injector {} planned {} and fired {}, but min_fired is {}", injectors[i].name,
                    counted(planned, "fault"), with_commas(fired), with_commas(injectors[i].min_fired));
  }
  finding.verdict = finding.count == 0 ? Verdict::pass : Verdict::unknown;
  return finding;
}

}  // namespace holdfast
