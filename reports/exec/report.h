// What `holdfast exec` found: which calls of a command Windows would have refused, and who held the file.
// Plain values; grouped, suppressed and rendered by pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/code_stack.h"
#include "harness/history/doubt.h"
#include "harness/history/event.h"
#include "harness/sharing/obstacle.h"
#include "harness/sharing/sharing.h"
#include "reports/exec/places.h"

namespace holdfast {

struct ExecHolder {
  HolderKind kind = HolderKind::unseen;  // `agent` means another process of the command
  bool inherited = false;                // it got the descriptor from its parent
  std::int32_t pid = 0;                  // 0: unseen
  std::string program;                   // the executable's file name; for an injector, its name
  std::string path;                      // as the holder opened it
  std::string runtime;                   // of its program: the name of a profile; empty: unknown
  int descriptor = -1;                   // -1: a mapping
  FileBits access = 0;
  FileBits share = 0;
  std::optional<std::int64_t> open_ns;  // how long it had been open; known only for injectors

  bool operator==(const ExecHolder&) const = default;
};

struct ExecRefusal {
  Function call = Function::none;
  std::string path, destination;  // absolute; the destination of a rename or link, else empty
  std::uint16_t code = 0;         // of Windows
  int error = 0;                  // the errno that was answered, or would be with --enforce
  Obstacle reason = Obstacle::held;
  std::int32_t pid = 0;
  std::string program;     // of the caller, the executable's file name
  std::string runtime;     // of the caller: the name of a profile; empty: unknown
  std::int64_t at_ns = 0;  // since the command was started
  std::vector<ExecHolder> holders;
  CodeStack stack;  // where the call came from, and the test that ran

  bool operator==(const ExecRefusal&) const = default;
};

struct ExecInjector {
  std::string name;
  std::uint64_t planned = 0;
  std::uint64_t fired = 0;
  std::uint64_t min_fired = 1;
};

struct SuppressionUse {
  std::string text;      // as written in its file
  bool shipped = false;  // one of those for well-known programs
  std::uint64_t count = 0;
};

// Calls that could not be judged, or not reliably, for one reason.
struct Unjudged {
  DoubtKind kind = DoubtKind::other;
  std::uint64_t count = 0;
  std::string example;  // the sentence about the first
};

struct ExecReport {
  std::vector<std::string> command;
  std::vector<std::string> directories;  // the domain: absolute and canonical
  std::vector<std::string> temporary;    // likewise: shared with other programs, for temporary files
  int wait_status = 0;                   // of the command, as wait(2) gives it
  bool enforced = false;                 // false: every call went on, undisturbed
  std::int64_t begun_ns = 0;             // CLOCK_MONOTONIC: the zero of refusal times
  std::int64_t duration_ns = 0;
  bool opens_decided = false;         // false: only injectors'
  std::uint64_t missed_refusals = 0;  // a file was opened during its rename or removal
  std::uint64_t decided = 0;          // calls within the domain that were checked against the rules
  Places judged;                      // of those, by the watched directory they were in
  Places outside;                     // calls elsewhere, by directory
  Places moved;  // of those, where the command came only after an injector was in its way
  std::vector<ExecRefusal> refusals;
  std::uint64_t refusals_beyond = 0;  // counted but not kept, to bound memory
  std::vector<ExecRefusal> spared;    // not refused: only programs outside the command were in the way, in
                                      // temporary directories; the first ones
  std::uint64_t spared_count = 0;
  std::vector<Unjudged> unjudged;     // by reason, in the order of the first of each
  std::vector<std::string> warnings;  // other things that users should know
  std::vector<ExecInjector> injectors;
  std::uint64_t suppressed = 0;              // refusals taken out by suppress()
  std::vector<SuppressionUse> suppressions;  // likewise: each, and how much it took out
  bool show_suppressed = false;              // the summary lists those that took something out
};

// Refusals that count for --fail-on-refusal.
inline std::uint64_t counted_refusals(const ExecReport& report) {
  return report.refusals.size() + report.refusals_beyond;
}

// Calls neither refused nor clean, which --allow-unjudged lets pass.
inline std::uint64_t counted_unjudged(const ExecReport& report) {
  std::uint64_t count = 0;
  for (const Unjudged& unjudged : report.unjudged) count += unjudged.count;
  return count;
}

}  // namespace holdfast
