// The names that [[expect]] and --expect may use: figures of result.json, in the units it has
// (ms, shares, counts).
#pragma once

#include <string_view>
#include <vector>

namespace holdfast {

struct Figure {
  std::string_view name;
  std::string_view unit;  // "ms", "share" (0 to 1) or "count"
  std::string_view meaning;
};

// agents.succeeded, agents.total, success_rate, success_rate.lower, success_rate.upper, attempted, ok,
// failed, unknown, lost, phantom, duplicate, retries.total, retries.max, retries.p99, wait.p50, wait.p99,
// wait.max, latency.p50, latency.p90, latency.p99, latency.max, refusals.total, injectors.fired
const std::vector<Figure>& figures();
const std::vector<std::string_view>& figure_names();

// Null if there is no such figure.
const Figure* find_figure(std::string_view name);

}  // namespace holdfast
