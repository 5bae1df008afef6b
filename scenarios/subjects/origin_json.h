// The origin's queue as JSON: {"entries":[…]}, or a bare array as older writers left it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/store/entry.h"

namespace holdfast {

std::string origin_queue_to_json(const std::vector<Entry>& entries);

// Code::corrupt, with the byte where it stops to make sense.
Result<std::vector<Entry>> origin_queue_from_json(std::string_view text);

// Every object in the text that parses and has an id, whatever stands around it: what the origin did to live
// with torn files. Finds old entries as gladly as new ones.
std::vector<Entry> dig_out_entries(std::string_view text);

}  // namespace holdfast
