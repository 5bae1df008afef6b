// result.json, "holdfast.result/1": the fields that others rely on first, in a fixed order, then
// those added since.
#include "reports/run/result_json.h"

namespace holdfast {
namespace {

OrderedJson quantiles_json(const Quantiles& quantiles) {
  return {{"p50", json_number(quantiles.p50)},
          {"p90", json_number(quantiles.p90)},
          {"p99", json_number(quantiles.p99)},
          {"max", json_number(quantiles.max)}};
}

template <typename Values, typename Layout>
OrderedJson array_json(const Values& values, const Layout& layout) {
  OrderedJson array = OrderedJson::array();
  for (const auto& value : values) array.push_back(layout(value));
  return array;
}

template <typename Histogram>
OrderedJson histogram_json(const Histogram& histogram) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [value, count] : histogram) object[std::to_string(value)] = count;
  return object;
}

OrderedJson agent_json(const AgentSummary& agent) {
  return {{"id", agent.id},
          {"attempted", agent.attempted},
          {"ok", agent.ok},
          {"failed", agent.failed},
          {"unknown", agent.unknown},
          {"retries", agent.retries},
          {"waited_ms", json_number(agent.waited_ms)},
          {"share", json_number(agent.share)},
          {"longest_gap_ms", json_number(agent.longest_gap_ms)},
          {"succeeded", agent.succeeded},
          {"ended", agent.ended}};
}

OrderedJson latency_json(const Summary& summary) {
  const Quantiles& quantiles = summary.latency_ms;
  return {{"p50", json_number(quantiles.p50)},
          {"p90", json_number(quantiles.p90)},
          {"p99", json_number(quantiles.p99)},
          {"p999", json_number(summary.latency_p999_ms)},
          {"max", json_number(quantiles.max)}};
}

// Two columns, for as rows of objects they would be most of the file.
OrderedJson latency_histogram_json(const std::vector<LatencyBucket>& buckets) {
  return {{"upper_ms", array_json(buckets, [](const auto& bucket) { return json_number(bucket.upper_ms); })},
          {"counts", array_json(buckets, [](const auto& bucket) { return bucket.count; })}};
}

OrderedJson series_json(const Summary& summary) {
  OrderedJson rows = OrderedJson::array();
  for (const SeriesRow& row : summary.series) {
    rows.push_back({{"at_s", rows.size() * summary.series_step_s},
                    {"started", row.started},
                    {"ok", row.ok},
                    {"failed", row.failed},
                    {"unknown", row.unknown},
                    {"refusals", row.refusals},
                    {"latency_ms",
                     {{"p50", json_number(row.latency_p50_ms)},
                      {"p99", json_number(row.latency_p99_ms)},
                      {"max", json_number(row.latency_max_ms)}}}});
  }
  return rows;
}

OrderedJson step_json(const RetryStep& step) {
  return {{"retry", step.retry},
          {"planned", step.planned},
          {"planned_least_ms", json_number(step.planned_least_ms)},
          {"planned_greatest_ms", json_number(step.planned_greatest_ms)},
          {"observed", step.observed},
          {"observed_ms", quantiles_json(step.observed_ms)}};
}

OrderedJson holder_json(const HolderSummary& holder) {
  return {{"holder", holder.holder},
          {"program", holder.program},
          {"share", holder.share},
          {"count", holder.count},
          {"pids", holder.pids}};
}

OrderedJson injector_json(const InjectorSummary& injector) {
  OrderedJson json = {{"name", injector.name},           {"kind", injector.kind},
                      {"planned", injector.planned},     {"fired", injector.fired},
                      {"min_fired", injector.min_fired}, {"hold_ms", quantiles_json(injector.hold_ms)}};
  if (injector.kind == to_string(InjectorKind::kill)) {
    json["points"] = injector.calls.size();
    json["visited"] = injector.visited;
    json["calls"] = injector.calls;
    json["cut_short"] = injector.cut_short;
    json["recovered"] = injector.recovered;
  }
  if (injector.made_wait > 0) {
    json["made_wait"] = injector.made_wait;
    json["made_wait_max_ms"] = json_number(injector.made_wait_max_ms);
  }
  return json;
}

OrderedJson check_json(const Finding& finding) {
  OrderedJson json = {{"name", finding.name},
                      {"verdict", std::string(to_string(finding.verdict))},
                      {"checked", finding.checked},
                      {"count", finding.count},
                      {"witness", finding.witness ? OrderedJson(*finding.witness) : OrderedJson(nullptr)}};
  if (finding.waived) json["waived"] = *finding.waived;
  return json;
}

