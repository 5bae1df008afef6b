#include "harness/supervisor/look/territory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include "core/base/path_text.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

#ifndef STATX_MNT_ID  // Linux 5.8; Debian 12's glibc is older in parts
#define STATX_MNT_ID 0x00001000U
#endif

struct Place {
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t mount = 0;
};

std::optional<Place> place_of(int descriptor) {
  struct statx st {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &st) != 0) return std::nullopt;
  return Place{makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino, st.stx_mnt_id};
}

// "\040" and its like, as mountinfo writes blanks.
std::string unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int value = 0;
    const bool escaped =
        text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 4, value, 8).ec == std::errc{};
    plain += escaped ? static_cast<char>(value) : text[i];
    if (escaped) i += 3;
  }
  return plain;
}

std::string join(const std::string& directory, const std::string& rest) {
  return directory == "/" ? (rest.empty() ? directory : rest) : directory + rest;
}

// Where a directory lies in its filesystem, which is the same by whatever mount it is reached. Mounts of another
// namespace are told by a process that sees them.
std::string path_in_filesystem(const std::string& text, std::uint64_t mount, pid_t viewer) {
  for (const pid_t process : {::getpid(), viewer}) {
    const Descriptor proc = open_process(process);
    if (!proc) continue;
    for (const Mount& each : parse_mounts(read_proc_file(proc.get(), "mountinfo"))) {
      if (each.id != mount || !is_within(text, each.point)) continue;
      return join(each.root, each.point == "/" ? (text == "/" ? "" : text) : text.substr(each.point.size()));
    }
  }
  return {};
}

}  // namespace

std::vector<Mount> parse_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    Mount mount;
    std::string parent, device, root, point;
    if (!(fields >> mount.id >> parent >> device >> root >> point)) continue;
    mount.root = unescape(root);
    mount.point = unescape(point);
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

Territory::Territory(const std::vector<std::filesystem::path>& own,
                     const std::vector<std::filesystem::path>& shared,
                     const std::vector<std::filesystem::path>& excepted) {
  for (const auto& directory : own) add(directory, Ground::own);
  for (const auto& directory : shared) add(directory, Ground::shared);
  for (const auto& directory : excepted) add(directory, Ground::outside);
  std::stable_sort(lands_.begin(), lands_.end(),
                   [](const Land& a, const Land& b) { return a.text.size() > b.text.size(); });
}

void Territory::add(const std::filesystem::path& directory, Ground ground) {
  Land land;
  land.ground = ground;
  land.text = directory.native();
  const Descriptor opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (const auto place = place_of(opened.get())) {
    land.device = place->device;
    land.inode = place->inode;
    land.mount = place->mount;
    land.in_filesystem = path_in_filesystem(land.text, land.mount, ::getpid());
  }
  lands_.push_back(std::move(land));
}

// Upwards, by place: a bind mount of what lies beneath a land ends at its mount point.
std::optional<Ground> Territory::ground_above(int directory) const {
  constexpr int most_levels = 100'000;
  Descriptor at(::openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Place below{};
  for (int level = 0; at && level < most_levels; ++level) {
    const auto here = place_of(at.get());
    if (!here || (here->device == below.device && here->inode == below.inode)) return std::nullopt;
    for (const Land& land : lands_) {
      if (here->device == land.device && here->inode == land.inode) return land.ground;
    }
    below = *here;
    at = Descriptor(::openat(at.get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  return std::nullopt;
}

Ground Territory::ground_of(int directory, const std::string& text, pid_t viewer) const {
  const bool readable = text.starts_with('/');  // what is longer than PATH_MAX is not told
  if (readable) {
    const auto nearest = std::find_if(lands_.begin(), lands_.end(),
                                      [&](const Land& land) { return is_within(text, land.text); });
    if (nearest != lands_.end()) return nearest->ground;
  }
  const auto place = place_of(directory);
  if (!place) return Ground::outside;
  if (!readable) return ground_above(directory).value_or(Ground::outside);
  for (const Land& land : lands_) {
    if (place->device != land.device || place->mount == land.mount || land.in_filesystem.empty()) continue;
    const std::string path = path_in_filesystem(text, place->mount, viewer);
    if (path.empty()) return ground_above(directory).value_or(Ground::unknown);
    if (is_within(path, land.in_filesystem)) return land.ground;
  }
  return Ground::outside;
}

}  // namespace holdfast
