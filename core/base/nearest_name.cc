#include "core/base/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace holdfast {
namespace {

// Optimal string alignment: Levenshtein's distance with neighbours swapped counting once.
std::size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  constexpr std::size_t longest_compared = 64;  // a hostile key may be megabytes long
  const std::string_view beginning = name.substr(0, longest_compared);
  std::string_view nearest;
  std::size_t fewest = 0;
  for (const std::string_view candidate : known) {
    const std::size_t apart = letters_apart(beginning, candidate);
    const std::size_t longer = std::max(beginning.size(), candidate.size());
    const bool near = 3 * apart <= longer || (apart == 1 && longer == 2);
    if (near && (nearest.empty() || apart < fewest)) {
      nearest = candidate;
      fewest = apart;
    }
  }
  return nearest;
}

std::string nearest_hint(std::string_view name, std::span<const std::string_view> known, char quote) {
  const std::string_view nearest = nearest_name(name, known);
  if (nearest.empty()) return {};
  return std::string("; the nearest is ") + quote + std::string(nearest) + quote;
}

}  // namespace holdfast
