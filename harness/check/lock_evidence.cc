#include "harness/check/lock_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/delivery.h"
#include "harness/check/name_changes.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

std::string who(const LockSeen& lock) {
  const std::string agent =
      lock.agent == no_process ? "another process" : fmt::format("agent {}", lock.agent);
  if (lock.pid == 0) return lock.agent == no_process ? "somebody" : agent;
  return fmt::format("{} ({}, pid {})", agent, lock.program.empty() ? "?" : lock.program, lock.pid);
}

std::string_view word(LockKind kind) {
  switch (kind) {
    case LockKind::flock:
      return "flock";
    case LockKind::posix:
      return "POSIX";
    case LockKind::ofd:
      return "OFD";
  }
  return "?";
}

std::string bytes(const LockSeen& lock) {
  const bool to_end = lock.last_byte == std::numeric_limits<std::uint64_t>::max();
  if (to_end) return lock.first_byte == 0 ? std::string() : fmt::format(", from byte {}", lock.first_byte);
  if (lock.first_byte == lock.last_byte) return fmt::format(", byte {}", lock.first_byte);
  return fmt::format(", bytes {} to {}", lock.first_byte, lock.last_byte);
}

std::string named(const LockSeen& lock) {
  return fmt::format("{} ({}, {}{})", lock.path, word(lock.kind), lock.exclusive ? "exclusive" : "shared",
                     bytes(lock));
}

const LockSeen* holder_of(const LockLook& look, const LockSeen& waiter) {
  const auto found = std::find_if(look.locks.begin(), look.locks.end(), [&](const LockSeen& lock) {
    return lock.state == LockState::held && lock.number == waiter.number;
  });
  return found == look.locks.end() ? nullptr : &*found;
}

// "agent 0 (…) held a (…), and agents 1 and 2 waited for it"
std::string with_waiters(const LockLook& look, const LockSeen& held) {
  std::set<std::uint32_t> waiters;
  bool unknown = false;
  for (const LockSeen& lock : look.locks) {
    if (lock.state != LockState::waits || lock.number != held.number) continue;
    if (lock.agent == no_process)
      unknown = true;
    else
      waiters.insert(lock.agent);
  }
  std::string text = described(held);
  if (!waiters.empty()) text += fmt::format(", and {} waited for it", listed(waiters));
  if (waiters.empty() && unknown) text += ", and somebody waited for it";
  return text;
}

// The operation that an agent had open at that time, or none.
const Operation* open_operation(const History& history, std::uint32_t agent, std::int64_t time_ns) {
  for (const Operation& operation : history.operations) {
    const bool is_open = operation.agent == agent && operation.invoke_ns <= time_ns &&
                         (operation.complete_ns == 0 || operation.complete_ns >= time_ns);
    if (is_open) return &operation;
  }
  return nullptr;
}

// For a held lock: whether the operation itself held it and waited for none, whether its holder had nothing to do, or
// since when it had been through with its save.
std::string what_its_holder_did(const History& history, const Operation& operation, const LockLook& look,
                                const LockSeen& held) {
  if (held.agent == no_process) return {};
  const bool is_own = held.agent == operation.agent;
  std::string text;
  if (is_own) {
    const bool waits = std::any_of(look.locks.begin(), look.locks.end(), [&](const LockSeen& lock) {
      return lock.state == LockState::waits && lock.agent == operation.agent;
    });
    if (waits) return {};
    text = " itself, and waited for no lock";
  }
  const Operation* save = is_own ? &operation : open_operation(history, held.agent, look.time_ns);
  if (save == nullptr)
    return is_recorded_whole(history, held.agent)
               ? fmt::format("; agent {} had no operation under way", held.agent)
               : "";
  const Call* put = nullptr;
  for (const Call& call : calls_of(history, *save)) {
    if (puts_a_name(call) && is_done(call) && call.answered_ns <= look.time_ns) put = &call;
  }
  if (put != nullptr)
    text += fmt::format("; {} {} had been done at {}", is_own ? "its" : fmt::format("agent {}'s", held.agent),
                        named_call(*put), at_time(history, put->answered_ns));
  return text;
}

std::string deadlock(const std::vector<const LockSeen*>& circle, const LockLook& look) {
  std::string text;
  for (const LockSeen* waiter : circle) {
    const LockSeen* held = holder_of(look, *waiter);
    text += fmt::format("{}{} waited for {}, which {} held", text.empty() ? "" : ", and ", who(*waiter),
                        named(*held), held->pid == waiter->pid ? "it" : who(*held));
  }
  return text;
}

}  // namespace

