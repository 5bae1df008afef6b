// A queue in one JSON file, which every save replaces as a whole.
//
//   {"entries":[{"id":…,"sender":…,"recipient":…,"priority":…,"body":…,"created_at":…,"status":…}, …]}
//   (a bare array of entries, as older writers left it, is also read, and written back in that form)
//
// The cost of a save grows with the queue. Any number of processes may share a store; one object serves one thread.
//
// What each guarantee rests on:
//   never half a queue    one rename puts the new file in the place of the old (atomic_replace.h)
//   nobody's entry lost   update() and broadcast() read, change and replace under one lock
//                         (sidecar_lock.h)
//   no lock left behind   the kernel holds it, and releases it when its holder dies
//   never empty by error  a denied, vanished or invalid file is an error; only a queue that was never
//                         there, and is missing under the lock, is empty
//   no litter             every exit path removes the temporary file; the lock remembers a holder that
//                         died in between, and the next one sweeps (orphan_sweep.h), as does an
//                         object's first locked operation
//   survives a power cut  Durability::power: file flushed before the rename, directory after it
//   retries end           one retry budget per operation (retry.h), one lock_timeout
// A queue.json that is a symbolic link is replaced by a file; ACLs and extended attributes are not carried over.
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
  Duration lock_timeout = std::chrono::seconds(30);  // how long to wait for other stores
  std::uint64_t seed = 0;                            // of the jitter; operation n uses derive_seed(seed, n)
  RetryHooks hooks{};
};

class SnapshotStore {
 public:
  // `directory` must exist; queue.json and its lock queue.json.lock live in it.
  SnapshotStore(std::filesystem::path directory, StoreOptions options);

  // All entries, oldest first. A queue that was never written is empty; a denied read is retried and then an error; a
  // file that cannot be parsed is moved aside (name in the message) and is Code::corrupt. An error never becomes an
  // empty queue: if a file that this object has seen is gone, that is Code::not_found, here and in update() and
  // broadcast(), until somebody saves again. (After Code::corrupt the object starts afresh: the message said where
  // the old queue is.)
  Result<std::vector<Entry>> load_entries();

  // Replaces the whole queue under the lock. A load, a change and a save in separate calls can lose others' entries:
  // use update() or broadcast() instead.
  Result<> save_entries(const std::vector<Entry>& entries);

  // Read-modify-write under the lock. `change` is called at most once; if it throws, the exception propagates and
  // nothing is changed.
  Result<> update(const std::function<void(std::vector<Entry>&)>& change);

  // Appends one entry for each recipient, all or none. Does nothing without recipients.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);

  // The entries addressed to `recipient`, in queue order; the queue is not changed.
  Result<std::vector<Entry>> receive(const std::string& recipient);

  [[nodiscard]] const RetryCounters& counters() const;
  [[nodiscard]] std::filesystem::path queue_path() const;

 private:
  // The file, parsed by `parse`; see load_entries().
  Result<std::vector<Entry>> load(
      const std::function<Result<std::vector<Entry>>(const std::string& text)>& parse);
  // Replaces the file's text by that of `make_text`, under the lock. `make_text` gets the current text, or nullptr if
  // there is none.
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
