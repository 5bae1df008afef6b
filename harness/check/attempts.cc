#include "harness/check/attempts.h"

#include <algorithm>

namespace holdfast {
namespace {

const std::string& target_of(const Call& call) {
  return call.destination.empty() ? call.path : call.destination;
}

bool is_cleanup(const Call& call, std::span<const Call> earlier) {
  if (call.function != Function::unlink) return false;
  return std::any_of(earlier.begin(), earlier.end(), [&](const Call& before) {
    return (before.function == Function::rename || before.function == Function::link) &&
           before.path == call.path;
  });
}

// One call that a holder refused, and its repeats.
struct Repeated {
  const Call* first = nullptr;
  const Call* refused = nullptr;  // the last of them; none: it ended otherwise
  int retries = 0;
};

}  // namespace

std::span<const Call> calls_of(const History& history, const Operation& operation) {
  return std::span(history.calls).subspan(operation.first_call, operation.calls);
}

bool is_refused_by_holder(const Call& call) {
  if (!is_refused(call)) return false;
  return std::any_of(call.holders.begin(), call.holders.end(), [&](const Holder& holder) {
    return call.function != Function::open || holder.kind != HolderKind::agent;
  });
}

Attempts attempts_of(const History& history, const Operation& operation) {
  Attempts attempts;
  const auto calls = calls_of(history, operation);
  std::vector<Repeated> all;
  const Call* last_refusal = nullptr;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Call& call = calls[i];
    const bool refused = is_refused_by_holder(call);
    if ((!refused && all.empty() && !is_refused(call)) || is_cleanup(call, calls.first(i))) continue;
    if (is_refused(call)) last_refusal = &call;
    const auto same = std::find_if(all.begin(), all.end(), [&](const Repeated& before) {
      return before.refused != nullptr && before.first->function == call.function &&
             target_of(*before.first) == target_of(call);
    });
    if (refused || same != all.end()) attempts.calls.push_back(&call);
    if (same == all.end()) {
      if (refused) all.push_back({&call, &call, 0});
    } else {
      ++attempts.retries;
      attempts.waits.push_back({operation.agent, operation.number, operation.function, ++same->retries,
                                static_cast<int>(attempts.retries),
                                call.received_ns - same->refused->answered_ns,
                                same->refused->answered_ns - same->first->received_ns});
      same->refused = refused ? &call : nullptr;
    }
    if (refused) ++attempts.refused;
  }
  for (const Repeated& one : all) {
    if (one.refused != nullptr) attempts.given_up.push_back(one.refused);
  }
  std::sort(attempts.given_up.begin(), attempts.given_up.end());  // they stand in one array
  attempts.gave_up = !attempts.given_up.empty() && attempts.given_up.back() == last_refusal;
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
