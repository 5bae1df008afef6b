// Groups refusals of `holdfast exec` by problem: the same call on the same path, refused for the same reason and
// because of the same holders, is one thing to fix.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/exec/report.h"

namespace holdfast {

// A holder's kind and program.
using HolderKey = std::pair<HolderKind, std::string>;

struct ExecGroupKey {
  Function call = Function::none;
  std::uint16_t code = 0;
  Obstacle reason = Obstacle::held;
  std::string root;   // the watched directory of the refused path; empty: it is in none
  std::string place;  // the rest of it, with what differs between runs folded (fold_name.h)
  std::set<HolderKey> holders;

  auto operator<=>(const ExecGroupKey&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 errs
};

struct ExecGroup {
  ExecGroupKey key;
  std::uint64_t count = 0;
  const ExecRefusal* first = nullptr;  // in the report
  std::vector<ExecHolder> holders;     // one for each in the key, the first seen
  std::set<std::int32_t> callers;      // pids, the smallest ones
  bool several_paths = false;          // the place stands for several paths
  std::set<std::string> code_places;   // where in the code, see code_place.h; some of them, if there are many
};

// The place of a group for display.
std::string shown_place(const ExecReport& report, const ExecGroup& group);

// A path for display: relative to the directory of the command, if that is only one; others are absolute.
std::string name_of(const ExecReport& report, const std::string& path);

// The watched directory that is the nearest above a path, and the rest of the path; if there is none, the rest is all
// of it.
struct PathBelow {
  std::string root, rest;
  [[nodiscard]] std::string whole(const std::string& of_rest) const;
};
PathBelow path_below(const ExecReport& report, const std::string& path);

// The nearest of the watched directories that a path lies in, or is; null: none.
const std::string* nearest_watched(const ExecReport& report, std::string_view path);
// Whether that is one for temporary files.
bool is_temporary(const ExecReport& report, std::string_view path);

ExecGroupKey group_key(const ExecReport& report, const ExecRefusal& refusal);

// Most frequent first, then in the order of their first refusal. Points into the report.
std::vector<ExecGroup> group_refusals(const ExecReport& report);

// What to do about a group, in one or two sentences, as programmers of its programs' languages say it.
std::string advice(const ExecGroup& group);

// What --enforce would show at each of these refusals.
std::string enforce_offer(const ExecReport& report);

}  // namespace holdfast
