#include "harness/check/cause/cause.h"

#include <algorithm>

#include "harness/check/cause/scene.h"
#include "harness/check/prose.h"
#include "harness/scenario/check_names.h"

namespace holdfast {
namespace {

using TraceFunction = std::optional<Trace> (*)(Scene&);

const std::vector<TraceFunction>& trace_functions() {
  static const std::vector<TraceFunction> functions = {
#define HOLDFAST_CAUSE_ROW(function, name, checks, sentence, advice) trace_##function,
#include "harness/check/cause/causes.def"
#undef HOLDFAST_CAUSE_ROW
  };
  return functions;
}

bool lists(std::string_view checks, std::string_view check) {
  for (std::size_t at = 0; at < checks.size();) {
    const std::size_t end = std::min(checks.find(' ', at), checks.size());
    if (checks.substr(at, end - at) == check) return true;
    at = end + 1;
  }
  return false;
}

std::uint8_t gravity_of(const Finding& finding) {
  const CheckRow* const row = find_check(finding.name);
  return row == nullptr ? unranked : row->gravity;
}

// Those that failed and are as grave as the gravest: what explains only a lesser one is not the cause of the failure.
std::vector<const Finding*> gravest_of(const std::vector<Finding>& findings) {
  std::vector<const Finding*> gravest;
  for (const Finding& finding : findings) {
    if (!decides(finding, Verdict::fail)) continue;
    if (!gravest.empty() && gravity_of(finding) > gravity_of(*gravest.front())) continue;
    if (!gravest.empty() && gravity_of(finding) < gravity_of(*gravest.front())) gravest.clear();
    gravest.push_back(&finding);
  }
  return gravest;
}

}  // namespace

const std::vector<CauseRow>& cause_rows() {
  static const std::vector<CauseRow> rows = {
#define HOLDFAST_CAUSE_ROW(function, name, checks, sentence, advice) {name, checks, sentence, advice},
#include "harness/check/cause/causes.def"
#undef HOLDFAST_CAUSE_ROW
  };
  return rows;
}

std::optional<Cause> cause_of(const Evidence& evidence, const std::vector<Finding>& findings) {
  // What the record lacks may have been what explains it.
  if (evidence.history.calls_in_doubt) return std::nullopt;
  const auto gravest = gravest_of(findings);
  if (gravest.empty()) return std::nullopt;
  Scene scene(evidence, findings);
  for (std::size_t at = 0; at < cause_rows().size(); ++at) {
    const CauseRow& row = cause_rows()[at];
    const auto explained = std::find_if(gravest.begin(), gravest.end(), [&](const Finding* finding) {
      return lists(row.checks, finding->name);
    });
    if (explained == gravest.end()) continue;
    const auto trace = trace_functions()[at](scene);
    if (!trace) continue;
    Cause cause{std::string(row.name),
                (*explained)->name,
                std::string(row.sentence) + trace->detail,
                told(evidence.history, trace->evidence),
                std::string(row.advice),
                {}};
    for (const auto& [operation, below] : trace->operations) {
      if (operation != nullptr) add_lanes(evidence, *operation, told(evidence.history, below), cause.moment);
    }
    return cause;
  }
  return std::nullopt;
}

}  // namespace holdfast
