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
      fmt::format("On paper it waits {} in all ({})", format_ms(curve.planned_budget_ms),
                  curve.policy.empty() ? "no policy known" : curve.policy);
  if (!curve.some_fail) {
    return curve.all_survive ? fmt::format("{}: every run survived, up to a hold of {}. {}.", label,
                                           hold_text(*curve.all_survive), paper)
                             : fmt::format("{}: no run could be told.", label);
  }
  std::string edge =
      curve.all_survive
          ? fmt::format("{}: every run survived a hold of {} and less; from {} on ", label,
                        hold_text(*curve.all_survive), hold_text(*curve.some_fail))
          : fmt::format("{}: already from the shortest hold, {}, on ", label, hold_text(*curve.some_fail));
  edge += curve.none_survive == curve.some_fail ? "none did"
          : curve.none_survive
              ? fmt::format("some failed, and from {} on all", hold_text(*curve.none_survive))
              : std::string("some failed, though not all, not even at the longest hold");
  // The way between the two is the resolution: within it paper and run agree.
  const double edge_ms = milliseconds(curve.some_fail->count());
  const double least_ms = curve.all_survive ? milliseconds(curve.all_survive->count()) : 0;
  const double missing_ms = curve.planned_budget_ms - edge_ms;
  const double more_ms = least_ms - curve.planned_budget_ms;
  const double resolution_ms = std::max(edge_ms - least_ms, 0.05 * curve.planned_budget_ms);
  std::string verdict;
  if (missing_ms > resolution_ms) {
    verdict = fmt::format(", {} more than it holds out: its longest wait was {}", format_ms(missing_ms),
                          format_ms(curve.wait_max_ms));
  } else if (more_ms > resolution_ms) {
    verdict = fmt::format(", {} less than it holds out: its longest wait was {}", format_ms(more_ms),
                          format_ms(curve.wait_max_ms));
  } else {
    verdict = fmt::format(", and so it does: its longest wait was {}", format_ms(curve.wait_max_ms));
  }
  return edge + ". " + paper + verdict + ".";
}

std::string sweep_design_sentence(const Sweep& sweep) {
  const SweepPlan& plan = sweep.plan;
  return fmt::format(
      "A run survives if every broadcast that it attempted was acknowledged; its messages are for 'run' to "
      "judge. One in which the holder was in nobody's way, or that did not reach its end, tells nothing. {} "
      "of each "
      "hold of \"{}\", seeds from {}; intervals are Clopper and Pearson's, 95 % each by itself. The steps "
      "are followed "
      "by halves towards the edge.",
      format_counted(plan.runs, "run"), plan.injector, plan.seed);
}

std::string short_sweep_sentence() {
  return "The sweep was cut short: what follows is as far as it got.";
}

TableRows sweep_rows(const SweepCurve& curve) {
  TableRows rows;
  for (const SweepPoint& point : curve.points) {
    const std::uint64_t told = point.survived + point.failed;
    std::string survived = fmt::format("{} of {}", format_count(point.survived), format_count(told));
    if (point.inconclusive > 0) survived += fmt::format(" ({} not told)", format_count(point.inconclusive));
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
