// The message for a word that is not among the valid ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// unknown key "brodcasts"; the nearest is "broadcasts". Valid here: count, broadcasts, …
std::string unknown_word(std::string_view what, std::string_view word,
                         const std::vector<std::string_view>& valid);

}  // namespace holdfast
