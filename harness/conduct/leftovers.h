// What a run left in its store that does not belong there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

struct Leftovers {
  std::vector<std::string> paths;  // relative to the store, sorted
  bool complete = true;            // false: the store is larger than what is looked at (store_walk.h)
};

// What is in `store`, in all its directories, other than corrupt queues kept aside and what fits a pattern of `belongs`
// (store_glob.h). A directory that fits belongs with all that is in it; a pattern that ends in '/' means directories
// themselves, not what is in them. A directory that nobody named stays for what belongs in it, and is left over as one
// if nothing does. With `sweep`, those that are temp files are removed as well: for a run that was cut short, whose
// agents had no chance to do it.
Leftovers find_leftovers(const std::filesystem::path& store, bool sweep,
                         const std::vector<std::string>& belongs);

}  // namespace holdfast
