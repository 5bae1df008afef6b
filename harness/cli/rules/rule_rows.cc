#include "harness/cli/rules/rule_rows.h"

#include <fmt/core.h>

namespace holdfast {

std::string pair_row(const Handle& first, const Handle& second, std::uint16_t code) {
  return fmt::format("{{\"a1\":\"{}\",\"s1\":\"{}\",\"a2\":\"{}\",\"s2\":\"{}\",\"code\":{}}}\n",
                     to_set(first.access), to_set(first.share), to_set(second.access), to_set(second.share),
                     code);
}

std::string operation_row(const HeldOperation& operation, const Handle& held, std::uint16_t code) {
  return fmt::format("{{\"op\":\"{}\",\"a\":\"{}\",\"s\":\"{}\",\"code\":{}}}\n", operation.name,
                     to_set(held.access), to_set(held.share), code);
}

}  // namespace holdfast
