// What the origin did to live with torn files: look for entries in a queue.json that does not parse.
#pragma once

#include <string_view>
#include <vector>

#include "core/store/entry.h"

namespace holdfast {

// Every object in the text that parses and has an id, whatever stands around it. Finds old entries as gladly
// as new ones, and one entry as often as it is there.
std::vector<Entry> dig_out_entries(std::string_view text);

}  // namespace holdfast
