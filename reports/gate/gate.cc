#include "reports/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <string_view>

#include "core/base/random.h"
#include "harness/check/tolerances.h"
#include "reports/format/number_format.h"
#include "reports/statistics/fisher.h"
#include "reports/statistics/mann_whitney.h"
#include "reports/statistics/median.h"

namespace holdfast {
namespace {

using FigureValues = std::vector<double>;
using ReadFigure = std::optional<double> (*)(const RunFigures&);

enum class GateTest {
  share_of_runs,  // 1 or 0 a run, Fisher's
  share,          // a share a run, more is better
  time,           // the logarithm of a ratio to the reference, less is better
};

struct GateFigure {
  std::string_view name;
  GateTest test;
  double least_effect;  // a difference of shares, or a factor
  ReadFigure value;
};

// Times in rounds of the reference, as logarithms: a factor is then a shift.
std::optional<double> in_rounds(const std::optional<double>& ms, const RunFigures& run) {
  if (!ms || !run.reference_ms) return std::nullopt;
  return std::log(*ms / *run.reference_ms);
}

std::optional<double> time_per_broadcast(const RunFigures& run) {
  return in_rounds(run.per_second ? std::optional(1e3 / *run.per_second) : std::nullopt, run);
}

constexpr std::array<GateFigure, 5> gate_figures{{
    {"passed", GateTest::share_of_runs, tolerance::fewer_passed,
     [](const RunFigures& r) { return std::optional(r.passed ? 1.0 : 0.0); }},
    {"success_rate", GateTest::share, tolerance::fewer_acknowledged,
     [](const RunFigures& r) { return r.success_rate; }},
    {"throughput", GateTest::time, tolerance::slower, time_per_broadcast},
    {"latency.p50", GateTest::time, tolerance::slower,
     [](const RunFigures& r) { return in_rounds(r.latency_p50_ms, r); }},
    {"latency.p99", GateTest::time, tolerance::slower_tail,
     [](const RunFigures& r) { return in_rounds(r.latency_p99_ms, r); }},
}};

FigureValues values_of(const std::vector<RunFigures>& runs, ReadFigure value) {
  FigureValues values;
  for (const RunFigures& run : runs)
    if (const auto read = value(run)) values.push_back(*read);
  return values;
}

double mean_of(const FigureValues& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double fisher_p_worse(const FigureValues& before, const FigureValues& now) {
  const auto passed = [](const FigureValues& values) {
    return static_cast<std::uint64_t>(std::count(values.begin(), values.end(), 1.0));
  };
  const std::uint64_t before_passed = passed(before), now_passed = passed(now);
  const double p =
      fisher_exact({before_passed, before.size() - before_passed, now_passed, now.size() - now_passed});
  return mean_of(now) < mean_of(before) ? p : 1;
}

// The worse side of a two-sided p; `more_is_worse` as `now` is.
double worse_side(const MannWhitney& test, bool more_is_worse) {
  return (test.cliffs_delta > 0) == more_is_worse ? test.p / 2 : 1 - test.p / 2;
}

// The p that these many runs would have if all of them were worse than every one of the baseline.
double least_p(GateTest test, std::size_t before, std::size_t now) {
  if (test == GateTest::share_of_runs) return fisher_exact({before, 0, 0, now});
  FigureValues lower(before), upper(now);
  std::iota(lower.begin(), lower.end(), 0.0);
  std::iota(upper.begin(), upper.end(), static_cast<double>(before));
  return mann_whitney(upper, lower).p / 2;
}

FigureComparison compare_figure(const GateFigure& figure, const std::vector<RunFigures>& before_runs,
                                const std::vector<RunFigures>& now_runs) {
  const FigureValues before = values_of(before_runs, figure.value), now = values_of(now_runs, figure.value);
  FigureComparison result;
  result.name = figure.name;
  result.ratio = figure.test == GateTest::time;
  result.runs_before = before.size();
  result.runs_now = now.size();
  if (before.empty() || now.empty()) return result;
  if (!result.ratio) {
    result.before = mean_of(before);
    result.now = mean_of(now);
    result.worse_by = result.before - result.now;
    result.p = figure.test == GateTest::share_of_runs ? fisher_p_worse(before, now)
                                                      : worse_side(mann_whitney(now, before), false);
  } else {
    result.before = std::exp(median(before));
    result.now = std::exp(median(now));
    const MannWhitney test = mann_whitney(now, before);
    result.worse_by = std::exp(test.shift.value_or(0));
    result.p = worse_side(test, true);
  }
  return result;
}

// Holm: the least p against error / k, the next against error / (k - 1), until one is not significant.
void share_out_error(std::vector<FigureComparison>& figures) {
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return figures[a].p < figures[b].p; });
  bool significant = true;
  for (std::size_t at = 0; at < order.size(); ++at) {
    FigureComparison& figure = figures[order[at]];
    figure.level = gate_error / static_cast<double>(order.size() - at);
    significant = significant && figure.p <= figure.level;
    figure.regression = significant && figure.worse_by >= gate_figures[order[at]].least_effect;
  }
}

bool is_worse(const std::vector<FigureComparison>& figures) {
  return std::any_of(figures.begin(), figures.end(),
                     [](const FigureComparison& figure) { return figure.regression; });
}

using Plant = std::function<void(RunFigures&)>;

void plant_slowdown(RunFigures& run) {
  if (run.per_second) *run.per_second /= promised_slowdown;
  if (run.latency_p50_ms) *run.latency_p50_ms *= promised_slowdown;
  if (run.latency_p99_ms) *run.latency_p99_ms *= promised_slowdown;
}

void plant_drop(RunFigures& run) {
  if (run.success_rate) *run.success_rate = std::max(0.0, *run.success_rate - promised_drop);
}

std::vector<RunFigures> drawn_from(const std::vector<RunFigures>& runs, std::size_t count, Random& random) {
  std::vector<RunFigures> drawn;
  drawn.reserve(count);
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(runs[random.next() % runs.size()]);
  return drawn;
}

bool catches(const std::vector<RunFigures>& before, std::size_t count, const Plant& plant) {
  constexpr int draws = 200;
  const int may_miss = static_cast<int>(std::lround(draws * (1 - gate_power)));
  Random random(count);
  int missed = 0;
  for (int draw = 0; draw < draws && missed <= may_miss; ++draw) {
    const auto drawn_before = drawn_from(before, before.size(), random);
    auto now = drawn_from(before, count, random);
    for (RunFigures& run : now) plant(run);
    if (!is_worse(compare_figures(drawn_before, now))) ++missed;
  }
  return missed <= may_miss;
}

std::string change_of(const FigureComparison& figure) {
  if (!figure.ratio) {
    return fmt::format("{} instead of {}", format_percent(figure.now), format_percent(figure.before));
  }
  const double percent = std::abs(figure.worse_by - 1) * 100;
  const char* const way = figure.worse_by >= 1 ? "longer" : "shorter";
  if (figure.name == "throughput") return fmt::format("each broadcast takes {:.1f} % {}", percent, way);
  return fmt::format("{:.1f} % {}", percent, way);
}

std::string regression_sentence(const FigureComparison& figure) {
  return fmt::format("{} is worse than in the baseline: {} (p {}, threshold {:.2g})", figure.name,
                     change_of(figure), format_p(figure.p), figure.level);
}

void say_why_inconclusive(GateResult& result) {
  for (const FigureComparison& figure : result.figures) {
    if (figure.runs_now < result.runs_now || figure.runs_before < result.runs_before) {
      result.reasons.push_back(fmt::format("{} has data in {} of {} runs and in {} of {} baseline runs",
                                           figure.name, figure.runs_now, result.runs_now, figure.runs_before,
                                           result.runs_before));
    }
  }
  const std::string have = fmt::format("too few runs to tell: {} against {} in the baseline",
                                       format_counted(result.runs_now, "run"), result.runs_before);
  result.reasons.push_back(
      result.runs_needed > 0
          ? fmt::format("{}; to catch a 20 % slowdown or a 5-point drop in success rate "
                        "in 95 % of comparisons, you need at least {}{}",
                        have, format_counted(result.runs_needed, "run"),
                        result.runs_now < result.runs_needed
                            ? fmt::format(": {} more", result.runs_needed - result.runs_now)
                            : std::string())
          : fmt::format("{}, which is too small or too uneven for even 100 runs to show "
                        "a 20 % slowdown: add runs to it, or make each run longer",
                        have));
}

}  // namespace

