// Repeats an attempt until it succeeds, must not be retried, or the policy is used up.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry_policy.h"

namespace holdfast {

// What happened, for the application. A plain value; add counters up with +=.
struct RetryCounters {
  std::uint64_t operations = 0;
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t successes_after_retry = 0;
  std::uint64_t exhausted = 0;
  std::map<int, std::uint64_t> refusals_by_code;  // os code -> count
  Duration waited{0};

  RetryCounters& operator+=(const RetryCounters& other);
};

// Reported to the application as it happens.
struct RetryEvent {
  int retry;      // 1 = first retry
  Error refusal;  // why
  Duration wait;  // the sleep that follows
};

// Sleeps, and returns false if cut short because the caller wants to stop. Tests pass one that does not sleep.
using Sleep = std::function<bool(Duration)>;
Sleep real_sleep();

struct RetryHooks {
  Sleep sleep = real_sleep();
  std::function<std::int64_t()> now_ns{};             // monotonic; default: the real clock
  std::function<void(const RetryEvent&)> on_retry{};  // may be empty
};

// Calls `attempt` until it succeeds, fails with a code other than Code::denied, or the policy is used up (then
// Code::exhausted, with the number of attempts and the time spent in the message). `seed` seeds the jitter of this
// operation. Adds to `counters`.
Result<> retry(const RetryPolicy& policy, std::uint64_t seed, const RetryHooks& hooks,
               RetryCounters& counters, const std::function<Result<>()>& attempt);

}  // namespace holdfast
