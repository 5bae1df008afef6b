#include "harness/check/name_changes.h"

#include <algorithm>
#include <tuple>

#include "harness/check/attempts.h"

namespace holdfast {

const Operation* NameChanges::operation_of(const Call& call) const {
  const auto at = static_cast<std::uint32_t>(&call - history_.calls.data());
  const auto after = std::upper_bound(history_.operations.begin(), history_.operations.end(), call,
                                      [](const Call& one, const Operation& operation) {
                                        return std::tie(one.agent, one.received_ns) <
                                               std::tie(operation.agent, operation.invoke_ns);
                                      });
  if (after == history_.operations.begin()) return nullptr;
  const Operation& before = *(after - 1);
  const bool within = at >= before.first_call && at < before.first_call + before.calls;
  return within ? &before : nullptr;
}

const std::vector<NameChange>& NameChanges::changes_of(const std::string& path) {
  const auto [known, is_new] = changes_.try_emplace(path);
  auto& changes = known->second;
  if (!is_new) return changes;
  for (const Call& call : history_.calls) {
    if (!is_done(call)) continue;
    const bool puts = puts_a_name(call) && call.destination == path;
    const bool takes = takes_a_name(call) && call.path == path;
    if (puts || takes) changes.push_back({&call, operation_of(call), puts});
  }
  // One thread does them, one after the other, and answers each before the next.
  std::stable_sort(changes.begin(), changes.end(), [](const NameChange& a, const NameChange& b) {
    return a.call->answered_ns < b.call->answered_ns;
  });
  return changes;
}

// The last of a broadcast's renames and links onto the name that most of the run's have. One that moves away what had
// been put in place, as a backup or a token, puts nothing new there, and what the broadcast itself takes away again
// is a lock.
const Call* NameChanges::main_put(const Operation& broadcast) {
  if (times_put_.empty()) {
    for (const Call& call : history_.calls) {
      if (puts_a_name(call)) ++times_put_[call.destination];
    }
  }
  const auto calls = calls_of(history_, broadcast);
  const Call* found = nullptr;
  for (auto call = calls.begin(); call != calls.end(); ++call) {
    if (!puts_a_name(*call) || times_put_.contains(call->path)) continue;
    const bool taken_away = std::any_of(call, calls.end(), [&](const Call& later) {
      return takes_a_name(later) && is_done(later) && later.path == call->destination;
    });
    if (taken_away && is_done(*call)) continue;
    if (found == nullptr || times_put_[call->destination] >= times_put_[found->destination]) found = &*call;
  }
  return found;
}

}  // namespace holdfast
