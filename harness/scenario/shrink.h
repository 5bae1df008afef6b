// The smallest scenario that still does what a larger one does: fewest agents, then fewest broadcasts, then fewest
// injectors.
#pragma once

#include <functional>
#include <optional>

#include "harness/scenario/scenario.h"

namespace holdfast {

// With so many agents, what else names agents is fitted to them; none: it cannot be (a victim is not there).
std::optional<Scenario> with_agents(Scenario scenario, std::uint32_t count);

// Halves the numbers of agents and of broadcasts and takes out injectors, one at a time, as long as `still` says
// that the scenario does it, and begins anew until nothing can be taken away. `scenario` itself is taken to do it.
// Asks about 3 log2(agents x broadcasts) + injectors times; sound for any `still`, and smallest where more of
// anything never undoes it. `enough` ends the search with what was found so far.
Scenario shrink(
    Scenario scenario, const std::function<bool(const Scenario&)>& still,
    const std::function<bool()>& enough = [] { return false; });

}  // namespace holdfast
