#include <algorithm>

#include "harness/cli/selftest/report.h"
#include "reports/format/ordered_json.h"

namespace holdfast {
namespace {

OrderedJson attempt_json(const Attempt& attempt) {
  return {{"seed", attempt.seed},     {"found", attempt.found},    {"verdict", to_string(attempt.verdict)},
          {"failed", attempt.failed}, {"said", attempt.said},      {"seconds", attempt.seconds},
          {"cause", attempt.cause},   {"command", attempt.command}};
}

OrderedJson mutant_json(const MutantResult& result) {
  const Mutant& mutant = result.mutant;
  const Detection detection = detection_of(result);
  const double seeds = static_cast<double>(std::max<std::uint64_t>(detection.seeds, 1));
  OrderedJson json = {{"name", mutant.subject.name},
                      {"seen", mutant.seen},
                      {"scenario", mutant.subject.file.string()},
                      {"settings", mutant.subject.settings},
                      {"must_fail", mutant.must_fail},
                      {"causes", mutant.causes},
                      {"widened", mutant.widened},
                      {"found", detection.found},
                      {"found_at_once", detection.at_once},
                      {"rate", static_cast<double>(detection.at_once) / seeds},
                      {"ci95", {detection.rate.lower, detection.rate.upper}},
                      {"runs", OrderedJson::array()}};
  for (const MutantRun& run : result.runs) {
    OrderedJson one = {{"seed", run.seed}, {"found", run.found()}, {"attempts", OrderedJson::array()}};
    for (const Attempt& attempt : run.attempts) one["attempts"].push_back(attempt_json(attempt));
    json["runs"].push_back(std::move(one));
  }
  return json;
}

OrderedJson right_json(const RightResult& result) {
  OrderedJson json = {{"name", result.subject.name},
                      {"scenario", result.subject.file.string()},
                      {"settings", result.subject.settings},
                      {"passed", tally_of(result).passed},
                      {"runs", OrderedJson::array()}};
  for (const RightRun& run : result.runs) {
    json["runs"].push_back({{"seed", run.seed},
                            {"verdict", to_string(run.verdict)},
                            {"reason", run.reason},
                            {"outside", run.outside},
                            {"command", run.command}});
  }
  return json;
}

}  // namespace

std::string to_json(const SelfTest& test) {
  const RightTally tally = tally_of(test);
  OrderedJson json;
  json["schema"] = "holdfast.selftest/2";
  json["seeds"] = test.seeds;
  json["attempts"] = test.attempts;
  json["found"] = std::count_if(test.mutants.begin(), test.mutants.end(), always_found);
  json["alarms"] = tally.alarms;
  json["inconclusive"] = tally.inconclusive;
  json["again"] = tally.again;
  const CauseTally causes = causes_of(test);
  json["causes"] = {{"runs", causes.runs}, {"named", causes.named}, {"right", causes.right}};
  json["passed"] = passed(test);
  json["mutants"] = OrderedJson::array();
  for (const MutantResult& result : test.mutants) json["mutants"].push_back(mutant_json(result));
  json["right"] = OrderedJson::array();
  for (const RightResult& result : test.right) json["right"].push_back(right_json(result));
  return dumped(json);
}

}  // namespace holdfast
