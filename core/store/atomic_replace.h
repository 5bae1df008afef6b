// Replaces a file so that every reader sees the old bytes or the new, never neither and never a mixture.
//
// The new bytes go to a temporary file of a unique name in the same directory (temp_name.h), are flushed if they must
// survive a power cut, and take the target's name in one rename. The target is never removed first: a reader in
// between would find no queue, treat it as empty, and save that.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/os/file.h"
#include "core/store/durability.h"

namespace holdfast {

// One replacement: write() once, commit() until it is not Code::denied, discard() to give up. The destructor makes
// one attempt to discard what was not committed.
class Replacement {
 public:
  Replacement(std::filesystem::path target, Durability durability);
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement();

  // Takes over mode and owner from `like`, the file that will be replaced, if there is one.
  Result<> write(std::string_view bytes, const std::optional<FileAttributes>& like);

  // One attempt. Code::denied: nothing changed, try again. Code::indefinite: the name is changed, but may not survive
  // a power cut.
  Result<> commit();

  // Removes the temporary file, if there is one. Code::denied if somebody holds it right now.
  Result<> discard();

 private:
  std::filesystem::path target_;
  Durability durability_;
  std::filesystem::path temp_path_;  // empty while there is no temporary file
  File temp_;
  File directory_;
};

}  // namespace holdfast
