#include "harness/sharing/sharing.h"

#include <algorithm>

namespace holdfast {
namespace {

bool all_share_deletion(std::span<const Handle> holders) {
  return std::all_of(holders.begin(), holders.end(), [](const Handle& handle) {
    return handle.running || handle.access == 0 || (handle.share & delete_bit) != 0;
  });
}

bool some_run(std::span<const Handle> holders) {
  return std::any_of(holders.begin(), holders.end(), [](const Handle& handle) { return handle.running; });
}

// Whether `access` asks for anything that `share` does not grant.
constexpr bool conflicts(FileBits access, FileBits share) {
  return (access & static_cast<FileBits>(~share)) != 0;
}

}  // namespace

std::uint16_t open_beside(const Handle& opener, std::span<const Handle> holders) {
  if (opener.access == 0) return 0;
  const bool refused = std::any_of(holders.begin(), holders.end(), [&](const Handle& holder) {
    if (holder.running) return (opener.access & write_bit) != 0;
    return holder.access != 0 &&
           (conflicts(opener.access, holder.share) || conflicts(holder.access, opener.share));
  });
  return refused ? error_sharing_violation : 0;
}

std::uint16_t replace_onto(std::span<const Handle> holders) {
  return holders.empty() ? 0 : error_access_denied;
}

std::uint16_t posix_replace_onto(std::span<const Handle> holders) {
  if (some_run(holders)) return error_access_denied;
  return all_share_deletion(holders) ? 0 : error_access_denied;
}

std::uint16_t rename_of(std::span<const Handle> holders) {
  return all_share_deletion(holders) ? 0 : error_sharing_violation;
}

std::uint16_t delete_of(std::span<const Handle> holders) {
  const std::uint16_t code = rename_of(holders);
  return code == 0 && some_run(holders) ? error_access_denied : code;
}

bool leaves_name(Deletion deletion, std::span<const Handle> holders) {
  return deletion == Deletion::classic && !holders.empty();
}

std::uint16_t reach(bool is_delete_pending) {
  return is_delete_pending ? error_access_denied : 0;
}

std::uint16_t remove_read_only(bool read_only) {
  return read_only ? error_access_denied : 0;
}

std::uint16_t truncate_mapped(bool is_mapped) {
  return is_mapped ? error_user_mapped_file : 0;
}

std::uint16_t remove_directory(bool is_current_directory) {
  return is_current_directory ? error_sharing_violation : 0;
}

std::uint16_t remove_directory_around(bool has_delete_pending_child) {
  return has_delete_pending_child ? error_directory_not_empty : 0;
}

std::uint16_t rename_directory(bool has_open_child) {
  return has_open_child ? error_access_denied : 0;
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

std::string to_set(FileBits bits) {
  std::string letters = to_letters(bits);
  std::erase(letters, '-');
  return letters.empty() ? "-" : letters;
}

}  // namespace holdfast
