// A short rewrite of the core's snapshot store with one fault of choice, which the checks must find. Without a fault
// it is correct, and no check may fail it. Never use it for data that must be kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry.h"
#include "core/store/entry.h"
#include "core/store/snapshot_json.h"
#include "scenarios/mutants/fault.h"
#include "scenarios/mutants/mutant_file.h"
#include "scenarios/mutants/mutant_lock.h"

namespace holdfast {

struct MutantOptions {
  PlantedFault fault = PlantedFault::none;
  RetryPolicy retry{};
  Duration lock_timeout = std::chrono::seconds(30);
  std::uint64_t seed = 0;  // of the jitter
  Sleep sleep = real_sleep();
};

// One object serves one thread.
class MutantStore {
 public:
  // `directory` must exist; it contains queue.json and the lock.
  MutantStore(const std::filesystem::path& directory, MutantOptions options);

  // Appends one entry for each recipient. An error means, or falsely claims, that nothing was done.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);

  // The entries addressed to `recipient`, in queue order.
  Result<std::vector<Entry>> receive(const std::string& recipient);

  [[nodiscard]] const RetryCounters& counters() const { return counters_; }

 private:
  [[nodiscard]] bool is(PlantedFault fault) const { return options_.fault == fault; }
  [[nodiscard]] LockWait lock_wait() const;
  Result<> append(const std::vector<Entry>& added);
  Result<> append_under_lock(const std::vector<Entry>& added, std::optional<MutantLock>& lock);
  Result<> prepare(const std::vector<Entry>& added);
  Result<Snapshot> load();
  Result<Snapshot> load_once();
  void tidy();
  Result<> retried(const std::function<Result<>()>& attempt);

  std::filesystem::path queue_;
  MutantOptions options_;
  std::function<std::int64_t()> now_ns_;
  RetryCounters counters_;
  std::uint64_t operations_ = 0;
  unsigned who_ = 0;  // the sender's number
  bool tidied_ = false;
  bool seen_ = false;                    // the queue was there once
  std::optional<MutantFile> file_;       // of the save under way
  std::optional<Snapshot> snapshot_;     // likewise; a fault keeps it
  std::vector<Entry> pending_;           // acknowledged and not yet written
  std::optional<MutantLock> kept_lock_;  // that should have been released
  std::optional<Snapshot> cached_;       // by a reader
  std::int64_t cached_at_s_ = 0;
};

}  // namespace holdfast
