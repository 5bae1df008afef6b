// How an incomplete file came to be where it was read, as far as the record shows.
//
// A name refers to what the last rename or link put there, unless a process writes to it in place. Such writes are
// not recorded, except where a kill comes right before one, or the run delays one. Texts begin with "; ", and their
// times are marks; they are empty if the record shows nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/check/check.h"

namespace holdfast {

// "; agent 0's 0-7 was being broadcast then, and nothing else"; empty for more than two. `except` is not counted.
std::string under_way(const History& history, std::int64_t from_ns, std::int64_t until_ns,
                      const Operation* except);

// A delayed write to a file that is never moved, not yet done when that time began: "; agent 0's write to queue.json,
// which the run delayed, was under way from 0.003 s to 0.014 s". An empty `name` means any such file.
std::string delayed_write(const Evidence& evidence, std::string_view name, std::int64_t from_ns,
                          std::int64_t until_ns);

// For a load that found bytes that are not a complete queue, with this error.
std::string how_torn(const Evidence& evidence, const Operation& load, std::string_view error);

}  // namespace holdfast
