// Leaks: an idle agent keeps what stands in somebody's way: a lock that another wanted and did not get, or handles on
// the store's files that no one can need.
//
// A lock that stops nobody is not a leak: a database in WAL mode keeps a shared one, an elected leader an exclusive one
// for life. A lock is a leak if an operation of another agent failed or went unanswered while it waited for it, and its
// holder had no operation open. That the other waited is known from /proc/locks if it waited in the kernel; for
// programs that poll, it is taken as known if they had the locked file open or locked themselves, and most of their
// deadline had gone by; among those, operations that may only have been late leave it unknown. A holder that still has
// the lock when all are idle counts as idle. What was refused because of a holder is explained by that.
//
// Handles, in the whole process tree of an agent: one on a file that another has replaced or removed, which under Windows'
// rules would have refused that; and those that become more: on other files that were removed, since a few may be scratch
// files; alike on one file; and on files beside the store's own, each open in one agent alone. They are looked at when
// every agent has had its last broadcast answered and waits to be let in for its final read, and compared with what there
// was halfway through its broadcasts. A directory, the live file, a lock file and mappings of them may stay open.
// Indefinite outcomes do not matter otherwise: their operations have ended, one way or another. Unknown if the run never
// came to rest.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <utility>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/lock_evidence.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

bool removed_by_another(const History& history, const IdleHandles& idle) {
  return std::any_of(history.calls.begin(), history.calls.end(), [&](const Call& call) {
    return call.function == Function::unlink && call.os_error == 0 && call.agent != idle.agent &&
           call.path == idle.path;
  });
}

// A pool that opens one more is not a leak: a leak grows as long as there is work.
bool grew(std::uint64_t before, std::uint64_t now) {
  constexpr std::uint64_t few = 3;
  return now >= before + std::max(few, before / 2);
}

// What agents held when they were idle, against what they had halfway.
class Held {
 public:
  explicit Held(const History& history) : history_(history) {
    for (const HalfwayHandles& handles : history_.halfway) halfway_[handles.agent] = handles;
    for (const IdleHandles& idle : history_.idle) removed_[idle.agent] += idle.of_removed;
  }

  // What is wrong with the handles of an idle process; empty: nothing.
  [[nodiscard]] std::string needless(const IdleHandles& idle) const {
    const std::string name = file_name_of(idle.path);
    const auto halfway = halfway_.find(idle.agent);
    const HalfwayHandles before = halfway != halfway_.end() ? halfway->second : HalfwayHandles{};
    if (idle.of_replaced != 0)
      return fmt::format("{} on {} of {}", counted(idle.of_replaced, "handle"),
                         idle.of_replaced == 1 ? "a replaced version" : "replaced versions", name);
    if (idle.of_removed != 0 &&
        (grew(before.of_removed, removed_.at(idle.agent)) || removed_by_another(history_, idle)))
      return fmt::format("{} on {}, {}{}", counted(idle.of_removed, "handle"),
                         idle.of_removed == 1 ? "a removed file" : "removed files",
                         idle.of_removed == 1 ? "" : "for example ", name);
    if (halfway == halfway_.end() || !grew(before.most_of_one, idle.most_of_one)) return {};
    return fmt::format("{} on one file, {}; halfway through its broadcasts they were {}",
                       counted(idle.most_of_one, "handle"), name, with_commas(before.most_of_one));
  }

  // Calls `found` with each agent that keeps ever more files open that are not part of the store, and what it keeps.
  template <typename Found>
  void look_for_files(Found found) const {
    struct Kept {
      std::uint64_t before = 0, now = 0;
      const Leftover* last = nullptr;
    };
    std::map<std::uint32_t, Kept> kept;
    for (const Leftover& file : history_.leftovers) {
      if (file.use != LeftoverUse::alone) continue;
      const auto halfway = halfway_.find(file.user);
      Kept& one = kept[file.user];
      ++one.now;
      if (halfway != halfway_.end() && file.made_ns() <= halfway->second.time_ns) {
        ++one.before;
      } else if (one.last == nullptr || file.made_ns() > one.last->made_ns()) {
        one.last = &file;
      }
    }
    for (const auto& [agent, one] : kept) {
      if (grew(one.before, one.now))
        found(agent, *one.last,
              fmt::format("agent {} was idle, and kept {} open that are not part of the store, the last {}; "
                          "halfway through its broadcasts they were {}",
                          agent, counted(one.now, "file"), one.last->name, with_commas(one.before)));
    }
  }

 private:
  const History& history_;
  std::map<std::uint32_t, HalfwayHandles> halfway_;
  std::map<std::uint32_t, std::uint64_t> removed_;  // handles on such files, by agent
};

enum class Excluded { no, perhaps, yes };

class Exclusion {
 public:
  explicit Exclusion(const Evidence& evidence)
      : history_(evidence.history),
        deadline_ns_(evidence.plan.scenario.agents.operation_deadline.count()),
        busy_(busy_agents(history_)) {}

