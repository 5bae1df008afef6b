// Everything that happened in a run: all processes' events, merged, as plain values. Checks and reports read nothing
// else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/history/doubt.h"
#include "harness/history/event.h"
#include "harness/history/exactness.h"
#include "harness/history/message_id.h"

namespace holdfast {

enum class Outcome : std::uint8_t {
  ok,
  fail,
  info
};  // info: may or may not have been done (no answer counts as info)

struct Holder {
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;  // of the injector or agent
  std::int32_t pid = 0;
  std::uint8_t access = 0;  // 4 r, 2 w, 1 d
  std::uint8_t share = 0;
  std::int32_t descriptor = -1;  // -1: a mapping, or unknown
  std::string program;
  std::string path;
};

// A trapped call of an agent, refused or done.
struct Call {
  Function function = Function::none;
  std::uint32_t agent = no_process;
  std::int32_t pid = 0;
  std::uint16_t windows_code = 0;  // 0 = not refused
  int os_error = 0;                // as answered; 0 = done
  bool observed = false;           // Windows would have refused it; it was let through
  std::int64_t received_ns = 0;
  std::int64_t answered_ns = 0;
  std::string path;
  std::string destination;
  std::vector<Holder> holders;  // those that blocked it; if it was done: those it waited for
};

// An entry of a read. There may be ten million, so only what some check needs is kept.
struct Seen {
  MessageId message;
  bool intact = true;
  bool body_told = true;        // false: the read returned only the id, so the body is unknown
  std::uint16_t torn_size = 0;  // for a damaged body: its bytes + 1; 0 = unknown or too many

  bool operator==(const Seen&) const = default;
};
static_assert(sizeof(Seen) == 12);

// One operation of an agent. Its calls are those answered between invoke and completion. There may be ten million of
// these, too.
struct Operation {
  Function function = Function::none;  // broadcast or read
  Outcome outcome = Outcome::info;
  std::uint16_t code = 0;  // os code of a failure
  std::uint32_t agent = 0;
  std::uint32_t number = 0;                 // broadcast: MessageId{agent, number}
  std::uint32_t first_call = 0, calls = 0;  // range of History::calls
  std::uint32_t first_seen = 0, seen = 0;   // range of History::seen (reads)
  std::uint32_t error = 0;                  // index into History::texts; 0 = none
  std::int64_t intended_ns = 0;
  std::int64_t invoke_ns = 0;
  std::int64_t complete_ns = 0;  // 0 = never answered

  bool operator==(const Operation&) const = default;
};
static_assert(sizeof(Operation) == 56);

struct Fault {
  std::uint64_t number = 0;
  std::int64_t planned_hold_ns = 0;
  std::int64_t fired_ns = 0;     // 0 = missed
  std::int64_t released_ns = 0;  // 0 = never, or unknown
  std::string path;
};

// How far an injector that kills at every file call got with one victim.
struct KillWalk {
  std::uint32_t victim = 0;
  std::uint64_t points = 0;        // file calls of a complete save, if one was seen
  std::uint64_t visited = 0;       // how many of them it was killed immediately before
  bool complete = false;           // all of them
  std::vector<std::string> calls;  // in order
};

struct InjectorRecord {
  std::uint32_t index = 0;
  std::int32_t pid = 0;  // 0: no process of its own
  std::uint64_t planned = 0;
  std::uint64_t fired = 0;
  std::vector<Fault> faults;
  std::vector<KillWalk> walks{};
};

// An agent killed by plan, right before a call, which was not done.
struct Kill {
  std::uint32_t agent = 0;
  std::uint32_t injector = 0;
  std::int32_t pid = 0;
  std::int64_t time_ns = 0;
  std::string call;
  std::string path;
};

struct ProcessRecord {
  Role role = Role::agent;
  std::uint32_t index = 0;
  std::int32_t pid = 0;
  bool exited = false;          // false: no exit was recorded (the conductor died first)
  int wait_status = 0;          // from waitpid
  bool stopped = false;         // ended by the conductor, so its death is not a finding
  bool killed_by_plan = false;  // likewise; another process took its place
};

// A read of an agent's mail by another process.
struct Reading {
  std::uint32_t reader = 0;
  std::uint32_t mailbox = 0;  // whose mail
  Outcome outcome = Outcome::info;
  std::uint32_t first_seen = 0, seen = 0;  // range of History::seen
  std::uint32_t error = 0;                 // index into History::texts; 0 = none
  std::int64_t invoke_ns = 0;
  std::int64_t complete_ns = 0;  // 0 = never answered
};

// What a process of an agent still had open in the store when all agents had finished.
struct IdleHandles {
  std::uint32_t agent = 0;
  std::int32_t pid = 0;
  std::uint64_t handles = 0;
  std::uint64_t of_replaced = 0;  // on files whose name now belongs to another file
  std::uint64_t of_removed = 0;   // on files that no longer have a name
  std::uint64_t most_of_one = 0;  // of one kind on one file
  std::string program;
  std::string path;  // of the worst of these
};

// What an agent held between two broadcasts, when it was halfway through its broadcasts.
struct HalfwayHandles {
  std::uint32_t agent = 0;
  std::uint64_t most_of_one = 0;  // of one kind on one file, by one of its processes
  std::int64_t time_ns = 0;
  std::uint64_t of_removed = 0;  // as in IdleHandles, by all its processes
};

// A lock on a store file, a waiter for one, or a process that only has the locked file open.
struct LockSeen {
  LockState state = LockState::held;
  LockKind kind = LockKind::flock;
  bool exclusive = false;
  std::uint32_t agent = no_process;  // whose process it is
  std::int32_t pid = 0;              // 0: unknown
  std::uint32_t number = 0;          // the same for a lock and its waiters
  std::uint64_t first_byte = 0, last_byte = 0;
  std::string program;
  std::string path;  // in the store

