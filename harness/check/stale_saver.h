// An agent whose saves keep nothing that others saved in the meantime.
//
// Stores that replace a whole file write what they read before. So if everything that an agent put under a name is
// there in the end, and nothing that others put there in the meantime is, each of its saves lacks the others'
// entries. (A few of each do not make a pattern.) The agent may have read before it had the lock, or saved what it
// has in memory. One thing distinguishes the two: a save requested when what it lacks was already there, with nothing
// in between and nothing refused, cannot have read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/check/name_changes.h"

namespace holdfast {

// "; of the 33 broadcasts that others put there between …, none is read at the end: …", with the save that cannot
// have read, if there is one on record; empty if there is no such pattern. `stays`: whether the broadcast behind a
// change is read in the end. Times are marks.
std::string never_read_again(const History& history, const std::vector<NameChange>& changes,
                             std::uint32_t agent, const std::function<bool(const NameChange&)>& stays);

}  // namespace holdfast
