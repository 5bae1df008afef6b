// Tries everything that a run needs from the machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

struct Diagnosis {
  std::string subject;  // "seccomp user notification"
  bool works = false;
  std::string found;   // what was seen
  std::string advice;  // what to do; empty if nothing
};

// `executable` is this program; `directory` is where runs would be kept. Leaves nothing behind.
std::vector<Diagnosis> diagnose(const std::filesystem::path& executable,
                                const std::filesystem::path& directory);

}  // namespace holdfast
