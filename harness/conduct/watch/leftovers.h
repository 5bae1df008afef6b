// Files that a run left in its store and that do not belong there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace holdfast {

struct Leftovers {
  std::vector<std::string> paths;  // relative to the store, sorted
  bool complete = true;            // false: the store exceeds the limits of harness/store/walk.h
};

// Everything in `store`, in all its directories, that fits no pattern of `belongs` (harness/store/glob.h). A matching
// directory belongs with all its contents; a pattern that ends in '/' means directories themselves, not their
// contents. A directory that no pattern names belongs if something in it does, and is a leftover otherwise. With
// `sweep`, temp files among the leftovers are removed: for a run that was cut short, whose agents had no chance to.
Leftovers find_leftovers(const std::filesystem::path& store, bool sweep,
                         const std::vector<std::string>& belongs);

// Globs of the files that may stay in a subject's store: those that it names, and for the core's stores the corrupt
// queues that they set aside.
std::vector<std::string> files_of(const Subject& subject);

// When the file was created and last written, on CLOCK_MONOTONIC; 0 if the filesystem does not say.
struct FileTimes {
  std::int64_t born_ns = 0;
  std::int64_t changed_ns = 0;
};
FileTimes times_of(const std::filesystem::path& file);

// Files in `store` and below it.
std::uint64_t count_files(const std::filesystem::path& store);

}  // namespace holdfast
