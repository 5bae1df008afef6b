// Windows' file-sharing rules as pure functions over the open handles. Nothing here makes a system call.
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
  bool running = false;  // not a handle: a running program's file, mapped as an image
};

// Windows error codes, as GetLastError() gives them. 0 = done.
inline constexpr std::uint16_t error_access_denied = 5;
inline constexpr std::uint16_t error_sharing_violation = 32;
inline constexpr std::uint16_t error_directory_not_empty = 145;
inline constexpr std::uint16_t error_user_mapped_file = 1224;

// Opening a file while others have it open: refused if either side has an access that the other does not share. An
// open without data access never conflicts. Every live handle counts, including those of the same process (MS-FSA
// 2.1.5.1.2.2; all 4,096 pairs of access and share agree with Wine 8.0).
std::uint16_t open_beside(const Handle& opener, std::span<const Handle> holders);

// MoveFileExW(MOVEFILE_REPLACE_EXISTING) onto a file: refused while anybody holds it, even if
// every holder shares deletion, even for handles without data access (MS-FSCC
// FileRenameInformation; measured; libkqueue#172).
std::uint16_t replace_onto(std::span<const Handle> holders);

// FileRenameInfoEx with POSIX semantics (Windows 10 1607, NTFS) onto a file: done if every holder with data access
// shares deletion. Reports disagree on whether it is 5 or 32 otherwise; programs that get it retry both.
std::uint16_t posix_replace_onto(std::span<const Handle> holders);

// Renaming or deleting a file opens it for deletion, so every holder must share that (MS-FSA 2.1.5.1.2.2). A running
// program may be renamed, because its loader shares deletion, but not deleted or replaced (STATUS_CANNOT_DELETE,
// MS-FSA 2.1.5.14.3).
std::uint16_t rename_of(std::span<const Handle> holders);
std::uint16_t delete_of(std::span<const Handle> holders);

// What happens to a deleted file whose holders all share deletion.
enum class Deletion {
  posix,    // its name at once: NTFS since Windows 10 1809 (FILE_DISPOSITION_POSIX_SEMANTICS)
  classic,  // its name stays until the last handle closes: older systems, other filesystems (MS-FSA 2.1.5.4)
};

// Whether a delete that is allowed leaves the name behind, delete-pending.
bool leaves_name(Deletion deletion, std::span<const Handle> holders);

// Opening a delete-pending name, making a file in its place, deleting, renaming or replacing it: STATUS_DELETE_PENDING,
// which Win32 gives as 5 (MS-FSA 2.1.5.1.2; checked before sharing is).
std::uint16_t reach(bool is_delete_pending);

// Deleting or replacing a file with the attribute READONLY is always refused (MS-FSA 2.1.5.14.3, 2.1.5.14.11).
std::uint16_t remove_read_only(bool read_only);

// Truncating a mapped file (ERROR_USER_MAPPED_FILE; MS-FSA 2.1.5.14.4).
std::uint16_t truncate_mapped(bool is_mapped);

// RemoveDirectory of a process's current directory, whose handle does not share deletion.
std::uint16_t remove_directory(bool is_current_directory);

// RemoveDirectory of a directory whose only children are delete-pending: they still exist
// (STATUS_DIRECTORY_NOT_EMPTY).
std::uint16_t remove_directory_around(bool has_delete_pending_child);

// Renaming a directory while a file beneath it is open (MS-FSA 2.1.5.14.11).
std::uint16_t rename_directory(bool has_open_child);

// "rw-" and back; the empty string and "-" mean no bits. None for any other letter.
std::string to_letters(FileBits bits);
std::optional<FileBits> parse_letters(std::string_view letters);

// "rw", and "-" for no bits: the letters alone, for machines.
std::string to_set(FileBits bits);

}  // namespace holdfast
