// What can be wrong with the mutant store, by the names used in scenarios and the manifest. manifest.toml says where
// each was seen.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace holdfast {

enum class PlantedFault : std::uint8_t {
  none,  // the store is correct; a check that fails it is wrong

  // The lock around reading, changing and replacing.
  no_lock,
  process_mutex,                // a mutex within this process, used as a lock between processes
  lock_on_target,               // on queue.json, which the first save replaces
  lock_file_unlinked,           // waiters end up with a lock on a deleted file
  lock_shared,                  // a shared lock, which all can hold at once
  lock_after_read,              // what was read may have been replaced by then
  lock_released_before_rename,  // another reads the old queue
  lock_lost_by_close,           // a POSIX lock goes when any descriptor of its file is closed
  lock_check_then_create,       // two find no lock file, and both create it
  stale_lock_stolen,            // from a holder that is only slow
  lock_timeout_ignored,         // continues without the lock if it takes too long
  deadline_doubled,             // one time-out for the lock, and the same for a second try
  lock_file_left,               // the lock file stays when its holder dies
  lock_waits_for_ever,          // the same, without a deadline for the wait
  spins_for_lock,               // the same, polling without a pause
  lock_kept_on_error,           // an early return that leaves the lock taken
  lock_kept_until_next,         // released when the next save begins
  deadlock_two_locks,           // half of the processes take them in the other order
  starves_one,                  // one process gives way as long as any other saves
  naps_with_lock,               // sleeps its back-off after the save, then releases the lock

  // Reading.
  denied_is_empty,     // a queue that cannot be read right now counts as empty
  missing_is_empty,    // so does a missing one: with a save that removes it first
  torn_is_empty,       // so does one that does not parse: with a save that writes in place
  cached_queue_saved,  // keeps changing and saving what this process read first
  cached_by_seconds,   // read again only if the modification time, in whole seconds, changed
  hash_order,          // entries in the order of a hash table that each process seeds differently
  handle_leaked,       // the descriptor that was read from is never closed

  // Writing.
  remove_then_move,
  two_renames,           // the queue to queue.json.bak, then the new one to queue.json
  copy_over_target,      // a temporary file, but copied instead of renamed
  write_in_place,        // truncates the queue, then writes it
  append_in_place,       // writes over the end of the queue, and adds the end again
  shared_temp_name,      // queue.json.tmp for all, and no lock
  temp_name_taken,       // the same name, created exclusively: a dead process's file stays for ever
  short_write_ignored,   // one write of at most 4 KiB, its result ignored
  entry_truncated,       // a field of 48 characters
  temp_leaked,           // the temporary file of a failed save stays
  temp_leaked_by_retry,  // each attempt makes a new one, and only the last is removed
  litter_kept_open,      // a copy beside each save, never closed and never removed
  orphans_kept,          // leftovers of dead processes are never swept
  orphan_published,      // a dead process's leftover is put in place
  newest_first,          // new entries at the front
  sorted_as_text,        // by id, where "0-10" comes before "0-2"
  last_recipient_wins,   // every entry gets the last recipient of a loop
  floods_the_disk,       // keeps many copies, all flushed

  // Answering.
  ok_before_write,         // acknowledged, but written when the next operation begins
  buffered,                // written three at a time
  ok_after_failed_rename,  // the result of the rename is ignored
  fail_though_written,     // a failure after the rename is reported as a failed save
  again_after_success,     // done, believed not done, and done again
  not_all_or_none,         // one save per recipient, with a failure in the middle

  // Retrying.
  no_retry,
  one_retry_short,         // counts attempts for retries
  retry_without_limit,     // as long as it takes
  retry_on_every_error,    // also on errors that waiting does not cure
  delays_not_slept,        // computed but not slept
  half_delays,             // milliseconds of another unit
  spins_between_retries,   // counts loop iterations as milliseconds
  double_delays,           // the back-off doubles before the sleep, not after
  linear_delays,           // 1, 2, 3 in place of 1, 2, 4
  cap_ignored,             // waits grow beyond max_delay
  retry_deadline_ignored,  // begins waits that end after the policy's deadline
  duplicate_on_retry,      // each attempt appends to what the last one made
};

