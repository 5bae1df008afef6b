// How an incomplete file came to stand where it was read, as far as the record shows it.
//
// What stands under a name is what the last rename or link put there, unless somebody writes to it in place: who does
// that makes no call that is recorded, save that a kill comes right before a write, or that the run delays one. Texts
// begin with "; ", and their times are marks; empty where the record shows nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/check/check.h"

namespace holdfast {

// "; agent 0's 0-7 was being broadcast then, and nothing else"; of more than two, nothing. `except` is not counted.
std::string under_way(const History& history, std::int64_t from_ns, std::int64_t until_ns,
                      const Operation* except);

// A write to a file that nobody moves, which the run delayed and which had not been done when that time began:
// "; agent 0's write to queue.json, which the run delayed, was under way from 0.003 s to 0.014 s". Of any such file if
// `name` is empty.
std::string delayed_write(const Evidence& evidence, std::string_view name, std::int64_t from_ns,
                          std::int64_t until_ns);

// A load that met bytes which are no whole queue, with this error.
std::string how_torn(const Evidence& evidence, const Operation& load, std::string_view error);

}  // namespace holdfast