const LockLook* last_look(const History& history, std::int64_t from_ns, std::int64_t until_ns) {
  const auto after =
      std::upper_bound(history.lock_looks.begin(), history.lock_looks.end(), until_ns,
                       [](std::int64_t time_ns, const LockLook& look) { return time_ns < look.time_ns; });
  if (after == history.lock_looks.begin()) return nullptr;
  const LockLook& last = *std::prev(after);
  return last.time_ns >= from_ns ? &last : nullptr;
}

std::vector<std::set<std::uint32_t>> busy_agents(const History& history) {
  std::vector<std::set<std::uint32_t>> busy(history.lock_looks.size());
  if (busy.empty()) return busy;
  for (const Operation& operation : history.operations) {
    auto look = std::lower_bound(
        history.lock_looks.begin(), history.lock_looks.end(), operation.invoke_ns,
        [](const LockLook& earlier, std::int64_t time_ns) { return earlier.time_ns < time_ns; });
    for (; look != history.lock_looks.end() &&
           (operation.complete_ns == 0 || look->time_ns <= operation.complete_ns);
         ++look)
      busy[static_cast<std::size_t>(look - history.lock_looks.begin())].insert(operation.agent);
  }
  return busy;
}

std::string described(const LockSeen& lock) {
  return fmt::format("{} held {}", who(lock), named(lock));
}

std::vector<const LockSeen*> circle_of_waiters(const LockLook& look) {
  for (const LockSeen& first : look.locks) {
    if (first.state != LockState::waits || first.pid == 0) continue;
    std::vector<const LockSeen*> path{&first};
    for (;;) {
      const LockSeen* held = holder_of(look, *path.back());
      if (held == nullptr || held->pid == 0) break;
      if (held->pid == first.pid) return path;
      const auto next = std::find_if(look.locks.begin(), look.locks.end(), [&](const LockSeen& lock) {
        return lock.state == LockState::waits && lock.pid == held->pid;
      });
      if (next == look.locks.end() || std::find(path.begin(), path.end(), &*next) != path.end()) break;
      path.push_back(&*next);
    }
  }
  return {};
}

std::string who_held_what(const History& history, const Operation& operation, std::int64_t until_ns) {
  const LockLook* look = last_look(history, operation.invoke_ns, until_ns);
  if (look == nullptr) return {};
  const std::string when = at_time(history, look->time_ns);
  if (const auto circle = circle_of_waiters(*look); !circle.empty())
    return fmt::format("; a deadlock at {}: {}", when, deadlock(circle, *look));
  // What the operation itself waited for comes first; a few of the others do.
  constexpr std::size_t told_max = 3;
  std::vector<const LockSeen*> held;
  for (const LockSeen& lock : look->locks) {
    if (lock.state == LockState::held) held.push_back(&lock);
  }
  const auto it_waits_for = [&](const LockSeen* lock) {
    return std::any_of(look->locks.begin(), look->locks.end(), [&](const LockSeen& waiter) {
      return waiter.state == LockState::waits && waiter.agent == operation.agent &&
             waiter.number == lock->number;
    });
  };
  // Where locks stand for places in a line, the first is that of who is let in.
  std::stable_sort(held.begin(), held.end(), [](const LockSeen* a, const LockSeen* b) {
    return std::tie(a->path, a->first_byte) < std::tie(b->path, b->first_byte);
  });
  std::stable_partition(held.begin(), held.end(), it_waits_for);
  if (held.empty()) return {};
  const bool is_holder = held.front()->agent == operation.agent;
  if (is_holder || it_waits_for(held.front())) held.resize(1);
  std::string text, done;
  std::set<std::uint32_t> agents;
  for (std::size_t i = 0; i < std::min(held.size(), told_max); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : "; ", with_waiters(*look, *held[i]));
    if (held.size() != 1 && held[i]->agent == operation.agent) continue;
    if (agents.insert(held[i]->agent).second)
      done += what_its_holder_did(history, operation, *look, *held[i]);
  }
  if (held.size() > told_max) text += fmt::format("; and {} more", counted(held.size() - told_max, "lock"));
  text += done;
  return fmt::format("; at {} {}", when, text);
}

}  // namespace holdfast
