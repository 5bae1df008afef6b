// An agent that saves what it has in memory and never reads again what others saved.
//
// Stores that replace a whole file put into it what they read before. So if all that an agent put under a name is read in
// the end, and nothing of what others put there meanwhile is, each of its saves lacks that. A few of each show no pattern.
// Nor is the pattern enough, since saves without a lock overlap and lose each other's messages, too: one of its saves must
// have been asked for when what it lacks stood there already, with nothing in between, and nothing refused.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/check/name_changes.h"

namespace holdfast {

// "; of the 33 broadcasts that others put there between …, nothing is read at the end: …"; empty if that is not proven.
// `stays`: whether the broadcast that put it there is read in the end. Times are marks.
std::string never_read_again(const History& history, const std::vector<NameChange>& changes,
                             std::uint32_t agent, const std::function<bool(const NameChange&)>& stays);

}  // namespace holdfast
