// What planned kills excuse: the operation that was under way, and nothing else.
#pragma once

#include "harness/history/history.h"

namespace holdfast {

// The kill by plan that cut an operation short, or none. The operation may be done or not.
const Kill* kill_of(const History& history, const Operation& operation);

}  // namespace holdfast
