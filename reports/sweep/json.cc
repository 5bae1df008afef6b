// sweep.json, "holdfast.sweep/1".
//
//   sweep.json   scenario title seed injector (whose hold grows) complete
//     design     shortest_ms longest_ms steps runs (of each hold)
//     curves[]   variant (null: the scenario has none) settings[] store policy
//                planned_budget_ms (on paper) wait_max_ms (the longest wait that was seen)
//                edge {all_survive_ms, some_fail_ms, none_survive_ms: null if there is no such hold}
//                example (the command of a run just beyond the edge, or null)
//                points[] hold_ms survived failed inconclusive (runs) rate (null: no run told) ci95 [lower, upper]
//                         broadcasts {attempted, ok}
//     environment version kernel filesystem started_at command
//   Fields may be added; these keep their names and meaning.
#include "reports/format/json_fields.h"
#include "reports/summary/milliseconds.h"
#include "reports/sweep/sweep.h"

namespace holdfast {
namespace {

OrderedJson maybe_ms(const std::optional<Duration>& hold) {
  return hold ? OrderedJson(milliseconds(hold->count())) : OrderedJson(nullptr);
}

OrderedJson point_json(const SweepPoint& point) {
  const std::uint64_t told = point.survived + point.failed;
  OrderedJson json = {{"hold_ms", milliseconds(point.hold.count())},
                      {"survived", point.survived},
                      {"failed", point.failed},
                      {"inconclusive", point.inconclusive}};
  json["rate"] = told == 0 ? OrderedJson(nullptr)
                           : OrderedJson(static_cast<double>(point.survived) / static_cast<double>(told));
  json["ci95"] = {point.interval.lower, point.interval.upper};
  json["broadcasts"] = {{"attempted", point.attempted}, {"ok", point.ok}};
  return json;
}

}  // namespace

std::string to_json(const Sweep& sweep) {
  const SweepPlan& plan = sweep.plan;
  OrderedJson json;
  json["schema"] = "holdfast.sweep/1";
  json["scenario"] = plan.scenario;
  json["title"] = plan.title;
  json["seed"] = plan.seed;
  json["injector"] = plan.injector;
  json["complete"] = sweep.complete;
  json["design"] = {{"shortest_ms", milliseconds(plan.shortest.count())},
                    {"longest_ms", milliseconds(plan.longest.count())},
                    {"steps", plan.steps},
                    {"runs", plan.runs}};
  json["curves"] = OrderedJson::array();
  for (std::size_t at = 0; at < sweep.curves.size(); ++at) {
    const SweepVariant& variant = plan.variants[at];
    const SweepCurve& curve = sweep.curves[at];
    OrderedJson one;
    one["variant"] = variant.name.empty() ? OrderedJson(nullptr) : OrderedJson(variant.name);
    one["settings"] = variant.settings;
    one["store"] = curve.store;
    one["policy"] = curve.policy;
    one["planned_budget_ms"] = curve.planned_budget_ms;
    one["wait_max_ms"] = curve.wait_max_ms;
    one["edge"] = {{"all_survive_ms", maybe_ms(curve.all_survive)},
                   {"some_fail_ms", maybe_ms(curve.some_fail)},
                   {"none_survive_ms", maybe_ms(curve.none_survive)}};
    one["example"] = curve.example.empty() ? OrderedJson(nullptr) : OrderedJson(curve.example);
    one["points"] = OrderedJson::array();
    for (const SweepPoint& point : curve.points) one["points"].push_back(point_json(point));
    json["curves"].push_back(std::move(one));
  }
  json["environment"] = {{"version", plan.version},
                         {"kernel", plan.kernel},
                         {"filesystem", plan.filesystem},
                         {"started_at", plan.started_at},
                         {"command", plan.command}};
  return dumped(json);
}

}  // namespace holdfast
