// An agent whose saves keep nothing of what others saved meanwhile.
//
// Stores that replace a whole file put into it what they read before. So if all that an agent put under a name is read in
// the end, and nothing of what others put there meanwhile is, each of its saves lacks that. A few of each show no pattern.
// It may have read before it had the lock, or saved what it has in memory. Only one thing tells these apart: a save that
// was asked for when what it lacks stood there already, with nothing in between and nothing refused, cannot have read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/check/name_changes.h"

namespace holdfast {

// "; of the 33 broadcasts that others put there between …, none is read at the end: …", and if it is on record, the save
// that cannot have read; empty if there is no such pattern.
// `stays`: whether the broadcast that put it there is read in the end. Times are marks.
std::string never_read_again(const History& history, const std::vector<NameChange>& changes,
                             std::uint32_t agent, const std::function<bool(const NameChange&)>& stays);

}  // namespace holdfast
