#include "harness/check/wait_evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check/call_words.h"
#include "harness/check/lock_evidence.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

const std::string& error_of(const History& history, const Operation& operation) {
  return history.texts[operation.error];
}

}  // namespace

const Kill* kill_that_stopped_all(const History& history, std::int64_t until_ns, std::string_view error,
                                  bool has_waited) {
  std::int64_t acknowledged_ns = 0;
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::broadcast && operation.outcome == Outcome::ok)
      acknowledged_ns = std::max(acknowledged_ns, operation.complete_ns);
  }
  // Where nothing was ever acknowledged, something else may be wrong.
  if (acknowledged_ns == 0) return nullptr;
  const Kill* first = nullptr;
  const Kill* named = nullptr;
  for (const Kill& kill : history.kills) {
    if (kill.time_ns <= acknowledged_ns || kill.time_ns > until_ns || is_before_open(kill)) continue;
    const auto is_earlier = [&](const Kill* other) {
      return other == nullptr || kill.time_ns < other->time_ns;
    };
    if (is_earlier(first)) first = &kill;
    if (is_earlier(named) && names_file(error, file_name_of(kill.path))) named = &kill;
  }
  return named != nullptr ? named : has_waited ? first : nullptr;
}

std::string held_or_killed(const History& history, const Operation& operation, std::int64_t until_ns) {
  if (std::string held = who_held_what(history, operation, until_ns); !held.empty()) return held;
  const bool has_waited = last_look(history, operation.invoke_ns, until_ns) != nullptr;
  const Kill* kill = kill_that_stopped_all(history, until_ns, error_of(history, operation), has_waited);
  if (kill == nullptr) return {};
  return fmt::format("; agent {} was killed at {} {}, and no broadcast has been acknowledged since",
                     kill->agent, at_time(history, kill->time_ns), right_before(*kill));
}

std::string what_it_waited_for(const History& history, const Operation& operation, std::int64_t until_ns) {
  if (std::string found = held_or_killed(history, operation, until_ns); !found.empty()) return found;
  const LockLook* look = last_look(history, operation.invoke_ns, until_ns);
  if (look == nullptr || error_of(history, operation).find("lock") != std::string::npos) return {};
  return fmt::format("; at {} no flock, POSIX or OFD lock was held on the store's files",
                     at_time(history, look->time_ns));
}

std::string what_the_run_did(const History& history, std::int64_t from_ns, std::int64_t until_ns) {
  constexpr std::int64_t much_bytes = 100'000'000;
  std::int64_t watched_ns = 0, processors_ns = 0, bytes = 0;
  for (const Contention& part : history.machine) {
    if (part.begin_ns < from_ns || part.end_ns > until_ns) continue;  // not all of it belongs to that time
    watched_ns += part.end_ns - part.begin_ns;
    processors_ns += part.run_ns;
    bytes += part.run_bytes.value_or(0);
  }
  std::string text;
  if (watched_ns != 0 && processors_ns >= watched_ns / 4 * 3)
    text = fmt::format("used at least {} of processor time", in_seconds(processors_ns));
  if (bytes >= much_bytes)
    text += fmt::format("{}wrote at least {} MB", text.empty() ? "" : " and ",
                        with_commas(static_cast<std::uint64_t>(bytes) / 1'000'000));
  return text.empty() ? text : "; in that time the run's own processes " + text;
}

}  // namespace holdfast
