// Refusals of `holdfast exec` by what is wrong: the same call on the same path, refused for the same reason and
// because of the same holders, is one thing to put right.
#pragma once

#include <cstdint>
#include <set>
#include <string>
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
  std::string place;  // of the path that was refused
  std::set<HolderKey> holders;

  auto operator<=>(const ExecGroupKey&) const = default;
};

struct ExecGroup {
  ExecGroupKey key;
  std::uint64_t count = 0;
  const ExecRefusal* first = nullptr;  // in the report
  std::vector<ExecHolder> holders;     // one for each in the key, the first that was seen
  std::set<std::int32_t> callers;      // pids, the smallest ones
  bool several_paths = false;          // the place stands for more than one
};

// A path as people read it: from the domain's directory, if there is one only.
std::string name_of(const ExecReport& report, const std::string& path);

// The same with random parts folded below the domain's directories; a whole place is named from the root always.
std::string place_of(const ExecReport& report, const std::string& path, std::int32_t pid);
std::string whole_place_of(const ExecReport& report, const std::string& path, std::int32_t pid);

ExecGroupKey group_key(const ExecReport& report, const ExecRefusal& refusal);

// Most frequent first, then in the order of their first refusal. Points into the report.
std::vector<ExecGroup> group_refusals(const ExecReport& report);

// What to do about a group: a sentence or two.
std::string advice(const ExecGroup& group);

}  // namespace holdfast
