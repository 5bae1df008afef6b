// Which files of a store a pattern of a scenario matches. Paths are relative to the store: "new/1.json".
//
// `*`, `?` and `[…]` are as in a shell and never match a '/'. A pattern without '/' matches names in any directory;
// one with '/' matches whole paths, and "**" in it is any number of directories, or none.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

bool glob_fits(const std::string& pattern, std::string_view path);

// Whether something below this directory may match: only a pattern with '/' restricts where its files are.
bool glob_leads_through(const std::string& pattern, std::string_view directory);

}  // namespace holdfast