OrderedJson lane_json(const MomentLane& lane) {
  OrderedJson json = {{"who", lane.who},
                      {"operation", lane.operation},
                      {"holds", lane.holds},
                      {"from_us", lane.from_us},
                      {"until_us", lane.until_us ? OrderedJson(*lane.until_us) : OrderedJson(nullptr)},
                      {"end", lane.end},
                      {"below", lane.below}};
  json["marks"] = array_json(lane.marks, [](const MomentMark& mark) {
    return OrderedJson{{"at_us", mark.at_us}, {"text", mark.text}, {"bad", mark.bad}};
  });
  return json;
}

OrderedJson cause_json(const Cause& cause) {
  return {{"name", cause.name},
          {"check", cause.check},
          {"sentence", cause.sentence},
          {"evidence", cause.evidence},
          {"advice", cause.advice}};
}

OrderedJson doubt_json(const Doubt& doubt) {
  return {{"kind", std::string(doubt_word(doubt.kind))}, {"text", doubt.text}, {"times", doubt.times}};
}

OrderedJson reference_json(const ReferenceSummary& reference) {
  return {{"rounds", reference.rounds},
          {"before_ms", json_number(reference.before_ms)},
          {"after_ms", json_number(reference.after_ms)}};
}

OrderedJson expectation_json(const ExpectationResult& result) {
  return {{"figure", result.expectation.figure},
          {"relation", std::string(relation_name(result.expectation.relation))},
          {"threshold", json_number(result.expectation.value)},
          {"value", result.value ? json_number(*result.value) : OrderedJson(nullptr)},
          {"met", result.met}};
}

}  // namespace

OrderedJson summary_json(const Summary& summary) {
  OrderedJson json;
  json["schema"] = "holdfast.result/1";
  json["scenario"] = summary.scenario;
  if (!summary.variant.empty()) json["variant"] = summary.variant;
  json["title"] = summary.title;
  if (!summary.labels.empty()) {
    OrderedJson& labels = json["labels"] = OrderedJson::object();
    for (const auto& [key, value] : summary.labels) labels[key] = value;
  }
  json["seed"] = summary.seed;
  json["verdict"] = std::string(to_string(summary.verdict));
  json["reasons"] = summary.reasons;
  json["trials"] = summary.trials;
  json["agents"] = {{"total", summary.agents_total},
                    {"succeeded", summary.agents_succeeded},
                    {"each", array_json(summary.agents, agent_json)}};
  json["broadcasts"] = {{"attempted", summary.attempted},
                        {"ok", summary.ok},
                        {"failed", summary.failed},
                        {"unknown", summary.unknown},
                        {"success_rate", json_number(summary.success_rate)},
                        {"ci95", {json_number(summary.ci95.lower), json_number(summary.ci95.upper)}},
                        {"runs_needed", summary.runs_needed},
                        {"planned", summary.planned}};
  json["retries"] = {{"histogram", histogram_json(summary.retry_histogram)},
                     {"waits_ms", quantiles_json(summary.waits_ms)},
                     {"total", total_retries(summary)},
                     {"policy", summary.policy},
                     {"planned_budget_ms", json_number(summary.planned_budget_ms)},
                     {"steps", array_json(summary.retry_steps, step_json)}};
  json["latency_ms"] = latency_json(summary);
  json["refusals"] = {{"total", summary.refusals},
                      {"by_code", histogram_json(summary.refusals_by_code)},
                      {"by_holder", array_json(summary.refusals_by_holder, holder_json)}};
  if (summary.exactness)
    json["exactness"] = {{"decided", summary.exactness->decided}, {"missed", summary.exactness->missed}};
  json["injectors"] = array_json(summary.injectors, injector_json);
  json["checks"] = array_json(summary.checks, check_json);
  if (summary.cause) json["cause"] = cause_json(*summary.cause);
  if (!summary.moment.empty()) json["moment"] = array_json(summary.moment, lane_json);
  json["expectations"] = array_json(summary.expectations, expectation_json);
  json["latency_histogram"] = latency_histogram_json(summary.latency_histogram);
  json["series_step_s"] = summary.series_step_s;
  json["series"] = series_json(summary);
  json["warnings"] = summary.warnings;
  json["doubts"] = array_json(summary.doubts, doubt_json);
  json["not_modelled"] = summary.not_modelled;
  json["tolerated"] = summary.tolerated;
  json["duration_s"] = json_number(summary.duration_s);
  json["load_s"] = json_number(summary.load_s);
  if (summary.reference) json["reference"] = reference_json(*summary.reference);
  json["environment"] = {
      {"version", summary.version}, {"kernel", summary.kernel},         {"filesystem", summary.filesystem},
      {"store", summary.store},     {"rules", summary.rules},           {"profile", summary.profile},
      {"opens", summary.opens},     {"started_at", summary.started_at}, {"command", summary.command}};
  return json;
}

std::string to_json(const Summary& summary) {
  return dumped(summary_json(summary));
}

}  // namespace holdfast
