// How the origin (see origin_store.h) coped with torn files: it searched a queue.json that does not parse for
// entries.
#pragma once

#include <string_view>
#include <vector>

#include "core/store/entry.h"

namespace holdfast {

// Every object in the text that parses and has an id, whatever surrounds it. Finds old entries as well as new ones,
// and repeated entries repeatedly.
std::vector<Entry> dig_out_entries(std::string_view text);

}  // namespace holdfast
