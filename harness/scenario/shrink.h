// The smallest scenario that still does what a larger one does: fewest agents, then fewest broadcasts, then fewest
// injectors.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/scenario/scenario.h"

namespace holdfast {

// With so many agents, what else names agents is fitted to them; none: it cannot be (a victim is not there).
std::optional<Scenario> with_agents(Scenario scenario, std::uint32_t count);

// Halves the numbers of agents and of broadcasts and takes out injectors, one at a time, as long as `still` says
// that the scenario does it, and begins again until nothing can be taken away. `scenario` itself is taken to do it.
// Returns every scenario that was found to do it, each smaller than the one before: `scenario` first, the smallest last.
// Asks about 3 log2(agents x broadcasts) + injectors times; sound for any `still`, and smallest where more of
// anything never undoes it. `enough` ends the search with what was found so far.
std::vector<Scenario> shrink(
    Scenario scenario, const std::function<bool(const Scenario&)>& still,
    const std::function<bool()>& enough = [] { return false; });

// A search that asks often enough is told yes now and then of what seldom does it, and goes on from there. So the
// smallest of `path` is tried once more, by runs that were no part of the search, then the next larger, and so on: what
// does not hold is taken off the path. Its last one holds then; an empty path: none did.
void go_back_until(std::vector<Scenario>& path, const std::function<bool(const Scenario&)>& holds);

}  // namespace holdfast
