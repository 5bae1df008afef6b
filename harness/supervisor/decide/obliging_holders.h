// Calls that wait instead of being refused, because only injectors that make callers wait block them.
//
// Some scanners delay processes that open a file while it is scanned, and the holder of an oplock is asked to release
// it while the other's call waits (docs/windows-rules.md). Such a call is decided again every few ms, until the
// holder is gone, another holder blocks it, or it has waited too long.
#pragma once

#include <cstdint>

#include "harness/supervisor/decide/decider.h"
#include "harness/supervisor/look/participants.h"

namespace holdfast {

// After this time it is refused after all: Microsoft's sample avscan allows a scan of a local file the same time.
inline constexpr std::int64_t longest_wait_ns = 30'000'000'000;

// Whether a call with this decision, which arrived `waited_ns` ago, has to wait. Injectors that make others wait
// never wait: they would wait for each other, or for their own handles.
bool shall_wait(const Decision& decision, const Caller& caller, const Participants& participants,
                std::int64_t waited_ns);

// Back-off before the call is decided again; grows with the time that it has waited.
std::int64_t next_look_after_ns(std::int64_t waited_ns);

}  // namespace holdfast
