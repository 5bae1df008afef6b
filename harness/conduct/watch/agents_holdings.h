// What agents, each with all its descendants, hold in the store, as events.
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

// The locks among these: when and why they were looked at, then the locks, most telling first, up to a limit.
std::vector<Event> lock_events(const std::vector<AgentHandles>& held, const std::filesystem::path& store,
                               bool idle);

// An event for each process that has store files open.
std::vector<Event> idle_events(const std::vector<AgentHandles>& held);

// Handles that were open both times; this leaves out those that a thread of the subject has open only for a moment.
std::vector<AgentHandles> kept(const std::vector<AgentHandles>& before, std::vector<AgentHandles> after);

}  // namespace holdfast
