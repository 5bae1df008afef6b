// What to say about a word that is not one of the few that are valid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// unknown key "brodcasts"; the nearest is "broadcasts". Valid here: count, broadcasts, …
std::string unknown_word(std::string_view what, std::string_view word,
                         const std::vector<std::string_view>& valid);

}  // namespace holdfast