std::vector<FigureComparison> compare_figures(const std::vector<RunFigures>& before,
                                              const std::vector<RunFigures>& now) {
  std::vector<FigureComparison> figures;
  figures.reserve(gate_figures.size());
  for (const GateFigure& figure : gate_figures) figures.push_back(compare_figure(figure, before, now));
  share_out_error(figures);
  return figures;
}

std::uint64_t runs_needed_for(const std::vector<RunFigures>& before) {
  constexpr std::array<std::size_t, 17> tried{2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100};
  if (before.empty()) return 0;
  const double strictest = gate_error / static_cast<double>(gate_figures.size());
  for (const std::size_t count : tried) {
    if (least_p(GateTest::time, before.size(), count) > strictest) continue;
    if (catches(before, count, plant_slowdown) && catches(before, count, plant_drop)) return count;
  }
  return 0;
}

GateResult gate(const Baseline& baseline, const Baseline& runs) {
  GateResult result;
  result.runs_before = baseline.runs.size();
  result.runs_now = runs.runs.size();
  result.figures = compare_figures(baseline.runs, runs.runs);
  result.runs_needed = runs_needed_for(baseline.runs);
  bool reachable = true;
  for (std::size_t at = 0; at < result.figures.size(); ++at) {
    FigureComparison& figure = result.figures[at];
    figure.reachable = figure.runs_before > 0 && figure.runs_now > 0 &&
                       least_p(gate_figures[at].test, figure.runs_before, figure.runs_now) <=
                           gate_error / static_cast<double>(gate_figures.size());
    reachable = reachable && figure.reachable;
  }
  for (const FigureComparison& figure : result.figures)
    if (figure.regression) result.reasons.push_back(regression_sentence(figure));
  if (!result.reasons.empty()) {
    result.exit_code = 4;
  } else if (!reachable || result.runs_needed == 0 || result.runs_now < result.runs_needed) {
    result.exit_code = 2;
    say_why_inconclusive(result);
  } else {
    result.exit_code = 0;
    result.reasons.push_back(
        fmt::format("no regression: {} against {} in the baseline; {} are enough to catch, in 95 % of "
                    "comparisons, a 20 % slowdown or a 5-point drop in success rate",
                    format_counted(result.runs_now, "run"), result.runs_before, result.runs_needed));
  }
  return result;
}

}  // namespace holdfast
