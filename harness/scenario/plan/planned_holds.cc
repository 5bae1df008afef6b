// How long injectors hold files, and which triggers a scanner acts on.
//
// Hold times are lognormal by median and p99, cut at max. The cut distribution is sampled by its inverse: a
// uniform number is scaled to [0, P(hold <= max)) and put through the inverse normal. So each number gives
// one hold (no rejection loop whose length depends on luck), no hold is longer than max, and no heap of holds
// stands exactly at max, as clamping would leave. The cut takes from the long end: the median of what is
// sampled lies a little below the median that was asked for.
//
// Rare holds replace some of those, by a draw of their own that follows the first: asking for them leaves all
// others as they were. Nobody has published how long they last either (docs/windows-rules.md has 5 to 60 s from reports), so
// each order of magnitude is as likely as another.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/check.h"
#include "core/base/random.h"
#include "harness/scenario/plan/plan.h"
#include "harness/scenario/plan/streams.h"

namespace holdfast {
namespace {

constexpr double z_of_p99 = 2.3263478740408408;  // the standard normal's 99th percentile

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  double value = 0;
  for (const double c : coefficients) value = value * x + c;
  return value;
}

// Acklam's rational approximation (2003), |relative error| < 1.15e-9: far below what a hold of ns could show.
double inverse_normal(double p) {
  constexpr std::array<double, 6> a = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                       1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr std::array<double, 6> b = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                                       6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
  constexpr std::array<double, 6> c = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                       -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr std::array<double, 5> d = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                       3.754408661907416e+00, 1.0};
  constexpr double tail = 0.02425;
  if (p > 0.5) return -inverse_normal(1 - p);
  if (p < tail) {
    const double q = std::sqrt(-2 * std::log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const double q = p - 0.5;
  return polynomial(a, q * q) * q / polynomial(b, q * q);
}

const Injector& injector_of(const Plan& plan, std::uint32_t injector) {
  HOLDFAST_CHECK(injector < plan.scenario.injectors.size());
  return plan.scenario.injectors[injector];
}

// The same numbers for the same plan, injector or agent, and number.
Random random_for(const Plan& plan, Stream stream, std::uint32_t index, std::uint64_t number) {
  return Random(derive_seed(stream_seed(plan.seed, stream, index), number));
}

// The hold that the share `uniform`, in [0, 1), of its distribution falls on.
Duration usual_hold(const HoldTime& hold, double uniform) {
  if (!hold.p99 || *hold.p99 <= hold.median) return hold.median;

  const auto median_ns = static_cast<double>(hold.median.count());
  const double sigma = std::log(static_cast<double>(hold.p99->count()) / median_ns) / z_of_p99;
  const double kept =
      hold.max ? normal_cdf(std::log(static_cast<double>(hold.max->count()) / median_ns) / sigma) : 1.0;
  // Half a step up, so that 0, whose inverse is minus infinity, is never asked for.
  const double p = (uniform + 0x1.0p-54) * kept;
  const double ns = median_ns * std::exp(sigma * inverse_normal(p));

  const auto longest = hold.max.value_or(Duration::max()).count();
  // Compared as doubles first: a value beyond the range of int64 must not be converted.
  return Duration(ns >= static_cast<double>(longest)
                      ? longest
                      : std::min(std::llround(ns), static_cast<long long>(longest)));
}

Duration rare_hold(const RareHolds& rare, double uniform) {
  const auto least_ns = static_cast<double>(rare.min.count()),
             most_ns = static_cast<double>(rare.max.count());
  const auto ns = std::llround(least_ns * std::pow(most_ns / least_ns, uniform));
  return std::clamp(Duration(ns), rare.min, rare.max);
}

Duration draw_hold(const HoldTime& hold, Random random) {
  const Duration usual = usual_hold(hold, random.uniform());
  if (!hold.rare || random.uniform() >= hold.rare->chance) return usual;
  return rare_hold(*hold.rare, random.uniform());
}

}  // namespace

Duration planned_hold(const Plan& plan, std::uint32_t injector, std::uint64_t number) {
  return draw_hold(injector_of(plan, injector).hold, random_for(plan, Stream::hold, injector, number));
}

Duration planned_read(const Plan& plan, std::uint32_t agent, std::uint64_t number) {
  const auto& read_for = plan.scenario.subject.read_for;
  return read_for ? draw_hold(*read_for, random_for(plan, Stream::read, agent, number)) : Duration(0);
}

bool acts_on_trigger(const Plan& plan, std::uint32_t injector, std::uint64_t number) {
  return random_for(plan, Stream::trigger, injector, number).uniform() < injector_of(plan, injector).chance;
}

}  // namespace holdfast
