#include "harness/scenario/expect_expression.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "core/retry/duration.h"
#include "harness/scenario/figures.h"
#include "harness/scenario/quote.h"
#include "harness/scenario/unknown_word.h"

namespace holdfast {
namespace {

constexpr double greatest_threshold = 1e15;

std::string_view without_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<double> plain_number(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> threshold_of(const Figure& figure, std::string_view text) {
  if (const auto number = plain_number(text)) return number;
  if (figure.unit == "share" && text.ends_with('%')) {
    const auto percent = plain_number(without_blanks(text.substr(0, text.size() - 1)));
    if (percent) return *percent / 100;
  }
  if (figure.unit == "ms") {
    if (const auto duration = parse_duration(text)) return static_cast<double>(duration->count()) * 1e-6;
  }
  return std::nullopt;
}

std::string_view threshold_wanted(const Figure& figure) {
  if (figure.unit == "share") return "a share from 0 to 1, or a percentage such as 99%";
  if (figure.unit == "ms") return "milliseconds, or a duration such as 3.1s";
  return "a number, 0 or more";
}

}  // namespace

Result<double> read_threshold(const Figure& figure, std::string_view text) {
  const auto threshold = threshold_of(figure, without_blanks(text));
  const double greatest = figure.unit == "share" ? 1 : greatest_threshold;
  if (threshold && *threshold >= 0 && *threshold <= greatest) return *threshold;
  return fail(Code::invalid, fmt::format("{} is not a threshold for {}: write {}", short_quote(text),
                                         figure.name, threshold_wanted(figure)));
}

Result<Expectation> read_expectation(std::string_view text) {
  const auto wrong = [](const std::string& what) { return fail(Code::invalid, what); };
  constexpr std::string_view shape = "a figure, then >=, <= or ==, then a value, as in 'lost == 0'";
  const auto sign_at = text.find_first_of("<>=!");
  if (sign_at == std::string_view::npos)
    return wrong(fmt::format("a comparison is missing: write {}", shape));
  const std::string_view name = without_blanks(text.substr(0, sign_at));
  if (name.empty()) return wrong(fmt::format("the figure is missing: write {}", shape));
  const Figure* const figure = find_figure(name);
  if (figure == nullptr) return wrong(unknown_word("figure", name, figure_names()));

  Expectation expectation;
  expectation.figure = name;
  const std::string_view sign = text.substr(sign_at, 2);
  if (sign == ">=") {
    expectation.relation = Relation::at_least;
  } else if (sign == "<=") {
    expectation.relation = Relation::at_most;
  } else if (sign == "==") {
    expectation.relation = Relation::equals;
  } else {
    return wrong("compare with >=, <= or ==");
  }
  const auto threshold = read_threshold(*figure, without_blanks(text.substr(sign_at + 2)));
  if (!threshold) return fail(threshold.error());
  expectation.value = *threshold;
  return expectation;
}

Result<Expectation> parse_expectation(std::string_view text) {
  auto read = read_expectation(text);
  if (read) return read;
  return fail(Code::invalid, fmt::format("--expect {}: {}", short_quote(text), read.error().message));
}

}  // namespace holdfast
