// Who holds which lock on a store's files at this moment, and who waits for it: pids of /proc/locks, which names files
// by number and open file descriptions by nobody, put together with what each process has open.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/history/history.h"
#include "harness/store/handles.h"

namespace holdfast {

// Of the processes of one agent.
struct AgentHandles {
  std::uint32_t agent = 0;
  std::vector<StoreHandle> handles;
};

// Locks on files that one of `agents` has open; then who has one of those files open and neither holds nor waits for
// a lock on it. `locks` is the text of /proc/locks; paths are relative to `store`. A waiter whom the kernel does not
// name has pid 0, unless its agent can be told by the call that it is in.
std::vector<LockSeen> lock_table(std::string_view locks, const std::vector<AgentHandles>& agents,
                                 const std::filesystem::path& store);

}  // namespace holdfast
