// The core's parts without its lock: a subject that loses updates, and whose writers block each other.
//
// A save opens queue.json, reads it, keeps it open for `read_for` (like a slow parser or an editor), writes a
// temporary file with a unique name, closes queue.json and renames the new file over it. A refusal is retried by the
// core's policy, back-off and jitter, each time from the start. Nothing keeps two savers apart: what one reads,
// another may replace before it writes. Under Windows' rules every saver's handle blocks every other's rename, so
// savers that retry at the same moments block each other as long as their retries last. Never use it for data that
// must be kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry.h"
#include "core/store/durability.h"
#include "core/store/entry.h"

namespace holdfast {

struct UnlockedOptions {
  RetryPolicy retry{};
  std::function<Duration(std::uint64_t attempt)>
      read_for{};  // by attempt of this object, from 0; empty: no time
  Durability durability = Durability::process;
  std::uint64_t seed = 0;  // of the jitter; operation n uses derive_seed(seed, n)
  Sleep sleep = real_sleep();
};

// One object serves one thread.
class UnlockedStore {
 public:
  // Creates an empty queue.json if there is none, so that even the first savers have one to read. Other processes
  // that open it in the meantime may find a file of zero bytes.
  UnlockedStore(const std::filesystem::path& directory, UnlockedOptions options);

  // Appends one entry for each recipient. Code::exhausted if somebody held the file at every attempt,
  // Code::cancelled if a sleep was cut short, Code::corrupt if queue.json does not parse; nothing was done
  // then. Code::indefinite as in atomic_replace.h.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);

  // The entries addressed to `recipient`, in queue order; none if there is no queue.json.
  Result<std::vector<Entry>> receive(const std::string& recipient) const;

  // Counts broadcasts.
  [[nodiscard]] const RetryCounters& counters() const { return counters_; }

 private:
  Result<> save_once(const Entry& message, const std::vector<std::string>& recipients);

  std::filesystem::path queue_;
  UnlockedOptions options_;
  RetryCounters counters_;
  std::uint64_t operations_ = 0;
};

}  // namespace holdfast
