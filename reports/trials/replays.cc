#include "reports/trials/replays.h"

#include <fmt/format.h>

#include "reports/format/number_format.h"
#include "reports/format/ordered_json.h"
#include "reports/summary/verdict.h"

namespace holdfast {

std::string name_of(const Expectation& expectation) {
  return fmt::format("{} {}", expectation.figure, relation_name(expectation.relation));
}

std::optional<Failure> failure_of(const Summary& summary) {
  if (const Finding* gravest = gravest_failure(summary)) return Failure{true, gravest->name};
  if (exit_code(summary) != 3) return std::nullopt;
  for (const ExpectationResult& result : summary.expectations) {
    if (!result.met) return Failure{false, name_of(result.expectation)};
  }
  return std::nullopt;
}

bool fails_by(const Summary& summary, const Failure& failure) {
  if (failure.by_check) {
    const Finding* const finding = finding_of(summary, failure.name);
    return finding != nullptr && decides(*finding, Verdict::fail);
  }
  // Figures of a run that is inconclusive miss nothing.
  if (summary.verdict == RunVerdict::inconclusive) return false;
  for (const ExpectationResult& result : summary.expectations) {
    if (!result.met && name_of(result.expectation) == failure.name) return true;
  }
  return false;
}

std::string to_string(const Failure& failure) {
  return fmt::format("the {} {}", failure.by_check ? "check" : "expectation", failure.name);
}

void Replays::add(const Summary& summary) {
  if (fails_by(summary, failure)) {
    ++same;
  } else if (summary.verdict == RunVerdict::inconclusive) {
    ++inconclusive;
  } else if (exit_code(summary) == 0) {
    ++passed;
  } else {
    ++other;
    if (const auto how = failure_of(summary)) ++others[to_string(*how)];
  }
}

std::string sentence(const Replays& replays) {
  if (replays.runs() == 0) return "nothing was run again";
  const double share = static_cast<double>(replays.same) / static_cast<double>(replays.runs());
  std::string said = fmt::format("{} {} in {} of {} ({}; 95 % interval {})", to_string(replays.failure),
                                 replays.failure.by_check ? "failed" : "was missed",
                                 format_count(replays.same), format_counted(replays.runs(), "run"),
                                 format_percent(share), format_interval(replays.rate()));
  if (replays.passed > 0) said += fmt::format("; {} passed", format_count(replays.passed));
  if (replays.other > 0) {
    std::string how;
    for (const auto& [failure, times] : replays.others)
      how += fmt::format("{}{}", how.empty() ? "" : ", ", failure) +
             (replays.others.size() > 1 ? fmt::format(" ({})", format_count(times)) : "");
    said +=
        fmt::format("; {} failed by {}", format_count(replays.other), how.empty() ? "something else" : how);
  }
  if (replays.inconclusive > 0) {
    said += fmt::format("; {} inconclusive", format_counted(replays.inconclusive, "was", "were"));
  }
  return said;
}

int exit_code(const Replays& replays) {
  if (replays.same > 0) return replays.failure.by_check ? 1 : 3;
  return replays.runs() > 0 && replays.passed == replays.runs() ? 0 : 2;
}

std::string to_json(const Replays& replays) {
  const Interval rate = replays.rate();
  const double share =
      replays.runs() == 0 ? 0 : static_cast<double>(replays.same) / static_cast<double>(replays.runs());
  OrderedJson json;
  json["schema"] = "holdfast.replay/1";
  json["failure"] = {{"by", replays.failure.by_check ? "check" : "expectation"},
                     {"name", replays.failure.name}};
  json["runs"] = replays.runs();
  json["same"] = replays.same;
  json["other"] = replays.other;
  json["others"] = OrderedJson::object();
  for (const auto& [failure, times] : replays.others) json["others"][failure] = times;
  json["inconclusive"] = replays.inconclusive;
  json["passed"] = replays.passed;
  json["rate"] = share;
  json["ci95"] = {rate.lower, rate.upper};
  return dumped(json);
}

}  // namespace holdfast
