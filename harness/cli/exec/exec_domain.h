// Which directories `holdfast exec` watches.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

// Absolute and canonical, without duplicates.
struct ExecPlaces {
  std::vector<std::filesystem::path> own;  // the command's alone
  std::vector<std::filesystem::path>
      shared;  // for temporary files and caches: other programs work there, too
};

// TMPDIR, TEMP, TMP, /tmp, /var/tmp and XDG_CACHE_HOME or ~/.cache, those that exist.
std::vector<std::filesystem::path> temporary_directories();

// The directories of --dir and no others; without any, the current one and those for temporary files. A directory for
// temporary files is shared however it is named. Code::invalid says what is wrong with one.
Result<ExecPlaces> exec_places(const std::vector<std::string>& given);

}  // namespace holdfast
