// An event, as recorded by a process.
//
// Format of an event file, version 1, little endian. The file is a row of 64-byte records; record 0 is the
// header. Writers map the file and grow it in steps, so that what was recorded survives SIGKILL of the writer
// and costs no system call:
//
//   offset  size  field
//        0     4  check     of bytes 4..63: low 32 bits of XXH3-64, 0 replaced by 1; stored last, so 0 = not written
//        4     1  type      EventType
//        5     1  function  Function
//        6     2  code      Windows error code of a refusal, or errno of a failure; 0 = none
//        8     4  process   index of the agent or injector concerned; 0xFFFFFFFF = none
//       12     4  pid
//       16     8  time_ns   CLOCK_MONOTONIC
//       24     8  op        MessageId of the operation, packed; or a running number
//       32    32  value[4]  by type, see below
//
// A header has type `header`, op = "HOLDFAST" as eight bytes, code = format version, function = Role,
// process = writer's index, value[0] = run id, value[1] = CLOCK_REALTIME - CLOCK_MONOTONIC in ns.
// A `text` record continues the event before it: 48 bytes of text at offset 16, length of this piece in
// `code` (1..48); at most 256 pieces. Texts are for people, except where noted "fields": NUL separates them.
//
// Readers accept: zeros from some record on (the writer died or grew the file), and one last record with check 0 (it
// died while writing it). They refuse, with file and offset: another magic or version, a size that is not a multiple
// of 64, a wrong check, anything after a zero record, an unknown type. A writer that ends normally writes `end` last
// and cuts the file to size; the conductor knows which ones did, so a file cut short afterwards can be distinguished
// from one whose writer died.
//
// Rejected: JSON lines (10x the bytes, a write per event), protobuf (a dependency for one struct), a
// lock-free ring shared by all (one torn writer would hide the others).
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace holdfast {

// A reader is a fresh process that reads agents' mail after the run. (Agents that only read are agents.)
enum class Role : std::uint8_t { agent = 1, injector = 2, supervisor = 3, conductor = 4, reader = 5 };

enum class Function : std::uint8_t {
  none = 0,
  broadcast = 1,  // an agent's operations
  read = 2,
  rename = 10,  // trapped calls
  unlink = 11,
  rmdir = 12,
  link = 13,
  open = 14,
  truncate = 15,
  hold = 20,  // injectors
  scan = 21,
  delay = 22,  // by the supervisor, for an injector
};

// What a read returned as an entry's body. Untold: it returned only the id.
enum class SeenBody : std::uint8_t { torn = 0, whole = 1, untold = 2 };

enum class EventType : std::uint8_t {
  header = 1,
  text = 2,
  end = 3,  // the writer ended normally

  // By agents. `op` is the MessageId; reads have their own numbers. Likewise by readers: `op` is the owner of the
  // mail and a running number.
  invoke = 10,  // value: intended start ns (closed loop: equals time_ns), recipients
  ok = 11,      // value: attempts and ns waited as the subject counted them (0 = it does not count)
  fail = 12,    // definitely not done; value as ok; code = os code; text: the error
  info = 13,    // may or may not be done; likewise
  seen = 14,    // a read returned this entry; op = the read's; value: MessageId, position, SeenBody, and of a
                // torn body how long it is, plus 1 (0 = unknown); written before the read's `ok`, so that a
                // read with an `ok` has all its entries
  torn = 15,  // a load inside an operation met bytes that do not parse; op = the operation's; text: the error
  handles =
      17,  // halfway through its broadcasts, between two: value: handles alike on one file of the store that
           // one of its processes had open, at most; handles on files that were removed
  ended_program =
      18,          // the agent ended the subject's program, because it was late or broke the protocol; pid
  restarted = 16,  // another process continues this file after the last was killed; what that left open
                   // stays unanswered

  // By the supervisor.
  call = 20,  // a trapped call was answered; code = Windows code if refused; value: answered ns, errno
  // answered, number of holders that follow (if done: those it waited for), 1 = observed only; text
  // fields: path, destination
  holder = 21,  // of the call before it; process = index if agent or injector; pid;
                // value: HolderKind, access (4 r, 2 w, 1 d), share (likewise), descriptor or -1;
                // text fields: program, path
  warning =
      22,  // text; value: 1 = makes the run inconclusive, DoubtKind (0, as older files have it: not told
           // apart), how many calls it is about (0 = 1); in any file
  exactness = 23,  // at the end: value: renames and removals decided, refusals missed among them

  // By injectors. `op` numbers the faults of this injector.
  planned = 30,   // value: hold ns
  fired = 31,     // really opened; text: path
  released = 32,  // value: 1 = early, because another process wanted the file
  missed = 33,    // could not be opened; code = errno; text: path

  // By the supervisor, for injectors of kind `kill`: process = index of the injector, op as above.
  // planned: value: 0 or the number of the file call before which it comes, victim.
  // fired: pid; value: 0, victim (agent index); text fields: the call that was not done, path.
  // For those of kind `delay` they have function `delay`: planned; value: delay ns, agent. fired; text: path.
  // released.
  visited = 34,  // progress of the walk over a save's file calls; value: victim, file calls of a whole save,
                 // how many of them it was killed before, 1 = all of them; text fields: those calls, in order

  // By the conductor.
  spawned = 40,  // process, pid; value: Role
  exited = 41,   // process, pid; value: Role, wait status, 1 = stopped by the conductor, 1 = killed by plan
  mark = 42,     // value: Mark, for `finished` the number of files in the store
  leftover =
      43,  // a file in the store directory after the run that is not named as the store's; value: when it was
  // made and when written last, as time_ns (0 = unknown), LeftoverUse; process = the agent that uses it alone;
  // text: its path in the store
  idle = 44,  // a process of an agent that had done everything still had files of the store open; process
              // = agent, pid; value: handles, of these on files that were replaced, on others that were
              // removed, alike on one file at most; text fields: program, path of a file, the worst
  reference =
      46,  // the reference work was timed; value: 0 = before the load, 1 = after it, rounds, mean ns per round
  standstill = 47,  // the disk stood still; value: from and until, as time_ns
  locks = 48,       // locks on the store's files were looked at; value: 1 = because every agent was idle
  lock =
      49,  // one found then: process = agent, pid (0 = unknown), op = number in the kernel's list, the same
           // for a lock and who waits for it; value: LockState + 256 LockKind + 65,536 if exclusive,
           // first and last byte; text fields: program, path in the store
  processors = 50,  // of the machine, since the one before; op = ns that they were busy; value: from when on,
                    // until when, ns of these by processes outside the run, ns that the run's waited for one
                    // (all ones = unknown)
  disk =
      51,  // in the time of the `processors` before it; op = flushes that the disk took from anybody; value: bytes
  // that the run wrote, that the disk took from anybody (all ones = unknown), ns that it was busy, ns that
  // the run had processors
  disk_speed = 52,  // before the load; value: bytes per second, ns for a flush of 4 KiB (0 = unknown)
};

enum class Mark : std::uint64_t {
  released = 1,     // the barrier was opened
  quiesced = 2,     // all operations ended, injectors stopped; final reads follow
  finished = 3,     // the run ended as planned
  interrupted = 4,  // SIGINT or SIGTERM
  timed_out = 5,    // the run's deadline passed
  idle = 6,         // agents had done everything, and their open files were recorded
};

enum class HolderKind : std::uint64_t {
  injector = 1,
  agent = 2,       // another agent
  self = 3,        // the caller itself
  posix_only = 4,  // a forked child that never called exec: Windows would have no such handle
  stranger = 5,    // a process outside the run
  unseen = 6,      // held, but no process was found (no permission, or in flight)
};

enum class LockKind : std::uint8_t { flock = 1, posix = 2, ofd = 3 };
enum class LockState : std::uint8_t {
  held = 1,
  waits = 2,  // in the kernel, until it can have it
  open = 3,   // has the locked file open, and no lock
};

inline constexpr std::uint32_t no_process = 0xFFFFFFFF;
inline constexpr std::uint16_t event_format_version = 1;

struct Event {
  EventType type = EventType::end;
  Function function = Function::none;
  std::uint16_t code = 0;
  std::uint32_t process = no_process;
  std::int32_t pid = 0;
  std::int64_t time_ns = 0;
  std::uint64_t op = 0;
  std::array<std::uint64_t, 4> value{};
  std::string text{};  // joined from the text records that follow

  bool operator==(const Event&) const = default;
};

}  // namespace holdfast
