// Which known word a person most likely meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, ASCII case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest of `words`, the first of equals; none if even that is too far off to have been meant.
std::optional<std::string_view> nearest(std::string_view word, const std::vector<std::string_view>& words);

// "unknown key "brodcasts": did you mean "broadcasts"? Valid here: count, broadcasts, …"
std::string unknown_word(std::string_view what, std::string_view word,
                         const std::vector<std::string_view>& valid);

}  // namespace holdfast
