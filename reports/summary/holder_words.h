// How reports name who held a file.
#pragma once

#include <cstdint>
#include <string>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// The injector's name, "agent", "self", "posix-only", "stranger" or "unseen".
std::string holder_name(const Plan& plan, const Holder& holder);
std::string share_letters(std::uint8_t share);         // "rw-"
std::string program_name(const std::string& program);  // without its directory

}  // namespace holdfast
