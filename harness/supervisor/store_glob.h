// Which files of a store a pattern of a scenario means. Paths are relative to the store: "new/1.json".
//
// `*`, `?` and `[…]` are as in file names and never stand for a '/'. A pattern without '/' is that of a name, in
// whatever directory; one with '/' is that of the whole path, and "**" in it is any number of directories, or none.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

bool glob_fits(const std::string& pattern, std::string_view path);

// Whether something in this directory, however deep, may fit: only a pattern with '/' says where its files are.
bool glob_leads_through(const std::string& pattern, std::string_view directory);

}  // namespace holdfast
