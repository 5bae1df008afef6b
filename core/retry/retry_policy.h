// How often, and after what waits, a refused file operation is retried.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/base/result.h"

namespace holdfast {

using Duration = std::chrono::nanoseconds;

enum class Jitter { none, full, equal, decorrelated };

// By default 5 retries after the first attempt, with waits of 0.1 0.2 0.4 0.8 1.6 s, 3.1 s in total: what the
// application that this project began with claimed.
struct RetryPolicy {
  int max_retries = 5;  // after the first attempt; 0 = try once
  Duration base_delay = std::chrono::milliseconds(100);
  double multiplier = 2.0;                           // >= 1
  std::optional<Duration> max_delay = std::nullopt;  // cap of one wait; none = uncapped
  Jitter jitter = Jitter::none;
  std::optional<Duration> deadline =
      std::nullopt;  // from the first attempt: no wait begins that would end later

  bool operator==(const RetryPolicy&) const = default;
};

// Says which field is out of range, or nothing.
Result<> validate(const RetryPolicy& policy);

// The wait before retry `retry` (1 = first retry), in [0, max_delay]. Pure: the same policy, retry and seed
// give the same wait on every machine. v = min(cap, base * multiplier^(retry-1)):
//   none v · full U(0, v) · equal v/2 + U(0, v/2) · decorrelated min(cap, U(base, 3 * previous)), previous
//   from the same seed (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
// Saturates instead of overflowing.
Duration backoff(const RetryPolicy& policy, int retry, std::uint64_t seed);

// The least and the greatest wait that the policy allows before retry `retry`, over all seeds.
struct WaitBounds {
  Duration least;
  Duration greatest;
};
WaitBounds wait_bounds(const RetryPolicy& policy, int retry);

// Adds without overflow: Duration::max() stands for any longer time.
Duration saturating_add(Duration a, Duration b);

// The sum of the greatest waits: how long a hold the policy can outlast (3.1 s for the defaults).
Duration retry_budget(const RetryPolicy& policy);

}  // namespace holdfast
