#include "harness/check/attempts.h"

#include <algorithm>
#include <string_view>

namespace holdfast {
namespace {

bool is_cleanup(const Call& call, std::span<const Call> earlier) {
  if (call.function != Function::unlink) return false;
  if (std::string_view(call.path).ends_with(".tmp")) return true;
  return std::any_of(earlier.begin(), earlier.end(), [&](const Call& before) {
    return before.function == Function::rename && before.path == call.path;
  });
}

}  // namespace

std::span<const Call> calls_of(const History& history, const Operation& operation) {
  return std::span(history.calls).subspan(operation.first_call, operation.calls);
}

std::vector<const Call*> attempt_calls(const History& history, const Operation& operation) {
  const auto calls = calls_of(history, operation);
  std::vector<const Call*> kept;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!is_cleanup(calls[i], calls.first(i))) kept.push_back(&calls[i]);
  }
  return kept;
}

Attempts attempts_of(const History& history, const Operation& operation) {
  Attempts attempts;
  if (operation.calls == 0) return attempts;
  const auto calls = attempt_calls(history, operation);
  if (!calls.empty()) attempts.first_call_ns = calls.front()->received_ns;
  for (const Call* call : calls) {
    if (attempts.refused_last) {
      ++attempts.retries;
      attempts.waits.push_back({operation.agent, operation.number, operation.function,
                                static_cast<int>(attempts.retries),
                                call->received_ns - attempts.last_refusal_ns});
    }
    attempts.refused_last = is_refused(*call);
    if (!attempts.refused_last) continue;
    ++attempts.refused;
    attempts.last_refusal_ns = call->answered_ns;
  }
  // Done after all, though by no call that is trapped.
  if (attempts.refused_last && operation.outcome == Outcome::ok) {
    ++attempts.retries;
    attempts.refused_last = false;
  }
  return attempts;
}

std::uint32_t retries_of(const History& history, const Operation& operation) {
  return attempts_of(history, operation).retries;
}

std::vector<ObservedWait> observed_waits(const History& history) {
  std::vector<ObservedWait> waits;
  for (const Operation& operation : history.operations) {
    const Attempts attempts = attempts_of(history, operation);
    waits.insert(waits.end(), attempts.waits.begin(), attempts.waits.end());
  }
  return waits;
}

}  // namespace holdfast
