// Names, paths and globs of store files in scenarios.
#pragma once

#include <string_view>

namespace holdfast {

inline constexpr std::string_view store_path_wanted =
    "a file inside the store directory, such as \"queue.json\" or \"new/*\"; * and ? stand for others, ** "
    "for "
    "any directories";

// Whether it cannot leave the store directory.
bool is_store_path(std::string_view path);

}  // namespace holdfast