inline constexpr std::array<std::pair<std::string_view, PlantedFault>, 64> fault_words{{
    {"none", PlantedFault::none},
    {"no-lock", PlantedFault::no_lock},
    {"process-mutex", PlantedFault::process_mutex},
    {"lock-on-target", PlantedFault::lock_on_target},
    {"lock-file-unlinked", PlantedFault::lock_file_unlinked},
    {"lock-shared", PlantedFault::lock_shared},
    {"lock-after-read", PlantedFault::lock_after_read},
    {"lock-released-before-rename", PlantedFault::lock_released_before_rename},
    {"lock-lost-by-close", PlantedFault::lock_lost_by_close},
    {"lock-check-then-create", PlantedFault::lock_check_then_create},
    {"stale-lock-stolen", PlantedFault::stale_lock_stolen},
    {"lock-timeout-ignored", PlantedFault::lock_timeout_ignored},
    {"deadline-doubled", PlantedFault::deadline_doubled},
    {"lock-file-left", PlantedFault::lock_file_left},
    {"lock-waits-for-ever", PlantedFault::lock_waits_for_ever},
    {"spins-for-lock", PlantedFault::spins_for_lock},
    {"lock-kept-on-error", PlantedFault::lock_kept_on_error},
    {"lock-kept-until-next", PlantedFault::lock_kept_until_next},
    {"deadlock-two-locks", PlantedFault::deadlock_two_locks},
    {"starves-one", PlantedFault::starves_one},
    {"naps-with-lock", PlantedFault::naps_with_lock},
    {"denied-is-empty", PlantedFault::denied_is_empty},
    {"missing-is-empty", PlantedFault::missing_is_empty},
    {"torn-is-empty", PlantedFault::torn_is_empty},
    {"cached-queue-saved", PlantedFault::cached_queue_saved},
    {"cached-by-seconds", PlantedFault::cached_by_seconds},
    {"hash-order", PlantedFault::hash_order},
    {"handle-leaked", PlantedFault::handle_leaked},
    {"remove-then-move", PlantedFault::remove_then_move},
    {"two-renames", PlantedFault::two_renames},
    {"copy-over-target", PlantedFault::copy_over_target},
    {"write-in-place", PlantedFault::write_in_place},
    {"append-in-place", PlantedFault::append_in_place},
    {"shared-temp-name", PlantedFault::shared_temp_name},
    {"temp-name-taken", PlantedFault::temp_name_taken},
    {"short-write-ignored", PlantedFault::short_write_ignored},
    {"entry-truncated", PlantedFault::entry_truncated},
    {"temp-leaked", PlantedFault::temp_leaked},
    {"temp-leaked-by-retry", PlantedFault::temp_leaked_by_retry},
    {"litter-kept-open", PlantedFault::litter_kept_open},
    {"orphans-kept", PlantedFault::orphans_kept},
    {"orphan-published", PlantedFault::orphan_published},
    {"newest-first", PlantedFault::newest_first},
    {"sorted-as-text", PlantedFault::sorted_as_text},
    {"last-recipient-wins", PlantedFault::last_recipient_wins},
    {"floods-the-disk", PlantedFault::floods_the_disk},
    {"ok-before-write", PlantedFault::ok_before_write},
    {"buffered", PlantedFault::buffered},
    {"ok-after-failed-rename", PlantedFault::ok_after_failed_rename},
    {"fail-though-written", PlantedFault::fail_though_written},
    {"again-after-success", PlantedFault::again_after_success},
    {"not-all-or-none", PlantedFault::not_all_or_none},
    {"no-retry", PlantedFault::no_retry},
    {"one-retry-short", PlantedFault::one_retry_short},
    {"retry-without-limit", PlantedFault::retry_without_limit},
    {"retry-on-every-error", PlantedFault::retry_on_every_error},
    {"delays-not-slept", PlantedFault::delays_not_slept},
    {"half-delays", PlantedFault::half_delays},
    {"spins-between-retries", PlantedFault::spins_between_retries},
    {"double-delays", PlantedFault::double_delays},
    {"linear-delays", PlantedFault::linear_delays},
    {"cap-ignored", PlantedFault::cap_ignored},
    {"retry-deadline-ignored", PlantedFault::retry_deadline_ignored},
    {"duplicate-on-retry", PlantedFault::duplicate_on_retry},
}};

}  // namespace holdfast
