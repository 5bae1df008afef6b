#include "reports/exec/groups.h"

#include <algorithm>
#include <map>

#include "core/base/path_text.h"
#include "reports/exec/code_place.h"
#include "reports/exec/fold_name.h"
#include "reports/exec/words.h"

namespace holdfast {
namespace {

constexpr std::size_t most_callers_kept = 32, most_code_places_kept = 32;

HolderKey key_of(const ExecHolder& holder) {
  return {holder.kind, holder.program.empty() ? "?" : std::string(file_name(holder.program))};
}

// Of the watched directories that a path is in, the longest; null: it is in none.
const std::string* nearest(const ExecReport& report, const auto& holds) {
  const std::string* found = nullptr;
  for (const auto* watched : {&report.directories, &report.temporary}) {
    for (const std::string& directory : *watched) {
      if (holds(directory) && (found == nullptr || directory.size() > found->size())) found = &directory;
    }
  }
  return found;
}

}  // namespace

std::string PathBelow::whole(const std::string& of_rest) const {
  if (root.empty()) return of_rest;
  return root == "/" ? root + of_rest : root + "/" + of_rest;
}

const std::string* nearest_watched(const ExecReport& report, std::string_view path) {
  return nearest(report, [&](const std::string& directory) { return is_within(path, directory); });
}

bool is_temporary(const ExecReport& report, std::string_view path) {
  const std::string* const nearest = nearest_watched(report, path);
  return nearest != nullptr &&
         std::find(report.temporary.begin(), report.temporary.end(), *nearest) != report.temporary.end();
}

PathBelow path_below(const ExecReport& report, const std::string& path) {
  const std::string* const root = nearest(report, [&](const std::string& directory) {
    return path.size() > directory.size() + (directory == "/" ? 0 : 1) && is_within(path, directory);
  });
  if (root == nullptr) return {"", path};
  return {*root, path.substr(*root == "/" ? 1 : root->size() + 1)};
}

std::string name_of(const ExecReport& report, const std::string& path) {
  const PathBelow below = path_below(report, path);
  const bool only = report.directories.size() == 1 && below.root == report.directories.front();
  return only ? below.rest : path;
}

std::string shown_place(const ExecReport& report, const ExecGroup& group) {
  if (!group.several_paths) return name_of(report, refused_path(*group.first));
  return name_of(report, PathBelow{group.key.root, ""}.whole(group.key.place));
}

ExecGroupKey group_key(const ExecReport& report, const ExecRefusal& refusal) {
  PathBelow below = path_below(report, refused_path(refusal));
  ExecGroupKey key{refusal.call, refusal.code, refusal.reason, std::move(below.root), {}, {}};
  key.place = key.root.empty() ? below.rest : fold_name(below.rest, refusal.pid);
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
