// Where the calls of a command were, by directory, in bounded memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace holdfast {

using Places = std::map<std::string, std::uint64_t>;  // calls by absolute directory

// Counts a call. Beyond `most` directories, the deepest ones are counted for their parents.
void count_place(Places& places, const std::string& directory, std::size_t most = 64);

// At most `most` directories, none below another, unless they have no parent but a top-level directory in common.
Places fewer_places(Places places, std::size_t most);

}  // namespace holdfast
