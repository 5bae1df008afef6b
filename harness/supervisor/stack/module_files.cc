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

// Null: there is no such file any more. Valid until the next call.
ModuleFiles::Known* ModuleFiles::look_up(int proc, const Module& module) {
  constexpr std::size_t most_modules = 256;
  const auto status = status_of(proc, module);
  if (!status) return nullptr;
  Key key{module.path, module.inode, status->st_ctim.tv_sec * 1'000'000'000 + status->st_ctim.tv_nsec,
          status->st_size};
  const auto known = known_.find(key);
  if (known != known_.end()) return &known->second;
  if (known_.size() >= most_modules) known_.clear();
  Known read;
  if (const Descriptor file = open_module(proc, module)) {
    if (auto elf = ElfFile::read(file.get())) read.elf = std::make_shared<ElfFile>(std::move(*elf));
  }
  return &known_.emplace(std::move(key), std::move(read)).first->second;
}

std::shared_ptr<const ElfFile> ModuleFiles::find(int proc, const Module& module) {
  const Known* const known = look_up(proc, module);
  return known == nullptr ? nullptr : known->elf;
}

std::shared_ptr<const SourceLines> ModuleFiles::find_lines(int proc, const Module& module) {
  Known* const known = look_up(proc, module);
  if (known == nullptr || !known->elf || known->elf->section(".debug_line") == nullptr) return nullptr;
  if (known->lines_read) return known->lines;
  known->lines_read = true;
  if (const Descriptor file = open_module(proc, module)) {
    const ElfFile& elf = *known->elf;
    known->lines = std::make_shared<SourceLines>(SourceLines::read(
        elf.contents(file.get(), ".debug_line"), elf.contents(file.get(), ".debug_line_str"),
        elf.contents(file.get(), ".debug_str")));
  }
  return known->lines;
}

}  // namespace holdfast
