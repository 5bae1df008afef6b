// Which names in the domain several agents opened, from the opens that the supervisor decides: a lock file or a log that
// nobody happens to hold whenever somebody looks.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "harness/supervisor/call_log.h"

namespace holdfast {

// The supervisor's thread adds, and the conductor reads once that thread has ended. Removed and renamed names are
// forgotten, so that temporary files cost no memory.
class FilesOpened {
 public:
  void decided(const DecidedCall& call);
  // Absolute paths: files, and directories with such a file in them.
  [[nodiscard]] const std::set<std::string>& by_several() const { return by_several_; }

 private:
  void opened(const std::string& path, std::uint32_t agent);

  std::unordered_map<std::string, std::uint32_t> first_agent_;
  std::set<std::string> by_several_;
};

// A log that also keeps `opened` up to date, which must outlive it.
std::unique_ptr<CallLog> noting_opens(std::unique_ptr<CallLog> log, FilesOpened& opened);

}  // namespace holdfast
