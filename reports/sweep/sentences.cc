#include "reports/sweep/sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/retry/duration.h"
#include "reports/format/number_format.h"
#include "reports/summary/milliseconds.h"

namespace holdfast {
namespace {

constexpr std::size_t bar_columns = 20;

std::string hold_text(Duration hold) {
  return format_duration(hold);
}

}  // namespace

std::string sweep_headline(const Sweep& sweep) {
  const SweepPlan& plan = sweep.plan;
  return plan.title.empty() ? plan.scenario : plan.scenario + ": " + plan.title;
}

std::string sweep_label(const Sweep& sweep, std::size_t curve) {
  const std::string& name = sweep.plan.variants[curve].name;
  return name.empty() ? sweep.curves[curve].store : name;
}

std::string edge_sentence(const Sweep& sweep, std::size_t at) {
  const SweepCurve& curve = sweep.curves[at];
  const std::string label = sweep_label(sweep, at);
  const std::string paper =
      fmt::format("On paper it waits up to {} in total ({})", format_ms(curve.planned_budget_ms),
                  curve.policy.empty() ? "no policy known" : curve.policy);
  if (!curve.some_fail) {
    return curve.all_survive ? fmt::format("{}: every run survived, up to a hold of {}. {}.", label,
                                           hold_text(*curve.all_survive), paper)
                             : fmt::format("{}: no run was conclusive.", label);
  }
  std::string edge =
      curve.all_survive
          ? fmt::format("{}: every run survived holds of up to {}; from {} on, ", label,
                        hold_text(*curve.all_survive), hold_text(*curve.some_fail))
          : fmt::format("{}: from the shortest hold, {}, on, ", label, hold_text(*curve.some_fail));
  edge += curve.none_survive == curve.some_fail ? "none survived"
          : curve.none_survive
              ? fmt::format("some failed, and from {} on, all did", hold_text(*curve.none_survive))
              : std::string("some failed, but not all, even at the longest hold");
  // The way between the two is the resolution: within it paper and run agree.
  const double edge_ms = milliseconds(curve.some_fail->count());
  const double least_ms = curve.all_survive ? milliseconds(curve.all_survive->count()) : 0;
  const double missing_ms = curve.planned_budget_ms - edge_ms;
  const double more_ms = least_ms - curve.planned_budget_ms;
  const double resolution_ms = std::max(edge_ms - least_ms, 0.05 * curve.planned_budget_ms);
  std::string verdict;
  if (missing_ms > resolution_ms) {
    verdict =
        fmt::format(", {} more than the shortest hold that defeated it; its longest wait in practice was {}",
                    format_ms(missing_ms), format_ms(curve.wait_max_ms));
  } else if (more_ms > resolution_ms) {
    verdict = fmt::format(
        ", {} less than the longest hold that every run survived; its longest wait in practice was {}",
        format_ms(more_ms), format_ms(curve.wait_max_ms));
  } else {
    verdict = fmt::format(", and the runs agree; its longest wait in practice was {}",
                          format_ms(curve.wait_max_ms));
  }
  return edge + ". " + paper + verdict + ".";
}

std::string sweep_design_sentence(const Sweep& sweep) {
  const SweepPlan& plan = sweep.plan;
  return fmt::format(
      "A run survives if every broadcast that it attempted was acknowledged; whether the messages arrived is "
      "for 'run' to judge. Runs in which the holder blocked no call, or that did not finish, are "
      "inconclusive. {} per hold of \"{}\", seeds from {}; each interval is Clopper–Pearson, 95 %. After the "
      "steps, the sweep bisects towards the edge.",
      format_counted(plan.runs, "run"), plan.injector, plan.seed);
}

std::string short_sweep_sentence() {
  return "The sweep was cut short: these are its results so far.";
}

TableRows sweep_rows(const SweepCurve& curve) {
  TableRows rows;
  for (const SweepPoint& point : curve.points) {
    const std::uint64_t told = point.survived + point.failed;
    std::string survived = fmt::format("{} of {}", format_count(point.survived), format_count(told));
    if (point.inconclusive > 0) survived += fmt::format(" ({} inconcl.)", format_count(point.inconclusive));
    rows.push_back({hold_text(point.hold),
                    text_bar(point.survived, std::max<std::uint64_t>(told, 1), bar_columns),
                    std::move(survived), format_interval(point.interval),
                    fmt::format("{} of {}", format_count(point.ok), format_count(point.attempted))});
  }
  return rows;
}

std::vector<TableColumn> sweep_head() {
  return {{"hold", Align::right},
          {"runs that survived"},
          {"", Align::right},
          {"95 % interval", Align::right},
          {"broadcasts ok", Align::right}};
}

}  // namespace holdfast
