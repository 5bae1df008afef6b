// Names of the temporary files of atomic replaces: ".<file>.<pid>-<16 hexadecimal digits>.tmp", beside the file.
// Beside it, since a rename works within one filesystem only; unique, since a shared name such as queue.json.tmp lets
// one writer publish what another has half written; recognisable, so that those of dead writers can be swept.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace holdfast {

std::filesystem::path new_temp_path(const std::filesystem::path& target);

// Whether new_temp_path could give `name` for a target of that file name.
bool is_temp_name(std::string_view name, std::string_view target_name);

}  // namespace holdfast