  // Whether a lock of somebody idle kept an operation from its end; `found` hears of the lock.
  template <typename Found>
  void look_for(const Operation& operation, Found found) const {
    const std::int64_t until_ns = operation.complete_ns != 0 ? operation.complete_ns : history_.cut_ns;
    if (operation.outcome == Outcome::ok || until_ns == 0 || kill_of(history_, operation) != nullptr) return;
    const auto calls = calls_of(history_, operation);
    if (std::any_of(calls.begin(), calls.end(), is_refused)) return;
    const bool is_final = history_.idle_ns != 0 && operation.invoke_ns >= history_.idle_ns;
    const LockLook* look = last_look(history_, operation.invoke_ns, until_ns);
    if (look == nullptr && is_final) look = last_look(history_, 0, history_.idle_ns);
    if (look == nullptr) return;
    const bool gave_up = until_ns - operation.invoke_ns >= deadline_ns_ / 4 * 3 || operation.code == EAGAIN;
    for (const LockSeen& lock : look->locks) {
      const Excluded excluded = by(lock, *look, operation, gave_up, is_final);
      if (excluded != Excluded::no) found(lock, excluded);
    }
  }

 private:
  [[nodiscard]] Excluded by(const LockSeen& lock, const LockLook& look, const Operation& operation,
                            bool gave_up, bool is_final) const {
    const auto& busy = busy_[static_cast<std::size_t>(&look - history_.lock_looks.data())];
    if (lock.state != LockState::held || lock.agent == no_process || lock.agent == operation.agent ||
        was_ended(lock) || (busy.contains(lock.agent) && !is_kept(lock)))
      return Excluded::no;
    bool waits = false, wants = is_final;
    for (const LockSeen& other : look.locks) {
      if (other.agent != operation.agent || other.path != lock.path) continue;
      waits = waits || (other.state == LockState::waits && other.number == lock.number);
      wants = true;
    }
    if (waits) return stands_by(operation.agent, lock) ? Excluded::no : Excluded::yes;
    if (!wants || !gave_up || !lock.exclusive) return Excluded::no;
    return operation.outcome == Outcome::fail ? Excluded::yes : Excluded::perhaps;
  }

  // Whether it waits for that lock with nothing to do, too: to be elected, say. Then that is not what its operation
  // waited for.
  [[nodiscard]] bool stands_by(std::uint32_t agent, const LockSeen& lock) const {
    const LockLook* idle = history_.idle_ns == 0 ? nullptr : last_look(history_, 0, history_.idle_ns);
    return idle != nullptr && idle->idle &&
           std::any_of(idle->locks.begin(), idle->locks.end(), [&](const LockSeen& other) {
             return other.state == LockState::waits && other.agent == agent && other.path == lock.path;
           });
  }

  // By the harness, which may take a while.
  [[nodiscard]] bool was_ended(const LockSeen& lock) const {
    return std::any_of(history_.ended.begin(), history_.ended.end(),
                       [&](const Ended& ended) { return ended.pid == lock.pid; });
  }

  // Whether the same process had it still when everybody was idle.
  [[nodiscard]] bool is_kept(const LockSeen& lock) const {
    const LockLook* idle = history_.idle_ns == 0 ? nullptr : last_look(history_, 0, history_.idle_ns);
    return idle != nullptr && idle->idle &&
           std::any_of(idle->locks.begin(), idle->locks.end(), [&](const LockSeen& other) {
             return other.state == LockState::held && other.pid == lock.pid && other.path == lock.path &&
                    other.first_byte == lock.first_byte && other.last_byte == lock.last_byte;
           });
  }

  const History& history_;
  std::int64_t deadline_ns_;
  std::vector<std::set<std::uint32_t>> busy_;
};

std::string excluded_whom(const History& history, const LockSeen& lock, const Operation& operation) {
  const std::string what = operation.function == Function::read
                               ? fmt::format("agent {}'s read", operation.agent)
                               : fmt::format("agent {}'s broadcast {}", operation.agent,
                                             to_string(MessageId{operation.agent, operation.number}));
  return fmt::format("{} with no operation under way, while {}, asked for at {}, {}{}", described(lock), what,
                     at_time(history, operation.invoke_ns),
                     operation.outcome == Outcome::fail ? "failed" : "went unanswered",
                     operation.error != 0 ? ": " + history.texts[operation.error] : std::string());
}

}  // namespace

Finding check_leaks(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  std::set<std::pair<std::uint32_t, std::string>> leaked;  // agent and file
  std::string perhaps;
  if (!history.lock_looks.empty()) {
    const Exclusion exclusion(evidence);
    for (const Operation& operation : history.operations) {
      exclusion.look_for(operation, [&](const LockSeen& lock, Excluded excluded) {
        if (excluded == Excluded::perhaps) {
          if (perhaps.empty()) perhaps = excluded_whom(history, lock, operation);
        } else if (leaked.emplace(lock.agent, lock.path).second && !finding.witness) {
          finding.witness = excluded_whom(history, lock, operation);
        }
      });
    }
  }
  const Held held(history);
  // First those that become ever more: a handle on a file that another swept may be one of them.
  held.look_for_files([&](std::uint32_t agent, const Leftover& file, std::string what) {
    if (leaked.emplace(agent, file.name).second && !finding.witness) finding.witness = std::move(what);
  });
  for (const IdleHandles& idle : history.idle) {
    const std::string what = held.needless(idle);
    if (what.empty() || !leaked.emplace(idle.agent, idle.path).second || finding.witness) continue;
    finding.witness = fmt::format("agent {} ({}, pid {}) was idle, and kept {}", idle.agent,
                                  idle.program.empty() ? "?" : idle.program, idle.pid, what);
  }
  finding.count = leaked.size();
  if (finding.count != 0 || history.idle_ns != 0)
    finding.checked = std::max<std::uint64_t>(evidence.plan.scenario.agents.everyone(), finding.count);
  return concluded(std::move(finding), history.idle_ns == 0 ? "" : perhaps,
                   "the agents were never all idle, so what they held may have been in use");
}

}  // namespace holdfast
