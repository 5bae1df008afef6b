// Every key that a scenario may have: one table per section, from which the parser, plan.json, the errors and
// scenarios/KEYS.md are all made.
#pragma once

#include <string>

#include "core/base/result.h"
#include "harness/scenario/document.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// Reads a document, checking its values one by one and against each other.
Result<Scenario> read_scenario(const Node& document);

// Reads back as the same scenario, except for its name.
Node write_scenario(const Scenario& scenario);

// scenarios/KEYS.md: every key, its valid values, default and meaning.
std::string describe_keys();

// The JSON schema of a scenario (draft 7), for editors: keys, values, and which keys belong to which kind.
std::string scenario_schema();

}  // namespace holdfast
