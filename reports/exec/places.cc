#include "reports/exec/places.h"

#include <algorithm>

#include "core/base/path_text.h"

namespace holdfast {
namespace {

std::ptrdiff_t depth_of(const std::string& directory) {
  return directory == "/" ? 0 : std::count(directory.begin(), directory.end(), '/');
}

// Counts the deepest directory for its parent; false if none is deeper than `least`.
bool raise_deepest(Places& places, std::ptrdiff_t least) {
  const auto deepest = std::max_element(places.begin(), places.end(), [](const auto& a, const auto& b) {
    return depth_of(a.first) < depth_of(b.first);
  });
  if (deepest == places.end() || depth_of(deepest->first) <= least) return false;
  places[std::string(directory_of(deepest->first))] += deepest->second;
  places.erase(deepest);
  return true;
}

}  // namespace

void count_place(Places& places, const std::string& directory, std::size_t most) {
  ++places[directory];
  while (places.size() > most && raise_deepest(places, 0)) {
  }
}

Places fewer_places(Places places, std::size_t most) {
  constexpr std::ptrdiff_t least_depth = 2;  // all of /home is nobody's working directory
  Places apart;
  for (;;) {
    apart.clear();
    for (const auto& [directory, calls] : places) {  // in order: a directory comes before what is below it
      const auto above = std::find_if(apart.begin(), apart.end(), [&, name = directory](const auto& other) {
        return is_within(name, other.first);
      });
      (above == apart.end() ? apart[directory] : above->second) += calls;
    }
    if (apart.size() <= most) return apart;
    places = apart;
    if (!raise_deepest(places, least_depth)) return apart;
  }
}

}  // namespace holdfast
