// Every key that a scenario may have: one table a section, which the parser, plan.json, the errors and
// scenarios/KEYS.md are all made from.
#pragma once

#include <string>

#include "core/base/result.h"
#include "harness/scenario/document.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// The values of a document, checked one by one and against each other.
Result<Scenario> read_scenario(const Node& document);

// Reads back as the same scenario, its name excepted.
Node write_scenario(const Scenario& scenario);

// scenarios/KEYS.md: every key, what it may be, what holds without it, what it means.
std::string describe_keys();

}  // namespace holdfast
