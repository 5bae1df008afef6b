#include "reports/exec/groups.h"

#include <algorithm>
#include <map>

#include "reports/exec/code_place.h"
#include "reports/exec/fold_name.h"
#include "reports/exec/words.h"

namespace holdfast {
namespace {

constexpr std::size_t most_callers_kept = 32, most_code_places_kept = 32;

HolderKey key_of(const ExecHolder& holder) {
  return {holder.kind, holder.program.empty() ? "?" : std::string(file_name(holder.program))};
}

// The length of what `directory` and the slash after it take of `path`; 0: it is not beneath.
std::size_t prefix_length(const std::string& path, const std::string& directory) {
  if (directory == "/") return path.size() > 1 && path[0] == '/' ? 1 : 0;
  const bool beneath =
      path.size() > directory.size() + 1 && path.starts_with(directory) && path[directory.size()] == '/';
  return beneath ? directory.size() + 1 : 0;
}

std::size_t longest_prefix(const ExecReport& report, const std::string& path) {
  std::size_t longest = 0;
  for (const std::string& directory : report.directories) {
    longest = std::max(longest, prefix_length(path, directory));
  }
  return longest;
}

}  // namespace

std::string whole_place_of(const ExecReport& report, const std::string& path, std::int32_t pid) {
  const std::size_t prefix = longest_prefix(report, path);
  return prefix == 0 ? path : path.substr(0, prefix) + fold_name(std::string_view(path).substr(prefix), pid);
}

std::string name_of(const ExecReport& report, const std::string& path) {
  return path.substr(report.directories.size() == 1 ? longest_prefix(report, path) : 0);
}

std::string place_of(const ExecReport& report, const std::string& path, std::int32_t pid) {
  const std::size_t prefix = report.directories.size() == 1 ? longest_prefix(report, path) : 0;
  return whole_place_of(report, path, pid).substr(prefix);
}

ExecGroupKey group_key(const ExecReport& report, const ExecRefusal& refusal) {
  ExecGroupKey key{
      refusal.call, refusal.code, refusal.reason, place_of(report, refused_path(refusal), refusal.pid), {}};
  for (const ExecHolder& holder : refusal.holders) key.holders.insert(key_of(holder));
  return key;
}

std::vector<ExecGroup> group_refusals(const ExecReport& report) {
  std::vector<ExecGroup> groups;
  std::map<ExecGroupKey, std::size_t> where;
  for (const ExecRefusal& refusal : report.refusals) {
    ExecGroupKey key = group_key(report, refusal);
    const auto [at, is_new] = where.emplace(std::move(key), groups.size());
    if (is_new) {
      ExecGroup group;
      group.key = at->first;
      group.first = &refusal;
      for (const ExecHolder& holder : refusal.holders) {
        const bool known =
            std::any_of(group.holders.begin(), group.holders.end(),
                        [&](const ExecHolder& other) { return key_of(other) == key_of(holder); });
        if (!known) group.holders.push_back(holder);
      }
      groups.push_back(std::move(group));
    }
    ExecGroup& group = groups[at->second];
    ++group.count;
    if (group.callers.size() < most_callers_kept) group.callers.insert(refusal.pid);
    if (std::string place = place_in_code(report, refusal.stack); !place.empty()) {
      if (group.code_places.size() < most_code_places_kept) group.code_places.insert(std::move(place));
    }
    if (refused_path(refusal) != refused_path(*group.first)) group.several_paths = true;
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const ExecGroup& a, const ExecGroup& b) { return a.count > b.count; });
  return groups;
}

}  // namespace holdfast
