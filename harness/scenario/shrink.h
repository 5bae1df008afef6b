// Finds the smallest scenario that still fails like a larger one: fewest agents, then fewest broadcasts, then fewest
// injectors.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/scenario/scenario.h"

namespace holdfast {

// With `count` agents, adjusting what else refers to agents; none if impossible (a victim is missing).
std::optional<Scenario> with_agents(Scenario scenario, std::uint32_t count);

// Halves the numbers of agents and broadcasts and removes injectors, one at a time, as long as `still` says that the
// scenario fails, and repeats until nothing can be removed. `scenario` itself is assumed to fail. Returns every
// failing scenario found, each smaller than the one before: `scenario` first, the smallest last. Asks about 3
// log2(agents x broadcasts) + injectors times; sound for any `still`, and minimal if adding anything never cures the
// failure. `enough` ends the search with what was found so far.
std::vector<Scenario> shrink(
    Scenario scenario, const std::function<bool(const Scenario&)>& still,
    const std::function<bool()>& enough = [] { return false; });

// A search that asks often gets a lucky yes now and then for a scenario that seldom fails, and continues from there.
// So the smallest of `path` is verified by runs that were not part of the search, then the next larger, and so on;
// those that do not hold are removed from the path. Afterwards its last one holds; if it is empty, none did.
void go_back_until(std::vector<Scenario>& path, const std::function<bool(const Scenario&)>& holds);

}  // namespace holdfast
