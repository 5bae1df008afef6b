#include "harness/history/doubt_list.h"

#include <fmt/format.h>

#include <cstring>

namespace holdfast {

void DoubtList::add(const char* kind, std::string what) {
  for (Entry& entry : entries_) {
    if (std::strcmp(entry.kind, kind) == 0) {
      ++entry.more;
      return;
    }
  }
  entries_.push_back({kind, fmt::format("{}: event {}: {}", file_name_, event_, what), 0});
}

void DoubtList::append_to(std::vector<std::string>& doubts) const {
  for (const Entry& entry : entries_) {
    doubts.push_back(entry.more == 0 ? entry.text
                                     : fmt::format("{} (and {} more like it)", entry.text, entry.more));
  }
}

}  // namespace holdfast
