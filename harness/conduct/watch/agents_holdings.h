// What agents hold of the store, each with all the processes below it, as events.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "harness/history/event.h"
#include "harness/store/lock_table.h"

namespace holdfast {

struct AgentProcess {
  std::uint32_t agent = 0;
  pid_t process = 0;
};

// `store` is absolute and canonical.
std::vector<AgentHandles> holdings_of(const std::vector<AgentProcess>& agents,
                                      const std::filesystem::path& store);

// The locks among these: who looked and why, then the locks, the most telling first, and no more than anybody reads.
std::vector<Event> lock_events(const std::vector<AgentHandles>& held, const std::filesystem::path& store,
                               bool idle);

// An event for each process that has anything of the store open.
std::vector<Event> idle_events(const std::vector<AgentHandles>& held);

// Handles that were there at both times, for what a thread of the subject's own does just now is not kept.
std::vector<AgentHandles> kept(const std::vector<AgentHandles>& before, std::vector<AgentHandles> after);

}  // namespace holdfast
