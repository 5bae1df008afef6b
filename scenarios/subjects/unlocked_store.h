// The core's parts put together without its lock: a subject that loses updates, and whose writers stand in
// each other's way.
//
// A save opens queue.json, reads it, takes `read_for` over it (a parser that takes its time, an editor that
// shows it), writes a temporary file of a unique name, closes queue.json and moves the new one over it. A refusal
// is retried by the core's policy, back-off and jitter, each time from the start. Nothing keeps two savers apart:
// what one reads another may have replaced before it writes. Under Windows' rules every saver's handle refuses
// every other's move, so savers that retry at the same moments refuse each other as long as their retries last.
// Never use it for anything that must be kept.
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
      read_for{};  // attempts of this object, from 0; empty: no time
  Durability durability = Durability::process;
  std::uint64_t seed = 0;  // of the jitter; operation n uses derive_seed(seed, n)
  Sleep sleep = real_sleep();
};

// One object serves one thread.
class UnlockedStore {
 public:
  // Makes an empty queue.json if there is none, so that even the first savers have one to read. Whoever else
  // opens it meanwhile may find it without a byte.
  UnlockedStore(const std::filesystem::path& directory, UnlockedOptions options);

  // Appends one entry for each recipient. Code::exhausted if somebody held the file at every attempt,
  // Code::cancelled if a sleep was cut short, Code::corrupt if queue.json does not parse; nothing was done
  // then. Code::indefinite as in atomic_replace.h.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);

  // The entries addressed to `recipient`, in queue order; none if there is no queue.json.
  Result<std::vector<Entry>> receive(const std::string& recipient) const;

  // Of broadcasts.
  [[nodiscard]] const RetryCounters& counters() const { return counters_; }

 private:
  Result<> save_once(const Entry& message, const std::vector<std::string>& recipients);

  std::filesystem::path queue_;
  UnlockedOptions options_;
  RetryCounters counters_;
  std::uint64_t operations_ = 0;
};

}  // namespace holdfast
