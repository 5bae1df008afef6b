#include "harness/conduct/run_progress.h"

#include <algorithm>

#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

// Injectors by name, other holders by kind.
std::string name_of(const Plan& plan, const HolderRefusals& holder) {
  const auto& injectors = plan.scenario.injectors;
  if (holder.kind == HolderKind::self) return "the caller itself";
  if (holder.kind == HolderKind::injector && holder.index < injectors.size())
    return injectors[holder.index].name;
  return holder.kind == HolderKind::agent ? "other agents" : "others";
}

std::vector<RefusedBy> by_name(const Plan& plan, const std::vector<HolderRefusals>& refusals) {
  std::vector<RefusedBy> by;
  for (const HolderRefusals& holder : refusals) {
    std::string name = name_of(plan, holder);
    const auto same =
        std::find_if(by.begin(), by.end(), [&](const RefusedBy& known) { return known.name == name; });
    if (same == by.end()) {
      by.push_back({std::move(name), holder.refusals});
    } else {
      same->refusals += holder.refusals;
    }
  }
  std::sort(by.begin(), by.end(), [](const auto& a, const auto& b) { return a.refusals > b.refusals; });
  return by;
}

}  // namespace

Progress progress_of(const Plan& plan, const std::vector<CrewMember>& crew,
                     const std::vector<HolderRefusals>& refusals) {
  Progress progress;
  for (const CrewMember& member : crew) {
    progress.done += member.ok + member.failed;
    progress.failed += member.failed;
    progress.retries += member.retries;
    if (sends(plan, member)) progress.agents.push_back({member.ok, member.failed});
  }
  progress.total = std::uint64_t{plan.scenario.agents.count} * plan.scenario.agents.broadcasts;
  progress.refused_by = by_name(plan, refusals);
  return progress;
}

}  // namespace holdfast