  bool operator==(const LockSeen&) const = default;
};

// The locks at one time: when an operation was late, and when all agents were idle.
struct LockLook {
  std::int64_t time_ns = 0;
  bool idle = false;
  std::vector<LockSeen> locks{};
};

enum class LeftoverUse : std::uint8_t {
  none = 0,
  shared = 1,  // opened by two agents, locked between operations, or opened by the final reads
  alone = 2,   // only one agent has it open between operations
};

// A file in the store after the run that the scenario does not name.
struct Leftover {
  std::string name;             // in the store
  std::int64_t born_ns = 0;     // when it was made; 0: unknown
  std::int64_t changed_ns = 0;  // when its content was last written
  LeftoverUse use = LeftoverUse::none;
  std::uint32_t user = no_process;  // the only agent that uses it

  [[nodiscard]] std::int64_t made_ns() const { return born_ns != 0 ? born_ns : changed_ns; }

  bool operator==(const Leftover&) const = default;
};

// An agent's program that its adapter ended, because it was late or broke the protocol.
struct Ended {
  std::uint32_t agent = 0;
  std::int32_t pid = 0;
  std::int64_t begun_ns = 0;  // when its current or last operation began
  std::int64_t time_ns = 0;   // when it was gone
};

// The reference work, which the conductor timed before and after the load; see harness/conduct/machine/reference.h.
struct ReferenceWork {
  std::uint64_t rounds = 0;  // 0: not done
  std::int64_t round_ns = 0;
};

// A disk stall: small writes took a long time; see harness/conduct/machine/pulse.h.
struct Standstill {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;

  bool operator==(const Standstill&) const = default;
};

// The load on the machine during one part of the run; see harness/conduct/machine/neighbours.h. nullopt where unknown.
struct Contention {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::int64_t busy_ns = 0;                    // all processors together
  std::int64_t run_ns = 0;                     // of that: the run's processes
  std::optional<std::int64_t> strangers_ns{};  // of that: processes outside the run
  std::optional<std::int64_t> waited_ns{};     // for a processor, the run's processes together
  std::optional<std::int64_t> run_bytes{};     // that the run's processes wrote
  std::optional<std::int64_t> disk_bytes{};    // that all processes wrote to the disk
  std::int64_t disk_busy_ns = 0;
  std::int64_t disk_flushes = 0;  // by all processes

  bool operator==(const Contention&) const = default;
};

struct History {
  std::uint64_t run_id = 0;
  std::int64_t started_ns = 0;  // the barrier; 0 = never opened
  std::int64_t quiesced_ns = 0;
  std::int64_t finished_ns = 0;
  std::int64_t idle_ns = 0;  // when idle agents were looked at; 0 = never
  std::int64_t cut_ns = 0;   // when it was interrupted or timed out
  bool interrupted = false;
  bool timed_out = false;
  bool complete = false;  // Mark::finished was reached

  std::vector<Operation> operations;  // by agent, then by invoke time
  std::vector<Reading> readings;      // by reader, then by invoke time
  std::vector<Call> calls;            // by agent, then by time; calls outside any operation included
  std::vector<Seen> seen;
  std::vector<std::string> texts{""};
  // Returns its index.
  std::uint32_t add_text(const std::string& text) {
    texts.push_back(text);
    return static_cast<std::uint32_t>(texts.size() - 1);
  }
  std::vector<std::pair<MessageId, std::string>> torn;  // operation and error, from `torn` events
  std::vector<std::string> torn_readings;               // likewise for readers; each names the reader
  std::vector<InjectorRecord> injectors;
  std::vector<Kill> kills;  // by agent, then by time
  std::vector<ProcessRecord> processes;
  std::vector<Leftover> leftovers;      // sorted by name
  std::uint64_t files_left = 0;         // in the store after the run, including those that belong there
  std::vector<Ended> ended;             // by agent, then by time
  std::vector<IdleHandles> idle;        // of processes that held any
  std::vector<HalfwayHandles> halfway;  // by agent
  std::vector<LockLook> lock_looks;     // in order
  std::optional<Exactness> exactness;   // none: the supervisor did not end normally
  ReferenceWork reference_before, reference_after;
  std::vector<Standstill> standstills;  // in order, not overlapping
  std::vector<Contention> machine;      // likewise
  double disk_bytes_per_s = 0;          // before the load; 0 = unknown
  std::int64_t disk_flush_ns = 0;       // likewise, of 4 KiB
  std::vector<Doubt> warnings;          // to be shown
  std::vector<Doubt> doubts;            // warnings that make the run inconclusive, including any damage found

  // Agents whose record is missing, damaged, cut short or contradictory: what it does not show may still have
  // happened, so checks conclude nothing from its absence.
  std::vector<std::uint32_t> agents_in_doubt;  // ascending
  bool calls_in_doubt = false;                 // the supervisor's
};

// Reads `run_directory`/events/*. Damage to one file becomes an entry in `doubts` with file and offset, and what
// precedes it is kept; an Error only if the directory cannot be read or has no conductor's file. Reads `threads`
// agents' files at a time (0 = one per core), which does not affect the result.
Result<History> merge(const std::filesystem::path& run_directory, unsigned threads = 0);

}  // namespace holdfast
