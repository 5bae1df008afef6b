#include "harness/supervisor/decide/handed_modes.h"

#include <bit>
#include <span>

namespace holdfast {
namespace {

std::uint64_t bit_of(const Handle& mode) {
  return std::uint64_t{1} << (mode.access << 3 | mode.share);
}

bool one_refuses(std::uint64_t modes, const Handle& opener) {
  for (; modes != 0; modes &= modes - 1) {
    const auto number = static_cast<unsigned>(std::countr_zero(modes));
    const Handle handle{static_cast<FileBits>(number >> 3), static_cast<FileBits>(number & 7)};
    if (open_beside(opener, std::span(&handle, 1)) != 0) return true;
  }
  return false;
}

}  // namespace

void HandedModes::add(const struct stat& file, const Handle& mode, bool writes) {
  if (files_.size() >= most_files_ && !knows(file)) {
    for (const auto& [id, handed] : files_) of_any_file_ |= handed.by_readers | handed.by_writers;
    files_.clear();
  }
  Handed& handed = files_[id_of(file)];
  (writes ? handed.by_writers : handed.by_readers) |= bit_of(mode);
}

void HandedModes::writers_closed(const struct stat& file) {
  if (const auto found = files_.find(id_of(file)); found != files_.end()) found->second.by_writers = 0;
}

bool HandedModes::may_refuse(const struct stat& file, const Handle& opener) const {
  const auto found = files_.find(id_of(file));
  const Handed handed = found == files_.end() ? Handed{} : found->second;
  return one_refuses(handed.by_readers | handed.by_writers | of_any_file_, opener);
}

}  // namespace holdfast
