// What a run left in its store that does not belong there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace holdfast {

struct Leftovers {
  std::vector<std::string> paths;  // relative to the store, sorted
  bool complete = true;            // false: the store is larger than what is looked at (harness/store/walk.h)
};

// What is in `store`, in all its directories, other than what fits a pattern of `belongs`
// (harness/store/glob.h). A directory that fits belongs with all that is in it; a pattern that ends in '/' means directories
// themselves, not what is in them. A directory that nobody named stays for what belongs in it, and is left over as one
// if nothing does. With `sweep`, those that are temp files are removed as well: for a run that was cut short, whose
// agents had no chance to do it.
Leftovers find_leftovers(const std::filesystem::path& store, bool sweep,
                         const std::vector<std::string>& belongs);

// Globs of the files that may stay in the store of a subject: those that it names, and of the core's stores the corrupt
// queues that they keep aside.
std::vector<std::string> files_of(const Subject& subject);

// When the file came to be and was written last, on CLOCK_MONOTONIC; 0 where the filesystem does not say.
struct FileTimes {
  std::int64_t born_ns = 0;
  std::int64_t changed_ns = 0;
};
FileTimes times_of(const std::filesystem::path& file);

// Files in `store` and below it.
std::uint64_t count_files(const std::filesystem::path& store);

}  // namespace holdfast
