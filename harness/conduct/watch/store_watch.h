// Looks at what agents have open and locked in the store, while they work and while they are idle, and says when the
// next look is due.
#pragma once

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "harness/conduct/watch/agents_holdings.h"
#include "harness/conduct/watch/files_in_use.h"
#include "harness/conduct/watch/lock_watch.h"
#include "harness/history/event.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

class StoreWatch {
 public:
  // `store` must exist at the first look.
  StoreWatch(const Plan& plan, std::filesystem::path store);

  // An agent answered, or may have begun an operation.
  void heard(std::uint32_t agent) { locks_.heard(agent, monotonic_ns()); }
  void forget(std::uint32_t agent) { locks_.forget(agent); }

  // The load begins, and has ended. In between, the watch looks for subject files that the scenario may not have
  // named.
  void load_begins();
  void load_ended() { look_at_use_ns_ = never_ns; }

  [[nodiscard]] std::int64_t due_ns() const { return std::min(locks_.due_ns(), look_at_use_ns_); }

  // Takes the looks that are due; returns what to record.
  std::vector<Event> look(const std::vector<AgentProcess>& agents);

  // When no operation is open: what agents hold now, they hold while idle. Takes 0.1 s if something looks wrong, to
  // look twice.
  std::vector<Event> look_at_rest(const std::vector<AgentProcess>& agents);

  // Several agents opened these, by absolute paths.
  void opened(const std::set<std::string>& paths) { use_.opened(paths); }

  [[nodiscard]] std::map<std::string, FilesInUse::Use> files_in_use() { return use_.files(); }

 private:
  static constexpr std::int64_t never_ns = std::numeric_limits<std::int64_t>::max();

  const Plan& plan_;
  std::filesystem::path store_;
  FilesInUse use_;
  LockWatch locks_;
  std::int64_t released_ns_ = 0;
  std::int64_t look_at_use_ns_ = never_ns;  // when to look next
};

}  // namespace holdfast
