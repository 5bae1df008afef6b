#include "harness/supervisor/stack/module_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

namespace holdfast {
namespace {

// Not a device or a pipe that somebody put in its place, which may wait when it is opened.
std::optional<struct stat> status_of(int proc, const Module& module) {
  struct stat status {};
  const std::string path = "root" + module.path;
  if (::fstatat(proc, path.c_str(), &status, 0) != 0 || !S_ISREG(status.st_mode) ||
      status.st_ino != module.inode)
    return std::nullopt;
  return status;
}

}  // namespace

Descriptor open_module(int proc, const Module& module) {
  if (!status_of(proc, module)) return {};
  const std::string path = "root" + module.path;
  return Descriptor(::openat(proc, path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}

std::shared_ptr<const ElfFile> ModuleFiles::find(int proc, const Module& module) {
  constexpr std::size_t most_remembered = 256;
  const auto status = status_of(proc, module);
  if (!status) return nullptr;
  Key key{module.path, module.inode, status->st_ctim.tv_sec * 1'000'000'000 + status->st_ctim.tv_nsec,
          status->st_size};
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  if (known_.size() >= most_remembered) known_.clear();
  std::shared_ptr<const ElfFile> read;
  if (const Descriptor file = open_module(proc, module)) {
    if (auto elf = ElfFile::read(file.get())) read = std::make_shared<ElfFile>(std::move(*elf));
  }
  return known_.emplace(std::move(key), std::move(read)).first->second;
}

}  // namespace holdfast
