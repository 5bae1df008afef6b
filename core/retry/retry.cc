#include "core/retry/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "core/base/clock.h"
#include "core/retry/duration.h"

namespace holdfast {
namespace {

// "3 attempts in 301 ms"; what a person asks first about a failed operation.
std::string effort(int attempts, std::int64_t spent_ns) {
  const bool long_spent = spent_ns >= 1'000'000'000;
  return fmt::format("{} attempt{} in {:.{}f} {}", attempts, attempts == 1 ? "" : "s",
                     static_cast<double>(spent_ns) * (long_spent ? 1e-9 : 1e-6), long_spent ? 2 : 1,
                     long_spent ? "s" : "ms");
}

Error after_effort(const Error& error, Code code, std::string_view verdict, int attempts,
                   std::int64_t spent_ns) {
  return {code, fmt::format("{} ({}{})", error.message, verdict, effort(attempts, spent_ns)), error.os_code};
}

}  // namespace

RetryCounters& RetryCounters::operator+=(const RetryCounters& other) {
  operations += other.operations;
  attempts += other.attempts;
  retries += other.retries;
  successes_after_retry += other.successes_after_retry;
  exhausted += other.exhausted;
  for (const auto& [code, count] : other.refusals_by_code) refusals_by_code[code] += count;
  waited += other.waited;
  return *this;
}

Sleep real_sleep() {
  return [](Duration wait) {
    std::this_thread::sleep_for(wait);
    return true;
  };
}

Result<> retry(const RetryPolicy& policy, std::uint64_t seed, const RetryHooks& hooks,
               RetryCounters& counters, const std::function<Result<>()>& attempt) {
  if (auto valid = validate(policy); !valid) return valid;
  const auto now_ns = [&hooks] { return hooks.now_ns ? hooks.now_ns() : monotonic_ns(); };
  const std::int64_t begun_ns = now_ns();
  ++counters.operations;
  for (int attempts = 1;; ++attempts) {
    ++counters.attempts;
    Result<> outcome = attempt();
    if (outcome) {
      if (attempts > 1) ++counters.successes_after_retry;
      return outcome;
    }
    const Error& refusal = outcome.error();
    const std::int64_t spent_ns = now_ns() - begun_ns;
    if (refusal.code != Code::denied)
      return fail(after_effort(refusal, refusal.code, "", attempts, spent_ns));
    ++counters.refusals_by_code[refusal.os_code];

    const int next_retry = attempts;
    if (next_retry > policy.max_retries) {
      ++counters.exhausted;
      return fail(after_effort(refusal, Code::exhausted, "gave up, nothing was done: ", attempts, spent_ns));
    }
    const Duration wait = backoff(policy, next_retry, seed);
    if (policy.deadline && wait > *policy.deadline - std::min(Duration(spent_ns), *policy.deadline)) {
      ++counters.exhausted;
      return fail(
          after_effort(refusal, Code::exhausted,
                       fmt::format("gave up, nothing was done: a wait of {} would pass the deadline of {}: ",
                                   format_duration(wait), format_duration(*policy.deadline)),
                       attempts, spent_ns));
    }
    if (hooks.on_retry) hooks.on_retry(RetryEvent{next_retry, refusal, wait});
    const std::int64_t asleep_ns = now_ns();
    const bool slept = hooks.sleep ? hooks.sleep(wait) : real_sleep()(wait);
    const std::int64_t awake_ns = now_ns();
    counters.waited += Duration(awake_ns - asleep_ns);
    if (!slept) {
      return fail(after_effort(refusal, Code::cancelled, "stopped, nothing was done: ", attempts,
                               awake_ns - begun_ns));
    }
    ++counters.retries;
  }
}

}  // namespace holdfast
