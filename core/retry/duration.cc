#include "core/retry/duration.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace holdfast {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t ns;
};

constexpr std::array<DurationUnit, 8> duration_units{{{"ns", 1},
                                                      {"us", 1'000},
                                                      {"µs", 1'000},
                                                      {"ms", 1'000'000},
                                                      {"s", 1'000'000'000},
                                                      {"m", 60'000'000'000},
                                                      {"min", 60'000'000'000},
                                                      {"h", 3'600'000'000'000}}};

bool is_decimal_digit(char c) {
  return c >= '0' && c <= '9';
}

tl::unexpected<Error> bad_duration(std::string_view text, std::string_view why) {
  constexpr std::size_t longest_quote = 40;
  return fail(
      Code::invalid,
      fmt::format("\"{}\" is not a duration: {}; write a number and a unit (ns, us, ms, s, m, h), such as "
                  "\"100ms\" or \"1.5s\"",
                  text.substr(0, longest_quote), why));
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_decimal_digit(text[at])) ++at;
  const std::string_view whole = text.substr(0, at);
  std::string_view fraction;
  if (at < text.size() && text[at] == '.') {
    const std::size_t begin = ++at;
    while (at < text.size() && is_decimal_digit(text[at])) ++at;
    fraction = text.substr(begin, at - begin);
    if (fraction.empty()) return bad_duration(text, "no digit follows the point");
  }
  if (whole.empty()) return bad_duration(text, "it does not begin with a digit");
  const std::string_view name = text.substr(at);
  if (name.empty()) return bad_duration(text, "the unit is missing");

  std::int64_t unit_ns = 0;
  for (const DurationUnit& unit : duration_units) {
    if (unit.name == name) unit_ns = unit.ns;
  }
  if (unit_ns == 0) return bad_duration(text, fmt::format("unknown unit \"{}\"", name.substr(0, 20)));

  std::int64_t ns = 0;
  for (const char digit : whole) {
    if (__builtin_mul_overflow(ns, 10, &ns) || __builtin_add_overflow(ns, digit - '0', &ns)) {
      return bad_duration(text, "it is too long");
    }
  }
  if (__builtin_mul_overflow(ns, unit_ns, &ns)) return bad_duration(text, "it is too long");

  std::int64_t place_ns = unit_ns;
  for (const char digit : fraction) {
    const bool exact = place_ns % 10 == 0;
    place_ns = exact ? place_ns / 10 : 0;
    if (digit == '0') continue;
    if (place_ns == 0) return bad_duration(text, "it is finer than a nanosecond");
    if (__builtin_add_overflow(ns, (digit - '0') * place_ns, &ns))
      return bad_duration(text, "it is too long");
  }
  return Duration(ns);
}

std::string format_duration(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns == 0) return "0s";
  const bool negative = ns < 0;
  // Negated as unsigned: the least value has no positive twin.
  const std::uint64_t magnitude =
      negative ? ~static_cast<std::uint64_t>(ns) + 1 : static_cast<std::uint64_t>(ns);

  const DurationUnit* best = nullptr;
  for (const DurationUnit& unit : duration_units) {
    if (unit.name == "µs" || unit.name == "min") continue;
    const auto unit_ns = static_cast<std::uint64_t>(unit.ns);
    // Minutes and hours only when whole: "90s" reads better than "1.5m".
    if (magnitude < unit_ns || (unit_ns > 1'000'000'000 && magnitude % unit_ns != 0)) continue;
    best = &unit;
  }
  const auto unit_ns = static_cast<std::uint64_t>(best->ns);
  std::string text = fmt::format("{}{}", negative ? "-" : "", magnitude / unit_ns);
  if (const std::uint64_t rest = magnitude % unit_ns; rest != 0) {
    const int places = best->name == "s" ? 9 : best->name == "ms" ? 6 : 3;
    text += fmt::format(".{:0{}}", rest, places);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text.append(best->name);
}

}  // namespace holdfast
