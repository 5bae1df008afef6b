#include "harness/scenario/unknown_word.h"

#include <fmt/format.h>

#include "core/base/nearest_name.h"
#include "harness/scenario/quote.h"

namespace holdfast {

std::string unknown_word(std::string_view what, std::string_view word,
                         const std::vector<std::string_view>& valid) {
  return fmt::format("unknown {} {}{}. Valid here: {}", what, short_quote(word), nearest_hint(word, valid),
                     fmt::join(valid, ", "));
}

}  // namespace holdfast
