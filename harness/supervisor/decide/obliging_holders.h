// Calls that wait instead of being refused, because only injectors that make callers wait block them.
//
// Some scanners delay whoever opens a file that they are scanning, and the holder of an oplock is asked to let go while
// the other's call is held (docs/windows-rules.md). Such a call is decided again every few ms, until the holder is gone,
// somebody else blocks it, or it has waited too long.
#pragma once

#include <cstdint>

#include "harness/supervisor/decide/decider.h"
#include "harness/supervisor/look/participants.h"

namespace holdfast {

// After this long it is refused after all: Microsoft's sample avscan lets a scan of a local file take as long.
inline constexpr std::int64_t longest_wait_ns = 30'000'000'000;

// Whether a call with this decision, which came in `waited_ns` ago, has to wait. Injectors that make others wait never
// wait themselves: they would wait for each other, or for what they hold themselves.
bool shall_wait(const Decision& decision, const Caller& caller, const Participants& participants,
                std::int64_t waited_ns);

// Back-off before the call is decided again; grows with the time that it has waited.
std::int64_t next_look_after_ns(std::int64_t waited_ns);

}  // namespace holdfast
