#include "core/retry/retry_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/retry/duration.h"

namespace holdfast {
namespace {

constexpr int greatest_max_retries = 100'000;

Duration cap_of(const RetryPolicy& policy) {
  return policy.max_delay.value_or(Duration::max());
}

Duration saturating_triple(Duration wait) {
  return wait > Duration::max() / 3 ? Duration::max() : wait * 3;
}

// factor^exponent by squaring: only multiplications, in a fixed order, so every machine rounds alike.
// (std::pow may differ in the last digit from library to library.)
double power(double factor, int exponent) {
  double result = 1;
  for (auto rest = static_cast<unsigned>(exponent); rest != 0; rest >>= 1U) {
    if ((rest & 1U) != 0) result *= factor;
    factor *= factor;
  }
  return result;
}

// min(cap, base * multiplier^(retry-1)), which the jitter is then cut from.
Duration full_wait(const RetryPolicy& policy, int retry) {
  if (policy.base_delay == Duration::zero()) return Duration::zero();
  const Duration cap = cap_of(policy);
  const double wait_ns = static_cast<double>(policy.base_delay.count()) * power(policy.multiplier, retry - 1);
  if (wait_ns >= static_cast<double>(cap.count())) return cap;  // also where the power overflowed
  return Duration(static_cast<std::int64_t>(wait_ns));
}

// Uniform over the nanoseconds of [least, greatest], in integers: exact on every machine.
Duration uniform_wait(Duration least, Duration greatest, std::uint64_t seed, int retry) {
  if (greatest <= least) return least;
  __extension__ using Wide = unsigned __int128;
  const auto span = static_cast<std::uint64_t>((greatest - least).count()) + 1;
  const std::uint64_t bits = derive_seed(seed, static_cast<std::uint64_t>(retry));
  return least + Duration(static_cast<std::int64_t>((Wide{bits} * span) >> 64U));
}

Duration decorrelated_wait(const RetryPolicy& policy, int retry, std::uint64_t seed) {
  const Duration cap = cap_of(policy);
  Duration wait = policy.base_delay;
  for (int step = 1; step <= retry; ++step) {
    wait = std::min(cap, uniform_wait(policy.base_delay, saturating_triple(wait), seed, step));
  }
  return wait;
}

Duration decorrelated_greatest(const RetryPolicy& policy, int retry) {
  const Duration cap = cap_of(policy);
  if (policy.base_delay == Duration::zero()) return Duration::zero();
  Duration wait = policy.base_delay;
  for (int step = 1; step <= retry && wait < cap; ++step) wait = saturating_triple(wait);
  return std::min(cap, wait);
}

}  // namespace

Result<> validate(const RetryPolicy& policy) {
  const auto out_of_range = [](std::string_view field, const std::string& value, std::string_view range) {
    return fail(Code::invalid, fmt::format("retry policy: {} is {}; it must be {}", field, value, range));
  };
  if (policy.max_retries < 0 || policy.max_retries > greatest_max_retries) {
    return out_of_range("max_retries", std::to_string(policy.max_retries),
                        fmt::format("from 0 to {}", greatest_max_retries));
  }
  if (policy.base_delay < Duration::zero()) {
    return out_of_range("base_delay", format_duration(policy.base_delay), "zero or more");
  }
  if (!std::isfinite(policy.multiplier) || policy.multiplier < 1) {
    return out_of_range("multiplier", fmt::format("{}", policy.multiplier), "a finite number of 1 or more");
  }
  if (policy.max_delay && *policy.max_delay < Duration::zero()) {
    return out_of_range("max_delay", format_duration(*policy.max_delay), "zero or more");
  }
  if (policy.jitter < Jitter::none || policy.jitter > Jitter::decorrelated) {
    return out_of_range("jitter", std::to_string(static_cast<int>(policy.jitter)),
                        "none, full, equal or decorrelated");
  }
  if (policy.deadline && *policy.deadline < Duration::zero()) {
    return out_of_range("deadline", format_duration(*policy.deadline), "zero or more");
  }
  return {};
}

Duration backoff(const RetryPolicy& policy, int retry, std::uint64_t seed) {
  HOLDFAST_CHECK(retry >= 1);
  if (policy.jitter == Jitter::decorrelated) return decorrelated_wait(policy, retry, seed);
  const WaitBounds bounds = wait_bounds(policy, retry);
  return uniform_wait(bounds.least, bounds.greatest, seed, retry);
}

WaitBounds wait_bounds(const RetryPolicy& policy, int retry) {
  HOLDFAST_CHECK(retry >= 1);
  const Duration wait = full_wait(policy, retry);
  switch (policy.jitter) {
    case Jitter::none:
      return {wait, wait};
    case Jitter::full:
      return {Duration::zero(), wait};
    case Jitter::equal:
      return {wait / 2, wait};
    case Jitter::decorrelated:
      break;
  }
  return {std::min(cap_of(policy), policy.base_delay), decorrelated_greatest(policy, retry)};
}

Duration saturating_add(Duration a, Duration b) {
  return b > Duration::zero() && a > Duration::max() - b ? Duration::max() : a + b;
}

Duration retry_budget(const RetryPolicy& policy) {
  Duration budget{0};
  for (int retry = 1; retry <= policy.max_retries && budget < Duration::max(); ++retry) {
    budget = saturating_add(budget, wait_bounds(policy, retry).greatest);
  }
  return budget;
}

}  // namespace holdfast
