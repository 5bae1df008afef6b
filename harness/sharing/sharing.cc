#include "harness/sharing/sharing.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace holdfast {
namespace {

bool all_share_deletion(std::span<const Handle> holders) {
  return std::all_of(holders.begin(), holders.end(), [](const Handle& handle) {
    return handle.access == 0 || (handle.share & delete_bit) != 0;
  });
}

// Python: _open with _SH_DENYNO, os.replace = MoveFileExW; PermissionError is EACCES for 5 and 32 both.
constexpr std::array profiles{
    Profile{.name = "python",
            .share = read_bit | write_bit,
            .errno_access_denied = EACCES,
            .errno_sharing_violation = EACCES},
};

}  // namespace

std::uint16_t replace_onto(std::span<const Handle> holders) {
  return holders.empty() ? 0 : error_access_denied;
}

std::uint16_t rename_of(std::span<const Handle> holders) {
  return all_share_deletion(holders) ? 0 : error_sharing_violation;
}

std::uint16_t delete_of(std::span<const Handle> holders) {
  return rename_of(holders);
}

std::uint16_t remove_directory(bool is_current_directory) {
  return is_current_directory ? error_sharing_violation : 0;
}

std::uint16_t rename_directory(bool has_open_child) {
  return has_open_child ? error_access_denied : 0;
}

std::optional<Profile> find_profile(std::string_view name) {
  const auto found =
      std::find_if(profiles.begin(), profiles.end(), [&](const Profile& p) { return p.name == name; });
  if (found == profiles.end()) return std::nullopt;
  return *found;
}

int errno_for(const Profile& profile, std::uint16_t windows_code) {
  switch (windows_code) {
    case 0:
      return 0;
    case error_sharing_violation:
      return profile.errno_sharing_violation;
    default:
      return profile.errno_access_denied;
  }
}

std::string to_letters(FileBits bits) {
  return {(bits & read_bit) != 0 ? 'r' : '-', (bits & write_bit) != 0 ? 'w' : '-',
          (bits & delete_bit) != 0 ? 'd' : '-'};
}

std::optional<FileBits> parse_letters(std::string_view letters) {
  FileBits bits = 0;
  for (const char letter : letters) {
    switch (letter) {
      case 'r':
        bits |= read_bit;
        break;
      case 'w':
        bits |= write_bit;
        break;
      case 'd':
        bits |= delete_bit;
        break;
      case '-':
        break;
      default:
        return std::nullopt;
    }
  }
  return bits;
}

}  // namespace holdfast
