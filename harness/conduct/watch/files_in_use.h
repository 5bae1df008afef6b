// Which store files the subject still uses although the scenario does not name them, and which are used by a single
// agent.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/linux/descriptor.h"
#include "harness/store/lock_table.h"

namespace holdfast {

class FilesInUse {
 public:
  explicit FilesInUse(std::filesystem::path store) : store_(std::move(store)) {}

  // What agents have open while they work: a file is shared if two have it open at once.
  void look_at_work(const std::vector<AgentHandles>& held);

  // While no operation is open. A file that only one agent has open then is also shared if the agent keeps a lock on
  // it.
  void look_at_rest(const std::vector<AgentHandles>& held);

  // Files that several agents opened, by absolute paths.
  void opened(const std::set<std::string>& paths) {
    for (const std::string& path : paths) share(relative(path));
  }

  // From now on, an open of one of these (names in the store) counts as use: for the final reads, when only the
  // subject opens files. If the kernel cannot watch them all, the rest go unnoticed.
  void watch(const std::vector<std::string>& names);

  struct Use {
    LeftoverUse kind = LeftoverUse::none;
    std::uint32_t agent = no_process;  // the only agent that uses it

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
