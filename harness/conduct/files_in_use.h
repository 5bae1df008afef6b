// Which files of a store its subject still uses, though the scenario does not name them: they are no leftovers.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/supervisor/descriptor.h"
#include "harness/supervisor/lock_table.h"

namespace holdfast {

class FilesInUse {
 public:
  explicit FilesInUse(std::filesystem::path store) : store_(std::move(store)) {}

  // What agents have open while they are at work: a file is shared if two have it open at once.
  void look_at_work(const std::vector<AgentHandles>& held);

  // While no operation is open.
  void look_at_rest(const std::vector<AgentHandles>& held);

  // From now on, an open of one of these (names in the store) counts as use: for the time of the final reads, when only
  // the subject opens files. Where the kernel cannot watch them all, the rest go unnoticed.
  void watch(const std::vector<std::string>& names);

  // By names in the store.
  [[nodiscard]] std::set<std::string> names();

 private:
  [[nodiscard]] std::string relative(const std::string& path) const;

  std::filesystem::path store_;
  std::set<std::string> used_;
  Descriptor notices_;
  std::map<int, std::string> watched_;
};

}  // namespace holdfast
