#include "harness/scenario/shrink.h"

#include <algorithm>

namespace holdfast {
namespace {

// The least number from 1 to `now` that does it, by halving; `does` is asked about each that is tried.
template <typename Does>
void seek_least(std::uint32_t now, Does does) {
  std::uint32_t low = 1, high = now;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (does(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
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

std::vector<Scenario> shrink(Scenario scenario, const std::function<bool(const Scenario&)>& still,
                             const std::function<bool()>& enough) {
  std::vector<Scenario> path = {std::move(scenario)};
  const auto take_if_it_does = [&](std::optional<Scenario> smaller) {
    if (!smaller || enough() || !still(*smaller)) return false;
    path.push_back(std::move(*smaller));
    return true;
  };
  for (std::size_t before = 0; before < path.size() && !enough();) {
    before = path.size();
    seek_least(path.back().agents.count,
               [&](std::uint32_t count) { return take_if_it_does(with_agents(path.back(), count)); });
    seek_least(path.back().agents.broadcasts, [&](std::uint32_t broadcasts) {
      Scenario smaller = path.back();
      smaller.agents.broadcasts = broadcasts;
      return take_if_it_does(std::move(smaller));
    });
    for (std::size_t at = path.back().injectors.size(); at-- > 0;) {
      Scenario smaller = path.back();
      smaller.injectors.erase(smaller.injectors.begin() + static_cast<std::ptrdiff_t>(at));
      take_if_it_does(std::move(smaller));
    }
  }
  return path;
}

void go_back_until(std::vector<Scenario>& path, const std::function<bool(const Scenario&)>& holds) {
  while (!path.empty() && !holds(path.back())) path.pop_back();
}

}  // namespace holdfast
