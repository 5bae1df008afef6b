#include "harness/scenario/shrink.h"

#include <algorithm>

namespace holdfast {
namespace {

// The least number from 1 to `now` that does it, by halving; `with` makes a scenario of a number, or none.
template <typename With, typename Still>
std::uint32_t least(std::uint32_t now, With with, Still still) {
  std::uint32_t low = 1, high = now;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::optional<Scenario> smaller = with(middle);
    if (smaller && still(*smaller)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace

std::optional<Scenario> with_agents(Scenario scenario, std::uint32_t count) {
  scenario.agents.count = count;
  auto& neighbours = scenario.agents.neighbours;
  if (neighbours && *neighbours >= count) neighbours.reset();  // all of the ring
  for (const Injector& injector : scenario.injectors) {
    const auto is_gone = [&](std::uint32_t victim) { return victim >= count; };
    if (std::any_of(injector.victims.begin(), injector.victims.end(), is_gone)) return std::nullopt;
  }
  return scenario;
}

Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& still,
                const std::function<bool()>& enough) {
  const auto still_does = [&](const Scenario& smaller) { return !enough() && still(smaller); };
  const auto with_broadcasts = [&](std::uint32_t broadcasts) -> std::optional<Scenario> {
    Scenario smaller = scenario;
    smaller.agents.broadcasts = broadcasts;
    return smaller;
  };
  for (bool changed = true; changed && !enough();) {
    const Scenario before = scenario;
    const auto fewer_agents = [&](std::uint32_t count) { return with_agents(scenario, count); };
    const std::uint32_t agents = least(scenario.agents.count, fewer_agents, still_does);
    if (agents < scenario.agents.count) scenario = *with_agents(scenario, agents);
    scenario.agents.broadcasts = least(scenario.agents.broadcasts, with_broadcasts, still_does);
    for (std::size_t at = scenario.injectors.size(); at-- > 0;) {
      Scenario smaller = scenario;
      smaller.injectors.erase(smaller.injectors.begin() + static_cast<std::ptrdiff_t>(at));
      if (still_does(smaller)) scenario = std::move(smaller);
    }
    changed = !(scenario == before);
  }
  return scenario;
}

}  // namespace holdfast
