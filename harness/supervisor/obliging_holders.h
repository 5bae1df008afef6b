// Calls that wait instead of being refused: those that nobody but injectors is in the way of which make callers wait.
//
// Some scanners delay the call of who wants a file that they look at until they are through, and whoever has an oplock
// is asked to let go while the other's call is held (docs/windows-rules.md). Such a call is decided anew every few ms, until
// the holder is gone, somebody else is in the way, or it has waited for too long.
#pragma once

#include <cstdint>

#include "harness/supervisor/decision.h"
#include "harness/supervisor/participants.h"

namespace holdfast {

// Then it is refused after all: as long as Microsoft's sample avscan lets a scan of a local file take.
inline constexpr std::int64_t longest_wait_ns = 30'000'000'000;

// Whether a call so decided, which came in `waited_ns` ago, shall wait. Those that make others wait never do
// themselves: they would wait for each other, or for what they hold themselves.
bool shall_wait(const Decision& decision, const Caller& caller, const Participants& participants,
                std::int64_t waited_ns);

// How long until it is decided anew: the longer it has waited, the longer.
std::int64_t next_look_after_ns(std::int64_t waited_ns);

}  // namespace holdfast
