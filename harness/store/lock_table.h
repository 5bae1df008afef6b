// Who holds which lock on a store's files right now, and who waits for it: joins /proc/locks, which identifies files
// by number and names no owner for open file descriptions, with what each process has open.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/history/history.h"
#include "harness/store/handles.h"

namespace holdfast {

// The handles of one agent's processes.
struct AgentHandles {
  std::uint32_t agent = 0;
  std::vector<StoreHandle> handles;
};

// Locks on files that one of `agents` has open; then the processes that have one of these files open but neither hold
// nor await a lock on it. `locks` is the text of /proc/locks; paths are relative to `store`. A waiter that the kernel
// does not name has pid 0, unless the call that it is in reveals its agent.
std::vector<LockSeen> lock_table(std::string_view locks, const std::vector<AgentHandles>& agents,
                                 const std::filesystem::path& store);

}  // namespace holdfast
