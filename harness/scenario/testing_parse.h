// For tests: the error for a scenario's text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace holdfast {

inline std::string parse_error_of(const std::string& toml, const std::vector<std::string>& settings = {}) {
  const auto scenario = parse_scenario(toml, "s.toml", settings);
  if (scenario) return "no error";
  EXPECT_EQ(scenario.error().code, Code::invalid);
  return scenario.error().message;
}

}  // namespace holdfast
