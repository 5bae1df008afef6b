// The origin's queue: one JSON file that every save replaces whole.
//
//   {"entries":[{"id":…,"sender":…,"recipient":…,"priority":…,"body":…,"created_at":…,"status":…}, …]}
//   (a bare array of entries, as older writers left it, is read as well and written back as it was found)
//
// Cost of a save grows with the queue. Any number of processes may share a store; one object
// serves one thread.
//
// What each guarantee rests on:
//   never half a queue    one rename puts the new file in the place of the old (atomic_replace.h)
//   nobody's entry lost   update() and broadcast() read, change and replace under one lock
//                         (sidecar_lock.h)
//   no lock left behind   the kernel holds it, and releases it when its holder dies
//   never empty by error  what is denied, gone or not a queue is an error; only a queue that was never
//                         there, seen to be missing under the lock, is empty
//   no litter             a temporary file goes on every path out; the lock remembers a holder that
//                         died between, and the next one sweeps (orphan_sweep.h). So does the first
//                         locked operation of an object
//   survives a power cut  Durability::power: file flushed before the rename, directory after it
//   retries end           one retry budget an operation (retry.h), one lock_timeout
// A queue.json that is a symbolic link is replaced by a file; ACLs and extended attributes are not
// carried over.
#pragma once

#include <chrono>
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

class Replacement;
class SidecarLock;

struct StoreOptions {
  RetryPolicy retry{};
  Durability durability = Durability::power;
  Duration lock_timeout = std::chrono::seconds(30);  // how long to wait for our own kind
  std::uint64_t seed = 0;                            // of the jitter; operation n uses derive_seed(seed, n)
  RetryHooks hooks{};
};

class SnapshotStore {
 public:
  // `directory` must exist; queue.json and its lock queue.json.lock live in it.
  SnapshotStore(std::filesystem::path directory, StoreOptions options);

  // All entries, oldest first. A queue that was never written is empty; a denied read is retried and then an
  // error; a file that cannot be parsed is moved aside (name in the message) and is Code::corrupt. Never an
  // empty queue in place of an error: a file that this object has seen and that is gone is Code::not_found,
  // here and in update() and broadcast(), until somebody saves again. (After Code::corrupt the object starts
  // anew: its caller has been told where the old queue is.)
  Result<std::vector<Entry>> load_entries();

  // Replaces the whole queue under the lock. Whoever loads, changes and saves in separate calls can lose
  // others' entries; use update() or broadcast() for that.
  Result<> save_entries(const std::vector<Entry>& entries);

  // Read-modify-write under the lock. `change` is called once, or not at all; what it throws comes through,
  // and nothing is changed then.
  Result<> update(const std::function<void(std::vector<Entry>&)>& change);

  // Appends one entry for each recipient, all or none. Nobody to send to: nothing is done.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);

  // The entries addressed to `recipient`, in queue order; the queue is not changed.
  Result<std::vector<Entry>> receive(const std::string& recipient);

  [[nodiscard]] const RetryCounters& counters() const;
  [[nodiscard]] std::filesystem::path queue_path() const;

 private:
  // What `parse` makes of the file; see load_entries().
  Result<std::vector<Entry>> load(
      const std::function<Result<std::vector<Entry>>(const std::string& text)>& parse);
  // Puts what `make_text` makes of the file in its place, under the lock. It is called with the text that is
  // there, or nullptr if there is none.
  Result<> replace_under_lock(
      const std::function<Result<std::string>(const std::string* current)>& make_text);
  Result<> discard(Replacement& replacement, std::uint64_t seed);
  Result<SidecarLock> lock();
  bool sweep_if_needed(SidecarLock& lock);
  Error corrupt(const Error& error);

  std::filesystem::path directory_;
  std::filesystem::path queue_path_;
  std::filesystem::path lock_path_;
  StoreOptions options_;
  RetryCounters counters_;
  std::uint64_t operations_ = 0;
  bool seen_ = false;   // the queue was there once
  bool swept_ = false;  // this object has looked for orphans
};

}  // namespace holdfast
