#include "core/store/orphan_sweep.h"

#include <string>
#include <vector>

#include "core/os/file.h"
#include "core/store/temp_name.h"

namespace holdfast {

Result<> sweep_orphans(const std::filesystem::path& target) {
  const std::filesystem::path directory = target.has_parent_path() ? target.parent_path() : ".";
  const std::string target_name = target.filename().string();
  std::vector<std::string> orphans;
  Result<> outcome = list_directory(directory, [&](std::string_view name) {
    if (is_temp_name(name, target_name)) orphans.emplace_back(name);
  });
  for (const std::string& orphan : orphans) {
    auto removed = remove_file(directory / orphan);
    if (!removed && outcome) outcome = std::move(removed);
  }
  return outcome;
}

}  // namespace holdfast
