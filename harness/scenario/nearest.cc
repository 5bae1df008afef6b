#include "harness/scenario/nearest.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/quote.h"

namespace holdfast {
namespace {

constexpr std::size_t longest_compared_word = 200;

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower_ascii(a[i - 1]) == lower_ascii(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower_ascii(a[i - 1]) == lower_ascii(b[j - 2]) &&
                           lower_ascii(a[i - 2]) == lower_ascii(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> nearest(std::string_view word, const std::vector<std::string_view>& words) {
  if (word.size() > longest_compared_word) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = 0;
  for (const std::string_view candidate : words) {
    const std::size_t distance = edit_distance(word, candidate);
    if (best && distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  // Further off than half the word, it is another word and no slip.
  if (best && best_distance > std::max<std::size_t>(1, std::max(word.size(), best->size()) / 2))
    return std::nullopt;
  return best;
}

std::string unknown_word(std::string_view what, std::string_view word,
                         const std::vector<std::string_view>& valid) {
  std::string message = fmt::format("unknown {} {}", what, short_quote(word));
  if (const auto meant = nearest(word, valid))
    message += fmt::format(": did you mean \"{}\"?", *meant);
  else
    message += '.';
  return message + fmt::format(" Valid here: {}", fmt::join(valid, ", "));
}

}  // namespace holdfast
