// Names of the temporary files of atomic replaces: ".<file>.<pid>-<16 hexadecimal digits>.tmp", beside the
// file. Beside it, since a rename works within one filesystem only; unique, since a name that all share (the
// origin's queue.json.tmp) lets one writer publish what another has half written; recognisable, so that those
// of writers who died can be swept.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace holdfast {

std::filesystem::path new_temp_path(const std::filesystem::path& target);

// Whether `name` is one that new_temp_path gives for a target of that file name.
bool is_temp_name(std::string_view name, std::string_view target_name);

}  // namespace holdfast
