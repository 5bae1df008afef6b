// What a page draws over time: a History cut down to what a browser can hold. A plain value whose size does not
// depend on the run's: beyond some ten thousand operations and calls it keeps those that did not succeed, then those
// that were refused, then others, each kind evenly spread, and counts all of them in bins.
//
// Times are microseconds after the barrier or, without one, after the first operation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// A holder named in a refusal, or an injector.
struct TimelineHolder {
  std::string name;  // as in HolderSummary
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;
  std::int32_t pid = 0;
  std::string program, share;

  bool operator==(const TimelineHolder&) const = default;
};

// A holder as named in one refusal.
struct TimelineMention {
  std::uint32_t holder = 0;                        // of Timeline::holders
  std::string access;                              // "r--"
  std::optional<std::int64_t> since_us, until_us;  // an injector's hold, if recorded
  // The agent's operation at that moment, "3-17", which began at since_us.
  std::string during;
};

struct TimelineCall {
  Function function = Function::none;
  std::uint16_t windows_code = 0;
  int os_error = 0;
  bool observed = false;
  bool attempt = true;  // a holder refused it, or it repeats such a call
  std::int64_t received_us = 0, answered_us = 0;
  std::uint32_t path = 0, destination = 0;  // of Timeline::texts
  std::vector<TimelineMention> holders;
};

struct TimelineOperation {
  Function function = Function::none;
  Outcome outcome = Outcome::info;
  std::uint16_t code = 0;
  std::uint32_t agent = 0, number = 0;
  std::uint32_t lacking = 0;  // recipients whose final read lacks it although it was acknowledged before
  std::uint32_t error = 0;    // of Timeline::texts
  std::int64_t intended_us = 0, invoke_us = 0;
  std::optional<std::int64_t> complete_us;
  std::vector<TimelineCall> calls;
};

struct TimelineHold {
  std::uint32_t holder = 0;
  std::int64_t from_us = 0;
  std::optional<std::int64_t> until_us;  // none: its release was not recorded
  std::int64_t planned_us = 0;
  std::uint32_t path = 0;
};

struct TimelineKill {
  std::uint32_t agent = 0;
  std::int64_t at_us = 0;
  std::uint32_t call = 0, path = 0;  // of Timeline::texts
};

// The requests of neighbouring agents in one stretch of time.
struct TimelineBin {
  std::uint32_t lane = 0, at = 0;  // agents [lane * agents_a_lane, …), time [at * bin_us, …)
  std::uint64_t ok = 0, failed = 0, unknown = 0, refused = 0;  // operations; refusals
};

// Waits before retry k, by length: [least, least * 2^(1/4)) each.
struct WaitBar {
  int retry = 1;
  double least_ms = 0;
  std::uint64_t count = 0;
};

struct Timeline {
  std::uint32_t agents = 0;
  std::int64_t from_us = 0, until_us = 0;  // everything lies in between
  std::optional<std::int64_t> quiesced_us;

  std::vector<TimelineOperation> operations;  // by agent, then by invoke time
  std::vector<TimelineHold> holds;            // by holder, then by time
  std::vector<TimelineHolder> holders;
  std::vector<TimelineKill> kills;
  std::vector<std::string> texts{""};
  std::vector<WaitBar> waits;  // by retry, then by length; of all operations

  // Totals; larger than the above if something was left out.
  std::uint64_t all_operations = 0, all_refused = 0, all_unsuccessful = 0, all_holds = 0;
  std::uint64_t all_refusals = 0;  // calls
  std::uint64_t kept_refused = 0, kept_unsuccessful = 0, kept_refusals = 0;
  // Only if operations were left out.
  std::uint32_t agents_a_lane = 1;
  std::int64_t bin_us = 0;
  std::vector<TimelineBin> bins;

  // The first operation, by start, that was not acknowledged, or that some final read lacks although it was.
  std::optional<std::size_t> first_failure;
  std::optional<std::size_t> first_refusal;
  [[nodiscard]] bool whole() const { return operations.size() == all_operations; }
};

struct TimelineLimits {
  std::size_t items = 20'000;  // operations and their calls
  std::size_t holds = 5'000;
  std::size_t text_columns = 300;  // per text; longer ones are cut
};

Timeline timeline_of(const Plan& plan, const History& history, const TimelineLimits& limits = {});

}  // namespace holdfast
