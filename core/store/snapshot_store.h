// The origin's queue: one JSON file that every save replaces whole.
//
//   {"entries":[{"id":…,"sender":…,"recipient":…,"priority":…,"body":…,"created_at":…,"status":…}, …]}
//   (a bare array of entries, as older writers left it, is read as well and written back as it was found)
//
// Cost of a save grows with the queue. Any number of processes may share a store; one object serves one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry.h"
#include "core/store/entry.h"

namespace holdfast {

// What an acknowledged save survives.
enum class Durability {
  process,  // the death of every process; not of the machine
  power,    // a power cut: file and directory are flushed before the save returns
};

struct StoreOptions {
  RetryPolicy retry;
  Durability durability = Durability::power;
  Duration lock_timeout = std::chrono::seconds(30);  // how long to wait for our own kind
  std::uint64_t seed = 0;                            // of the jitter; operation n uses derive_seed(seed, n)
  RetryHooks hooks;
};

class SnapshotStore {
 public:
  // `directory` must exist; queue.json and its lock queue.json.lock live in it.
  SnapshotStore(std::filesystem::path directory, StoreOptions options);

  // All entries, oldest first. A queue that was never written is empty; a denied read is retried and then an
  // error; a file that cannot be parsed is moved aside (name in the message) and is Code::corrupt. Never an
  // empty queue in place of an error.
  Result<std::vector<Entry>> load_entries();

  // Replaces the whole queue under the lock. Whoever loads, changes and saves in separate calls can lose others'
  // entries; use update() or broadcast() for that.
  Result<> save_entries(const std::vector<Entry>& entries);

  // Read-modify-write under the lock.
  Result<> update(const std::function<void(std::vector<Entry>&)>& change);

  // Appends one entry for each recipient, all or none.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);

  // The entries addressed to `recipient`, in queue order; the queue is not changed.
  Result<std::vector<Entry>> receive(const std::string& recipient);

  [[nodiscard]] const RetryCounters& counters() const;
  [[nodiscard]] std::filesystem::path queue_path() const;

 private:
  std::filesystem::path directory_;
  StoreOptions options_;
  RetryCounters counters_;
  std::uint64_t operations_ = 0;
};

}  // namespace holdfast
