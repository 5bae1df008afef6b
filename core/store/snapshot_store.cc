#include "core/store/snapshot_store.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/os/file.h"
#include "core/os/sidecar_lock.h"
#include "core/store/atomic_replace.h"
#include "core/store/orphan_sweep.h"
#include "core/store/quarantine.h"
#include "core/store/snapshot_json.h"

namespace holdfast {
namespace {

// The content of the queue, or none if there is no file; every other failure is an error.
Result<std::optional<FileContent>> read_if_there(const std::filesystem::path& path) {
  auto content = read_file(path);
  if (content) return std::optional<FileContent>(std::move(*content));
  if (content.error().code == Code::not_found) return std::optional<FileContent>();
  return fail(std::move(content.error()));
}

Error vanished(const std::filesystem::path& path) {
  return {Code::not_found,
          fmt::format("\"{}\" was there before and is gone: somebody removed it, or moved it aside as "
                      "\"{}.corrupt-…\"; put it back, or save a queue to start afresh",
                      path.string(), path.filename().string())};
}

}  // namespace

SnapshotStore::SnapshotStore(std::filesystem::path directory, StoreOptions options)
    : directory_(std::move(directory)),
      queue_path_(directory_ / "queue.json"),
      lock_path_(directory_ / "queue.json.lock"),
      options_(std::move(options)) {
  if (!options_.hooks.now_ns) options_.hooks.now_ns = monotonic_ns;
  if (!options_.hooks.sleep) options_.hooks.sleep = real_sleep();
}

const RetryCounters& SnapshotStore::counters() const {
  return counters_;
}

std::filesystem::path SnapshotStore::queue_path() const {
  return queue_path_;
}

Result<SidecarLock> SnapshotStore::lock() {
  return SidecarLock::acquire(lock_path_,
                              {options_.lock_timeout, options_.hooks.sleep, options_.hooks.now_ns});
}

// A look at the directory costs more than a save of a short queue, so it is taken only when there is a
// reason: a holder that did not finish, or that this object has not looked yet (a power cut forgets the
// mark). False if orphans may be left: then the mark stays, and the next one looks again.
bool SnapshotStore::sweep_if_needed(SidecarLock& lock) {
  if (swept_ && !lock.left_unfinished()) return true;
  swept_ = true;
  const bool clean = sweep_orphans(queue_path_).has_value();
  if (!clean) {
    lock.mark_unfinished();
  } else if (lock.left_unfinished()) {
    lock.mark_finished();
  }
  return clean;
}

// Under the lock, after reading the file there: moves it aside and says so.
Error SnapshotStore::corrupt(const Error& error) {
  auto aside = quarantine(queue_path_);
  if (!aside) return std::move(aside.error());
  seen_ = false;
  return {Code::corrupt, fmt::format("\"{}\": {}; it was moved aside to \"{}\"", queue_path_.string(),
                                     error.message, aside->string())};
}

Result<std::vector<Entry>> SnapshotStore::load_entries() {
  return load([](const std::string& text) -> Result<std::vector<Entry>> {
    auto snapshot = parse_snapshot(text);
    if (!snapshot) return fail(std::move(snapshot.error()));
    return std::move(snapshot->entries);
  });
}

Result<std::vector<Entry>> SnapshotStore::receive(const std::string& recipient) {
  return load([&](const std::string& text) { return entries_for(text, recipient); });
}

Result<std::vector<Entry>> SnapshotStore::load(
    const std::function<Result<std::vector<Entry>>(const std::string& text)>& parse) {
  std::optional<SidecarLock> held;
  std::vector<Entry> entries;
  const std::uint64_t seed = derive_seed(options_.seed, operations_++);
  auto outcome = retry(options_.retry, seed, options_.hooks, counters_, [&]() -> Result<> {
    for (;;) {
      // No lock at first: a replace is one rename, so an opened file is always complete.
      auto content = read_if_there(queue_path_);
      if (!content) return fail(std::move(content.error()));
      Result<std::vector<Entry>> parsed;
      if (*content) {
        parsed = parse((*content)->bytes);
        if (parsed) {
          seen_ = true;
          entries = std::move(*parsed);
          return {};
        }
      }
      // Gone or unreadable. Writers of another kind leave such moments: look again when none of ours
      // is at it.
      if (!held) {
        auto locked = lock();
        if (!locked) return fail(std::move(locked.error()));
        held.emplace(std::move(*locked));
        continue;
      }
      sweep_if_needed(*held);
      if (*content) return fail(corrupt(parsed.error()));
      if (seen_) return fail(vanished(queue_path_));
      return {};
    }
  });
  if (!outcome) return fail(std::move(outcome.error()));
  return entries;
}

Result<> SnapshotStore::save_entries(const std::vector<Entry>& entries) {
  return replace_under_lock([&](const std::string* current) -> Result<std::string> {
    if (current == nullptr) return serialise_snapshot({}, entries);
    auto outline = outline_snapshot(*current);
    if (!outline) return fail(std::move(outline.error()));
    return serialise_snapshot(outline->form, entries);
  });
}

Result<> SnapshotStore::update(const std::function<void(std::vector<Entry>&)>& change) {
  return replace_under_lock([&](const std::string* current) -> Result<std::string> {
    if (current == nullptr && seen_) return fail(vanished(queue_path_));
    Snapshot snapshot;
    if (current != nullptr) {
      auto parsed = parse_snapshot(*current);
      if (!parsed) return fail(std::move(parsed.error()));
      snapshot = std::move(*parsed);
    }
    change(snapshot.entries);
    return serialise_snapshot(snapshot.form, snapshot.entries);
  });
}

Result<> SnapshotStore::broadcast(const Entry& message, const std::vector<std::string>& recipients) {
  if (recipients.empty()) return {};
  std::vector<Entry> added(recipients.size(), message);
  for (std::size_t index = 0; index < recipients.size(); ++index) added[index].recipient = recipients[index];
  return replace_under_lock([&](const std::string* current) -> Result<std::string> {
    if (current == nullptr && seen_) return fail(vanished(queue_path_));
    if (current == nullptr) return serialise_snapshot({}, added);
    auto outline = outline_snapshot(*current);
    if (!outline) return fail(std::move(outline.error()));
    return append_to_snapshot(*current, *outline, added);
  });
}

Result<> SnapshotStore::replace_under_lock(
    const std::function<Result<std::string>(const std::string* current)>& make_text) {
  const std::uint64_t seed = derive_seed(options_.seed, operations_++);
  // Waiting for the lock is not a retry: it spends no budget, and it ends with lock_timeout.
  auto held = lock();
  if (!held) return fail(std::move(held.error()));
  const bool clean = sweep_if_needed(*held);

  // The lock is kept while backing off from a stranger: a process that got it in the meantime would meet the same
  // held file, and all would spend their budgets in lockstep on it. Those who wait are bounded by their lock_timeout.
  std::optional<Replacement> replacement;
  auto outcome = retry(options_.retry, seed, options_.hooks, counters_, [&]() -> Result<> {
    if (!replacement) {
      auto content = read_if_there(queue_path_);
      if (!content) return fail(std::move(content.error()));
      const bool there = content->has_value();
      if (there && (*content)->attributes.read_only()) {
        // A rename would replace it here, and fail for ever on Windows: it was made read-only on purpose.
        return fail(Code::failed, fmt::format("save \"{}\": the file is read-only; make it writable",
                                              queue_path_.string()));
      }
      auto text = make_text(there ? &(*content)->bytes : nullptr);
      if (!text) return fail(text.error().code == Code::corrupt ? corrupt(text.error()) : text.error());
      held->mark_unfinished();
      replacement.emplace(queue_path_, options_.durability);
      auto written = replacement->write(
          *text, there ? std::optional<FileAttributes>((*content)->attributes) : std::nullopt);
      if (!written) return written;
    }
    return replacement->commit();
  });
  if (outcome) seen_ = true;
  if (!replacement) return outcome;
  if (auto gone = discard(*replacement, seed); !gone) {
    outcome.error().message +=
        fmt::format("; a temporary file stays until the next save: {}", gone.error().message);
  } else if (clean) {
    held->mark_finished();
  }
  return outcome;
}

// A scanner may hold the temporary file as well as the queue, so its removal is worth the same patience.
// Nothing to do, at no cost, after a replace that was done.
Result<> SnapshotStore::discard(Replacement& replacement, std::uint64_t seed) {
  RetryHooks hooks = options_.hooks;
  hooks.on_retry = nullptr;
  RetryCounters not_the_operations_own;
  return retry(options_.retry, derive_seed(seed, 1), hooks, not_the_operations_own,
               [&] { return replacement.discard(); });
}

}  // namespace holdfast
