#include "harness/sharing/profile.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace holdfast {
namespace {

constexpr FileBits rw = read_bit | write_bit;
constexpr FileBits rwd = rw | delete_bit;
using enum RenamePrimitive;

// The errno is the one by which a program of that runtime tells the two codes apart on Windows, or does not:
// C and Python make EACCES of both, Node EPERM and EBUSY; Go, Java, .NET and Rust have a "permission denied" for 5
// and something else for 32, which EBUSY is to them on Linux.
constexpr std::array profiles{
    Profile{"c", rw, move_file, EACCES, EACCES},  // _open, fopen: _SH_DENYNO (Microsoft's STL, xiosbase)
    Profile{"python", rw, move_file, EACCES,
            EACCES},                                // os.replace is MoveFileExW (filelock pull request 484)
    Profile{"go", rw, move_file, EACCES, EBUSY},    // golang/go#32088
    Profile{"java", rw, move_file, EACCES, EBUSY},  // java.io
    Profile{"java-nio", rwd, move_file, EACCES, EBUSY},         // WindowsChannelFactory shares deletion
    Profile{"node", rwd, move_file, EPERM, EBUSY},              // libuv, src/win/fs.c
    Profile{"rust", rwd, move_file_then_posix, EACCES, EBUSY},  // rust-lang/rust#123985
    Profile{"dotnet", read_bit, move_file, EACCES,
            EBUSY},  // FileStream's default is FileShare.Read (Microsoft)
    Profile{"share-none", 0, move_file, EACCES,
            EBUSY},  // .NET's File.Open without a share; LevelDB's writers
};

// For programs that open with their own flags: the share mode by its letters, the rest as in most runtimes.
constexpr std::array custom_profiles{
    Profile{"share:---", 0, move_file, EACCES, EBUSY},
    Profile{"share:--d", delete_bit, move_file, EACCES, EBUSY},
    Profile{"share:-w-", write_bit, move_file, EACCES, EBUSY},
    Profile{"share:-wd", write_bit | delete_bit, move_file, EACCES, EBUSY},
    Profile{"share:r--", read_bit, move_file, EACCES, EBUSY},
    Profile{"share:r-d", read_bit | delete_bit, move_file, EACCES, EBUSY},
    Profile{"share:rw-", rw, move_file, EACCES, EBUSY},
    Profile{"share:rwd", rwd, move_file, EACCES, EBUSY},
};

template <typename Profiles>
std::optional<Profile> find_among(const Profiles& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Profile& p) { return p.name == name; });
  return found == all.end() ? std::nullopt : std::optional<Profile>(*found);
}

}  // namespace

std::optional<Profile> find_profile(std::string_view name) {
  const auto known = find_among(profiles, name);
  return known ? known : find_among(custom_profiles, name);
}

std::vector<std::string_view> profile_names() {
  std::vector<std::string_view> names;
  names.reserve(profiles.size());
  for (const Profile& profile : profiles) names.push_back(profile.name);
  return names;
}

int errno_for(const Profile& profile, std::uint16_t windows_code) {
  switch (windows_code) {
    case 0:
      return 0;
    case error_sharing_violation:
      return profile.errno_sharing_violation;
    case error_directory_not_empty:
      return ENOTEMPTY;
    default:
      return profile.errno_access_denied;
  }
}

std::uint16_t replace_onto(const Profile& profile, std::span<const Handle> holders) {
  const std::uint16_t code = replace_onto(holders);
  const bool again = code == error_access_denied && profile.rename == move_file_then_posix;
  return again ? posix_replace_onto(holders) : code;
}

}  // namespace holdfast
