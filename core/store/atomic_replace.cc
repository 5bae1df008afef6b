#include "core/store/atomic_replace.h"

#include <utility>

#include "core/base/check.h"
#include "core/store/temp_name.h"

namespace holdfast {

Replacement::Replacement(std::filesystem::path target, Durability durability)
    : target_(std::move(target)), durability_(durability) {}

Replacement::~Replacement() {
  static_cast<void>(discard());
}

Result<> Replacement::write(std::string_view bytes, const std::optional<FileAttributes>& like) {
  HOLDFAST_CHECK(temp_path_.empty());
  if (durability_ == Durability::power) {
    // Opened before anything is done, so that a directory that cannot be opened is a definite failure.
    auto directory = File::open_directory(target_.has_parent_path() ? target_.parent_path() : ".");
    if (!directory) return fail(std::move(directory.error()));
    directory_ = std::move(*directory);
  }
  for (;;) {
    const std::filesystem::path path = new_temp_path(target_);
    auto created = File::create_new(path, like);
    // A name may be drawn twice, once in 2^64; a name that exists every time cannot be chance.
    if (!created && created.error().code == Code::exists) continue;
    if (!created) return fail(std::move(created.error()));
    temp_path_ = path;
    temp_ = std::move(*created);
    break;
  }
  if (auto written = temp_.write_all(bytes); !written) return written;
  return durability_ == Durability::power ? temp_.flush() : Result<>{};
}

Result<> Replacement::commit() {
  HOLDFAST_CHECK(!temp_path_.empty());
  if (auto renamed = rename_over(temp_, temp_path_, target_); !renamed) return renamed;
  temp_path_.clear();
  if (durability_ == Durability::process) return {};
  if (auto flushed = directory_.flush(); !flushed) {
    Error error = flushed.error().within("replaced, but it may not survive a power cut");
    error.code = Code::indefinite;
    return fail(std::move(error));
  }
  return {};
}

Result<> Replacement::discard() {
  if (temp_path_.empty()) return {};
  temp_ = File();
  if (auto removed = remove_file(temp_path_); !removed) return removed;
  temp_path_.clear();
  return {};
}

}  // namespace holdfast
