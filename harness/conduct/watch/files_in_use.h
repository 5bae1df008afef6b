// Which files of a store its subject still uses, though the scenario does not name them, and who uses one alone.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/linux/descriptor.h"
#include "harness/store/lock_table.h"

namespace holdfast {

class FilesInUse {
 public:
  explicit FilesInUse(std::filesystem::path store) : store_(std::move(store)) {}

  // What agents have open while they are at work: a file is shared if two have it open at once.
  void look_at_work(const std::vector<AgentHandles>& held);

  // While no operation is open. What one agent alone has open then is shared if it keeps a lock on it, too.
  void look_at_rest(const std::vector<AgentHandles>& held);

  // From now on, an open of one of these (names in the store) counts as use: for the time of the final reads, when only
  // the subject opens files. Where the kernel cannot watch them all, the rest go unnoticed.
  void watch(const std::vector<std::string>& names);

  struct Use {
    LeftoverUse kind = LeftoverUse::none;
    std::uint32_t agent = no_process;  // that uses it alone

    bool operator==(const Use&) const = default;
  };
  // By names in the store.
  [[nodiscard]] std::map<std::string, Use> files();

 private:
  [[nodiscard]] std::string relative(const std::string& path) const;
  void share(const std::string& name) { used_[name] = {LeftoverUse::shared, no_process}; }

  std::filesystem::path store_;
  std::map<std::string, Use> used_;
  Descriptor notices_;
  std::map<int, std::string> watched_;
};

}  // namespace holdfast
