#include "scenarios/mutants/mutant_store.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/os/file.h"
#include "core/store/orphan_sweep.h"
#include "core/store/temp_name.h"

namespace holdfast {
namespace {

constexpr std::size_t buffered_entries = 3;
constexpr std::size_t field_bytes = 48;
constexpr int flooded_deadlines = 4;  // for how long it floods

// The policy that the fault makes of the one asked for.
RetryPolicy policy_of(PlantedFault fault, RetryPolicy policy) {
  switch (fault) {
    case PlantedFault::no_retry:
      policy.max_retries = 0;
      break;
    case PlantedFault::one_retry_short:
      policy.max_retries = std::max(0, policy.max_retries - 1);
      break;
    case PlantedFault::retry_without_limit:
      policy.max_retries = 1000;
      break;
    case PlantedFault::linear_delays:
      policy.multiplier = 1.0;
      break;
    case PlantedFault::cap_ignored:
      policy.max_delay = std::nullopt;
      break;
    case PlantedFault::retry_deadline_ignored:
      policy.deadline = std::nullopt;
      break;
    default:
      break;
  }
  return policy;
}

// As a loop does whose turns were counted once on a machine that had nothing else to do.
bool spin(Duration wait) {
  const auto run_ns = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto until = run_ns() + wait;
  while (run_ns() < until) {
  }
  return true;
}

// How the fault sleeps.
Sleep sleep_of(PlantedFault fault, Sleep sleep) {
  if (fault == PlantedFault::delays_not_slept) return [](Duration) { return true; };
  if (fault == PlantedFault::half_delays) return [sleep](Duration wait) { return sleep(wait / 2); };
  if (fault == PlantedFault::double_delays) return [sleep](Duration wait) { return sleep(wait * 2); };
  if (fault == PlantedFault::linear_delays) {
    return [sleep, retry = 0](Duration wait) mutable { return sleep(wait * (++retry)); };
  }
  return sleep;
}

std::int64_t changed_at_s(const std::filesystem::path& queue) {
  struct stat status {};
  return ::stat(queue.c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

}  // namespace

MutantStore::MutantStore(const std::filesystem::path& directory, MutantOptions options)
    : queue_(directory / "queue.json"), options_(std::move(options)), now_ns_(monotonic_ns) {
  if (is(PlantedFault::spins_between_retries)) options_.sleep = spin;
}

LockWait MutantStore::lock_wait() const {
  return {options_.lock_timeout, options_.sleep, now_ns_};
}

Result<> MutantStore::retried(const std::function<Result<>()>& attempt) {
  RetryHooks hooks;
  hooks.sleep = sleep_of(options_.fault, options_.sleep);
  return retry(policy_of(options_.fault, options_.retry), derive_seed(options_.seed, operations_++), hooks,
               counters_, [&]() -> Result<> {
                 auto done = attempt();
                 if (!done && is(PlantedFault::retry_on_every_error)) done.error().code = Code::denied;
                 return done;
               });
}

// What dead processes left, once an object.
void MutantStore::tidy() {
  if (std::exchange(tidied_, true) || !locks_well(options_.fault) || is(PlantedFault::orphans_kept)) return;
  if (is(PlantedFault::orphan_published)) {
    static_cast<void>(list_directory(queue_.parent_path(), [&](std::string_view name) {
      if (is_temp_name(name, "queue.json"))
        static_cast<void>(rename_over(queue_.parent_path() / name, queue_));
    }));
  }
  static_cast<void>(sweep_orphans(queue_));
}

Result<Snapshot> MutantStore::load_once() {
  auto text = read_queue_text(queue_, options_.fault);
  if (!text && text.error().code == Code::not_found && (!seen_ || is(PlantedFault::missing_is_empty)))
    return Snapshot{};
  if (!text && text.error().code == Code::denied && is(PlantedFault::denied_is_empty)) return Snapshot{};
  if (!text) return fail(std::move(text.error()));
  if (text->empty() && is(PlantedFault::lock_on_target)) return Snapshot{};  // the lock has made the file
  auto snapshot = parse_snapshot(*text);
  if (!snapshot && is(PlantedFault::torn_is_empty)) return Snapshot{};
  if (!snapshot) return fail(Code::corrupt, queue_.string() + ": " + snapshot.error().message);
  seen_ = true;
  return snapshot;
}

// Readers take no lock at first, and look again under it where something is the matter.
Result<Snapshot> MutantStore::load() {
  auto snapshot = load_once();
  const bool again =
      !snapshot && (snapshot.error().code == Code::not_found || snapshot.error().code == Code::corrupt);
  const bool knows_no_lock = is(PlantedFault::write_in_place) || is(PlantedFault::copy_over_target);
  if (!again || knows_no_lock) return snapshot;
  auto lock = MutantLock::acquire(queue_, options_.fault, lock_wait(), who_);
  if (!lock) return fail(std::move(lock.error()));
  return load_once();
}

Result<std::vector<Entry>> MutantStore::receive(const std::string& recipient) {
  if (is(PlantedFault::ok_before_write) && !pending_.empty()) {
    if (auto written = append(std::exchange(pending_, {})); !written) return fail(std::move(written.error()));
  }
  if (is(PlantedFault::lock_kept_until_next)) kept_lock_.reset();
  const bool may_cache = is(PlantedFault::cached_by_seconds);
  Snapshot snapshot;
  if (may_cache && cached_ && cached_at_s_ == changed_at_s(queue_)) {
    snapshot = *cached_;
  } else {
    cached_at_s_ = changed_at_s(queue_);
    auto loaded = retried([&]() -> Result<> {
      auto now = load();
      if (!now) return fail(std::move(now.error()));
      snapshot = std::move(*now);
      return {};
    });
    if (!loaded) return fail(std::move(loaded.error()));
    if (may_cache) cached_ = snapshot;
  }
  std::erase_if(snapshot.entries, [&](const Entry& entry) { return entry.recipient != recipient; });
  if (is(PlantedFault::hash_order)) {
    Random random(static_cast<std::uint64_t>(::getpid()));
    for (std::size_t left = snapshot.entries.size(); left > 1; --left)
      std::swap(snapshot.entries[left - 1], snapshot.entries[random.next() % left]);
  }
  return std::move(snapshot.entries);
}

Result<> MutantStore::broadcast(const Entry& message, const std::vector<std::string>& recipients) {
  who_ = static_cast<unsigned>(std::strtoul(message.id.c_str(), nullptr, 10));
  std::vector<Entry> added(recipients.size(), message);
  for (std::size_t i = 0; i < added.size(); ++i) {
    added[i].recipient = is(PlantedFault::last_recipient_wins) ? recipients.back() : recipients[i];
    if (is(PlantedFault::entry_truncated)) added[i].body.resize(std::min(added[i].body.size(), field_bytes));
  }
  if (is(PlantedFault::not_all_or_none)) {
    for (const Entry& one : added) {
      if (auto saved = append({one}); !saved) return saved;
    }
    return {};
  }
  if (is(PlantedFault::ok_before_write)) return append(std::exchange(pending_, added));
  if (is(PlantedFault::buffered)) {
    const std::size_t most = buffered_entries * recipients.size();
    pending_.insert(pending_.end(), added.begin(), added.end());
    return pending_.size() < most ? Result<>{} : append(std::exchange(pending_, {}));
  }
  return append(added);
}

Result<> MutantStore::append(const std::vector<Entry>& added) {
  if (added.empty()) return {};
  if (!is(PlantedFault::lock_kept_on_error)) kept_lock_.reset();
  if (is(PlantedFault::lock_after_read)) {
    auto before = load();
    if (!before) return fail(std::move(before.error()));
    snapshot_ = std::move(*before);
  }
  auto taken = MutantLock::acquire(queue_, options_.fault, lock_wait(), who_);
  if (!taken) return fail(std::move(taken.error()));
  std::optional<MutantLock> lock(std::move(*taken));
  tidy();
  auto outcome = append_under_lock(added, lock);
  if (outcome && is(PlantedFault::again_after_success) && operations_ % 4 == 0)
    outcome = append_under_lock(added, lock);
  if (outcome && is(PlantedFault::naps_with_lock))
    static_cast<void>(real_sleep()(retry_budget(options_.retry)));
  const bool keeps =
      is(PlantedFault::lock_kept_until_next) || (!outcome && is(PlantedFault::lock_kept_on_error));
  if (keeps && lock) kept_lock_.emplace(std::move(*lock));
  if (outcome && is(PlantedFault::fail_though_written) && operations_ % 3 == 0)
    return fail(Code::failed, fmt::format("chmod \"{}\": Operation not permitted", queue_.string()), 1);
  if (!outcome && is(PlantedFault::ok_after_failed_rename)) return {};
  return outcome;
}

// Reads, changes and writes beside the queue.
Result<> MutantStore::prepare(const std::vector<Entry>& added) {
  const bool keeps_snapshot = is(PlantedFault::cached_queue_saved) || is(PlantedFault::duplicate_on_retry) ||
                              is(PlantedFault::lock_after_read);
  if (!snapshot_ || !keeps_snapshot) {
    auto current = load_once();
    if (!current) return fail(std::move(current.error()));
    snapshot_ = std::move(*current);
  }
  auto& entries = snapshot_->entries;
  entries.insert(is(PlantedFault::newest_first) ? entries.begin() : entries.end(), added.begin(),
                 added.end());
  if (is(PlantedFault::sorted_as_text))
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.id < b.id; });
  auto text = serialise_snapshot(snapshot_->form, entries);
  if (!text) return fail(std::move(text.error()));
  file_.emplace(queue_, options_.fault);
  return file_->write(*text);
}

Result<> MutantStore::append_under_lock(const std::vector<Entry>& added, std::optional<MutantLock>& lock) {
  file_.reset();
  auto outcome = retried([&]() -> Result<> {
    const bool afresh = is(PlantedFault::duplicate_on_retry) || is(PlantedFault::temp_leaked_by_retry);
    if (file_ && is(PlantedFault::duplicate_on_retry)) static_cast<void>(file_->discard());
    if (!file_ || afresh) {
      if (auto prepared = prepare(added); !prepared) return prepared;
    }
    if (is(PlantedFault::lock_released_before_rename)) lock.reset();
    if (is(PlantedFault::floods_the_disk)) file_->flood(flooded_deadlines * options_.lock_timeout, now_ns_);
    return file_->publish();
  });
  if (!is(PlantedFault::cached_queue_saved)) snapshot_.reset();
  if (outcome) seen_ = true;
  if (is(PlantedFault::litter_kept_open))
    static_cast<void>(::open(new_temp_path(queue_).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!file_ || is(PlantedFault::temp_leaked)) return outcome;
  static_cast<void>(retried([&] { return file_->discard(); }));
  return outcome;
}

}  // namespace holdfast
