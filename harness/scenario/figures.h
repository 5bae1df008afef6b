// The names that [[expect]] and --expect may use: figures of result.json, in the units it has
// (ms, 1/s, shares, counts).
#pragma once

#include <string_view>
#include <vector>

namespace holdfast {

struct Figure {
  std::string_view name;
  std::string_view unit;  // "ms", "1/s", "share" (0 to 1) or "count"
  std::string_view meaning;
};

// In the order of scenarios/KEYS.md. Figures named after a check are its counts of bad things.
const std::vector<Figure>& figures();
const std::vector<std::string_view>& figure_names();

// Null if there is no such figure.
const Figure* find_figure(std::string_view name);

}  // namespace holdfast
