#include "harness/history/doubt_list.h"

#include <fmt/format.h>

#include <cstring>

namespace holdfast {

void DoubtList::add(const char* sort, std::string what) {
  for (Entry& entry : entries_) {
    if (std::strcmp(entry.sort, sort) == 0) {
      ++entry.more;
      return;
    }
  }
  entries_.push_back({sort, fmt::format("{}: event {}: {}", file_name_, event_, what), 0});
}

void DoubtList::append_to(std::vector<Doubt>& doubts) const {
  for (const Entry& entry : entries_) {
    doubts.push_back(
        {DoubtKind::contradiction,
         entry.more == 0 ? entry.text : fmt::format("{} (and {} more like it)", entry.text, entry.more),
         entry.more + 1});
  }
}

}  // namespace holdfast
