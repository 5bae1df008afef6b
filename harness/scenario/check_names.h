// What is known about each check without running it: the rows of checks.def. Their definitions are in harness/check.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace holdfast {

struct CheckRow {
  std::string_view name;  // as scenarios and reports write it
  std::string_view title;
  std::uint8_t gravity = 0;   // among failed checks, 1 the worst
  std::string_view figure;    // what it counts; empty: [[expect]] cannot name it
  std::string_view damage;    // what happened to the messages counted; empty: not compared
  std::string_view succeeds;  // what a failure says how many of succeeded; empty: it says how many failed
  std::string_view subjects,
      went_wrong;  // what it counts, and what is wrong with that; empty: neither is said
};

inline constexpr std::uint8_t unranked = std::numeric_limits<std::uint8_t>::max();

inline constexpr auto check_rows = std::to_array<CheckRow>({
#define HOLDFAST_CHECK_ROW(file, name, title, gravity, figure, damage, succeeds, subjects, went_wrong) \
  {name, title, gravity, figure, damage, succeeds, subjects, went_wrong},
#include "harness/scenario/checks.def"
#undef HOLDFAST_CHECK_ROW
});

// Null if there is no such check.
constexpr const CheckRow* find_check(std::string_view name) {
  for (const CheckRow& row : check_rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

inline std::vector<std::string_view> check_names() {
  std::vector<std::string_view> names;
  names.reserve(check_rows.size());
  for (const CheckRow& row : check_rows) names.push_back(row.name);
  return names;
}

}  // namespace holdfast
