// Windows' file-sharing rules as pure functions over the handles that are open. Nothing here makes a system
// call.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace holdfast {

// Bits of an access or of a share mode. Execution counts as reading, appending as writing
// (MS-FSA 2.1.5.1.2.2).
using FileBits = std::uint8_t;
inline constexpr FileBits read_bit = 4;
inline constexpr FileBits write_bit = 2;
inline constexpr FileBits delete_bit = 1;

struct Handle {
  FileBits access = 0;
  FileBits share = 0;
};

// Windows error codes, as GetLastError() gives them. 0 = done.
inline constexpr std::uint16_t error_access_denied = 5;
inline constexpr std::uint16_t error_sharing_violation = 32;

// MoveFileExW(MOVEFILE_REPLACE_EXISTING) onto a file: refused while anybody holds it, even if every holder
// shares deletion, even for handles without data access (MS-FSCC FileRenameInformation; measured;
// libkqueue#172).
std::uint16_t replace_onto(std::span<const Handle> holders);

// Renaming or deleting a file opens it for deletion, so every holder must share that (MS-FSA 2.1.5.1.2.2).
std::uint16_t rename_of(std::span<const Handle> holders);
std::uint16_t delete_of(std::span<const Handle> holders);

// RemoveDirectory of what is some process's current directory, whose handle does not share deletion.
std::uint16_t remove_directory(bool is_current_directory);

// Renaming a directory while a file beneath it is open (MS-FSA 2.1.5.14.11).
std::uint16_t rename_directory(bool has_open_child);

// What an ordinary program of one runtime grants others, and what its users see when they are refused.
struct Profile {
  std::string_view name;
  FileBits share;               // of an ordinary open
  int errno_access_denied;      // for 5
  int errno_sharing_violation;  // for 32
};

// None if there is no such profile.
std::optional<Profile> find_profile(std::string_view name);

int errno_for(const Profile& profile, std::uint16_t windows_code);

// "rw-" and back; the empty string and "-" are no bits. None for any other letter.
std::string to_letters(FileBits bits);
std::optional<FileBits> parse_letters(std::string_view letters);

}  // namespace holdfast
