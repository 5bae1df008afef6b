// How the conductor and the processes of a run synchronise.
//
// Four descriptors, inherited and shared by all children, however many. A gate is the read end of a pipe on which
// nothing is ever written: it opens, for everyone at once, when the conductor closes the write end. The turnstile is
// an eventfd that counts permits (EFD_SEMAPHORE): each lets one agent through, and the conductor adds one whenever an
// agent has ended, so that a thousand agents do not read a long queue at once.
#pragma once

#include <cstdint>

#include "core/base/result.h"

namespace holdfast {

inline constexpr int status_descriptor = 3;    // children write StatusRecord
inline constexpr int start_descriptor = 4;     // gate: begin
inline constexpr int finish_descriptor = 5;    // turnstile: an agent reads for the last time and ends
inline constexpr int stop_descriptor = 6;      // gate: injectors release their files and end
inline constexpr int launcher_descriptor = 7;  // the launcher's socket; agents and injectors do not get it
inline constexpr int plan_descriptor = 8;      // the plan, see sealed_text.h; injectors of exec do not get it

enum class StatusKind : std::uint32_t { ready = 1, progress = 2, done = 3 };

// Written atomically (less than PIPE_BUF), so records of different children never mix.
struct StatusRecord {
  StatusKind kind = StatusKind::ready;
  std::uint32_t token = 0;  // the launcher's name for the child
  std::uint32_t ok = 0;
  std::uint32_t failed = 0;
  std::uint32_t retries = 0;
};

// What every child does first: makes the descriptors close-on-exec, arranges to die with its parent, and turns
// SIGTERM into stop_requested().
Result<> join_run();

bool stop_requested();

// The descriptor that becomes readable on SIGTERM, for poll().
int stop_signal_descriptor();

void tell_status(const StatusRecord& record);

// The exit code of a child that could not do its part (child_exit.h).
int child_exit_code(const Error& error);

// Waits for a gate; false if SIGTERM came first.
bool wait_for_gate(int gate);

// Waits for a permit of the turnstile; false if SIGTERM came first.
bool wait_for_turn();

// Sleeps on the monotonic clock; false if SIGTERM cut it short.
bool sleep_until_ns(std::int64_t monotonic_ns);

}  // namespace holdfast
