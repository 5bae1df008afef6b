// What the recorded locks say about an operation that was late or failed: who held what, who waited for it, and
// whether they waited in a circle.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

// The last look in that time, or none.
const LockLook* last_look(const History& history, std::int64_t from_ns, std::int64_t until_ns);

// For each look, the agents that had an operation open then. One pass over all operations.
std::vector<std::set<std::uint32_t>> busy_agents(const History& history);

// "agent 0 (python3, pid 12) held jobs.lock (flock, exclusive)"
std::string described(const LockSeen& lock);

// A circle of processes, each waiting for a lock of the next; empty if there is none. A process may wait for itself.
std::vector<const LockSeen*> circle_of_waiters(const LockLook& look);

// "; a deadlock at 2.250 s: …", "; at 2.250 s agent 0 (…) held …, and agents 1 and 2 waited for it"; empty if there
// was no look in that time or no lock was seen. Also says what the holder was doing: nothing, or that its save had
// been done.
std::string who_held_what(const History& history, const Operation& operation, std::int64_t until_ns);

}  // namespace holdfast
