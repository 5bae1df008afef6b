// What runtimes do on Windows by default: which share mode an ordinary open has, how a file is renamed, and what a
// program sees when Windows refuses. One row per runtime, each with its source.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/sharing/sharing.h"

namespace holdfast {

enum class RenamePrimitive {
  move_file,             // MoveFileExW(MOVEFILE_REPLACE_EXISTING)
  move_file_then_posix,  // then, on 5, again with POSIX semantics
};

struct Profile {
  std::string_view name;
  FileBits share = 0;  // of an ordinary open
  RenamePrimitive rename = RenamePrimitive::move_file;
  int errno_access_denied = 0;      // for code 5
  int errno_sharing_violation = 0;  // for code 32
};

// A runtime's, or a custom one for programs that choose their share mode: "share:" and its three letters, such as
// "share:r-d". None if there is no such profile.
std::optional<Profile> find_profile(std::string_view name);
std::vector<std::string_view> profile_names();  // without the custom ones

int errno_for(const Profile& profile, std::uint16_t windows_code);

// Renaming onto an existing file, as programs of this profile do.
std::uint16_t replace_onto(const Profile& profile, std::span<const Handle> holders);

}  // namespace holdfast
