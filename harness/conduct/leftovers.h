// What a run left in its store that does not belong there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

// Names in `store` other than corrupt queues kept aside and those that match a glob of `belongs`; sorted. With
// `sweep`, those that are temp files are removed as well: for a run that was cut short, whose agents had no
// chance to do it.
std::vector<std::string> find_leftovers(const std::filesystem::path& store, bool sweep,
                                        const std::vector<std::string>& belongs);

}  // namespace holdfast
