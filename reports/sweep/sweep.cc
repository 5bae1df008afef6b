// Which holds to try, and where survival ends.
#include "reports/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "core/retry/duration.h"

namespace holdfast {
namespace {

constexpr double sweep_confidence = 0.95;

bool close_enough(Duration survived, Duration failed) {
  constexpr Duration least = std::chrono::milliseconds(10);
  return failed - survived <= std::max(least, failed / 50);
}

// Whole ms as far as they go, so that commands stay short.
Duration rounded(Duration hold) {
  constexpr Duration ms = std::chrono::milliseconds(1);
  return hold < 20 * ms ? hold : (hold + ms / 2) / ms * ms;
}

void find_edge(SweepCurve& curve) {
  for (const SweepPoint& point : curve.points) {
    if (point.failed > 0) {
      curve.some_fail = point.hold;
      break;
    }
    if (point.survived > 0) curve.all_survive = point.hold;
  }
  for (auto point = curve.points.rbegin(); point != curve.points.rend() && point->survived == 0; ++point) {
    if (point->failed > 0) curve.none_survive = point->hold;
  }
}

}  // namespace

SweepRun sweep_run_of(const Summary& summary, const std::string& injector, std::size_t variant,
                      Duration hold) {
  SweepRun run;
  run.variant = variant;
  run.hold = hold;
  run.seed = summary.seed;
  run.attempted = summary.attempted;
  run.ok = summary.ok;
  const bool refused = std::any_of(summary.refusals_by_holder.begin(), summary.refusals_by_holder.end(),
                                   [&](const HolderSummary& holder) { return holder.holder == injector; });
  const bool delayed =
      std::any_of(summary.injectors.begin(), summary.injectors.end(),
                  [&](const InjectorSummary& one) { return one.name == injector && one.made_wait > 0; });
  const bool met = hold == Duration(0) || refused || delayed;
  run.told = met && summary.attempted == summary.planned && summary.unknown == 0;
  run.retries = total_retries(summary);
  run.refusals = summary.refusals;
  run.store = summary.store;
  run.policy = summary.policy;
  run.planned_budget_ms = summary.planned_budget_ms;
  run.wait_max_ms = summary.waits_ms.max;
  if (!summary.reasons.empty()) run.reason = summary.reasons.front();
  run.command = summary.command;
  return run;
}

Sweep sweep_of(SweepPlan plan, const std::vector<SweepRun>& runs) {
  Sweep sweep;
  sweep.plan = std::move(plan);
  sweep.curves.resize(sweep.plan.variants.size());
  sweep.complete = true;
  for (std::size_t variant = 0; variant < sweep.curves.size(); ++variant) {
    SweepCurve& curve = sweep.curves[variant];
    std::map<Duration, SweepPoint> points;
    for (const SweepRun& run : runs) {
      if (run.variant != variant) continue;
      if (curve.store.empty()) {
        curve.store = run.store;
        curve.policy = run.policy;
        curve.planned_budget_ms = run.planned_budget_ms;
      }
      curve.wait_max_ms = std::max(curve.wait_max_ms, run.wait_max_ms);
      SweepPoint& point = points[run.hold];
      point.hold = run.hold;
      ++(!run.told ? point.inconclusive : run.survived() ? point.survived : point.failed);
      point.attempted += run.attempted;
      point.ok += run.ok;
    }
    for (auto& [hold, point] : points) {
      point.interval = {
          clopper_pearson(point.survived, point.runs(), sweep_confidence).lower,
          clopper_pearson(point.survived + point.inconclusive, point.runs(), sweep_confidence).upper};
      curve.points.push_back(point);
    }
    find_edge(curve);
    for (const SweepRun& run : runs) {
      const bool beyond =
          run.variant == variant && run.told && !run.survived() && curve.some_fail == run.hold;
      if (beyond && curve.example.empty()) curve.example = run.command;
    }
    const bool short_of_runs =
        std::any_of(curve.points.begin(), curve.points.end(),
                    [&](const SweepPoint& point) { return point.runs() < sweep.plan.runs; });
    sweep.complete = sweep.complete && !short_of_runs && next_holds(sweep.plan, curve).empty();
  }
  return sweep;
}

std::vector<Duration> next_holds(const SweepPlan& plan, const SweepCurve& curve) {
  const auto tried = [&](Duration hold) {
    return std::any_of(curve.points.begin(), curve.points.end(),
                       [&](const SweepPoint& point) { return point.hold == hold; });
  };
  std::vector<Duration> next;
  for (std::uint64_t step = 0; step < plan.steps; ++step) {
    const double share =
        plan.steps == 1 ? 0.0 : static_cast<double>(step) / static_cast<double>(plan.steps - 1);
    const bool last = step + 1 == plan.steps && plan.steps > 1;
    const auto span_ns = static_cast<double>((plan.longest - plan.shortest).count());
    const Duration hold =
        last ? plan.longest : rounded(plan.shortest + Duration(static_cast<std::int64_t>(span_ns * share)));
    if (!tried(hold) && std::find(next.begin(), next.end(), hold) == next.end()) next.push_back(hold);
  }
  if (!next.empty() || !curve.all_survive || !curve.some_fail || *curve.some_fail < *curve.all_survive)
    return next;
  if (close_enough(*curve.all_survive, *curve.some_fail)) return {};
  const Duration middle = rounded(*curve.all_survive + (*curve.some_fail - *curve.all_survive) / 2);
  return tried(middle) ? std::vector<Duration>() : std::vector<Duration>{middle};
}

Result<HoldRange> parse_hold_range(const std::string& text) {
  const auto dots = text.find("..");
  const auto wrong = [&](const std::string& why) {
    return fail(Code::invalid, fmt::format("--hold {}: {}; write a range such as 0ms..10s", text, why));
  };
  if (dots == std::string::npos) return wrong("it is not a range");
  const auto shortest = parse_duration(text.substr(0, dots));
  if (!shortest) return wrong(shortest.error().message);
  const auto longest = parse_duration(text.substr(dots + 2));
  if (!longest) return wrong(longest.error().message);
  constexpr Duration most = std::chrono::hours(24);
  if (*longest > most) return wrong("a hold lasts at most 24h");
  if (*longest <= *shortest) return wrong("the second hold must be longer than the first");
  return HoldRange{*shortest, *longest};
}

}  // namespace holdfast
