// The Windows error codes that reports name, a row each.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast {

struct WindowsCode {
  std::uint16_t code = 0;
  std::string_view name;   // as Windows' headers have it
  std::string_view words;  // in reports
  std::string_view when;   // a sentence or two
};

inline constexpr auto windows_codes = std::to_array<WindowsCode>(
    {{5, "ERROR_ACCESS_DENIED", "access denied",
      "Replacing a file that anybody has open, even if every handle shares deletion; reaching a name that is "
      "delete-pending; removing or replacing a read-only file or a running program. Python and C report "
      "EACCES, Node "
      "EPERM. Retry for some seconds, unless the file is read-only: the holder is mostly a scanner."},
     {32, "ERROR_SHARING_VIOLATION", "sharing violation",
      "Opening, renaming or deleting a file while another handle does not share that access. Python and C "
      "report "
      "EACCES, Node, Java, Go and Rust EBUSY. Close your own handle first; retry if another program's is in "
      "the way."},
     {33, "ERROR_LOCK_VIOLATION", "lock violation",
      "Reading or writing bytes that another handle has locked. Holdfast does not model it."},
     {145, "ERROR_DIR_NOT_EMPTY", "directory not empty",
      "Removing a directory whose files are deleted but still open: they exist until the last handle "
      "closes."},
     {183, "ERROR_ALREADY_EXISTS", "already exists",
      "A rename that must not replace found its target. Holdfast does not model it."},
     {1175, "ERROR_UNABLE_TO_REMOVE_REPLACED", "not replaced",
      "ReplaceFileW could not remove the replaced file. Holdfast does not model it."},
     {1224, "ERROR_USER_MAPPED_FILE", "file is mapped",
      "Truncating a file that a process has mapped. Unmap it first."}});

// Null for a code without a row.
constexpr const WindowsCode* find_windows_code(std::uint16_t code) {
  const auto* const found = std::find_if(windows_codes.begin(), windows_codes.end(),
                                         [&](const WindowsCode& row) { return row.code == code; });
  return found == windows_codes.end() ? nullptr : found;
}

}  // namespace holdfast
