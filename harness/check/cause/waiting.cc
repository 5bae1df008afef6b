// Locks, handles, leftovers and retries.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "core/retry/retry_policy.h"
#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/cause/scene.h"
#include "harness/check/lock_evidence.h"
#include "harness/check/prose.h"
#include "harness/check/wait_evidence.h"

namespace holdfast {
namespace {

const Operation* open_at(const History& history, std::uint32_t agent, std::int64_t time_ns) {
  for (const Operation& operation : history.operations) {
    const bool is_open = operation.agent == agent && operation.invoke_ns <= time_ns &&
                         (operation.complete_ns == 0 || operation.complete_ns >= time_ns);
    if (is_open) return &operation;
  }
  return nullptr;
}

std::string name_of_operation(const Operation& operation) {
  return operation.function == Function::broadcast ? message_name(operation)
                                                   : fmt::format("agent {}'s read", operation.agent);
}

// Operations that break the policy in one way: how many, and the first.
std::optional<Trace> against_policy(
    Scene& scene, const std::function<std::string(const Operation&, const Attempts&)>& fault) {
  if (!scene.evidence.plan.scenario.subject.policy_stated) return std::nullopt;
  std::size_t times = 0;
  const Operation* shown = nullptr;
  std::string said;
  for (const Operation& operation : scene.history.operations) {
    if (operation.calls == 0) continue;
    const Attempts attempts = attempts_of(scene.history, operation);
    if (attempts.refused == 0) continue;
    std::string text = fault(operation, attempts);
    if (text.empty() || times++ != 0) continue;
    shown = &operation;
    said = std::move(text);
  }
  if (shown == nullptr) return std::nullopt;
  return Trace{fmt::format("{} {}{}", name_of_operation(*shown), said,
                           times == 1 ? "" : fmt::format("; {} operations did so", with_commas(times))),
               {{shown, said}}};
}

// Whether the same process had it still when everybody was idle.
bool kept_when_idle(const History& history, const LockSeen& lock) {
  return std::any_of(history.lock_looks.begin(), history.lock_looks.end(), [&](const LockLook& look) {
    return look.idle && std::any_of(look.locks.begin(), look.locks.end(), [&](const LockSeen& other) {
             return other.state == LockState::held && other.pid == lock.pid && other.path == lock.path;
           });
  });
}

bool gave_up_refused(const Operation& operation, const Attempts& attempts) {
  return operation.outcome == Outcome::fail && attempts.gave_up &&
         (operation.code == EACCES || operation.code == EPERM || operation.code == EBUSY);
}

}  // namespace

std::optional<Trace> trace_deadlock(Scene& scene) {
  for (const LockLook& look : scene.history.lock_looks) {
    const auto circle = circle_of_waiters(look);
    if (circle.size() < 2) continue;
    Trace trace;
    for (const LockSeen* lock : circle) {
      trace.evidence += fmt::format("{}agent {} waited for {}", trace.evidence.empty() ? "" : ", ",
                                    lock->agent, file_name_of(lock->path));
      const Operation* operation = open_at(scene.history, lock->agent, look.time_ns);
      if (operation != nullptr)
        trace.operations.push_back({operation, fmt::format("waits for {}", file_name_of(lock->path))});
    }
    trace.evidence = fmt::format("at {} {}, each held by the next", moment(look.time_ns), trace.evidence);
    return trace;
  }
  return std::nullopt;
}

std::optional<Trace> trace_blocked_by_leftover(Scene& scene) {
  const History& history = scene.history;
  if (history.kills.empty()) return std::nullopt;
  std::int64_t last_ok_ns = 0;
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::broadcast && operation.outcome == Outcome::ok)
      last_ok_ns = std::max(last_ok_ns, operation.complete_ns);
  }
  for (const Operation& operation : history.operations) {
    const bool in_vain = operation.function == Function::broadcast && operation.outcome != Outcome::ok &&
                         operation.invoke_ns > last_ok_ns;
    const std::int64_t until_ns = operation.complete_ns != 0 ? operation.complete_ns : history.cut_ns;
    if (!in_vain || until_ns == 0) continue;
    const std::string& error = history.texts[operation.error];
    constexpr std::int64_t a_while_ns = 1'000'000'000;
    const Kill* kill =
        kill_that_stopped_all(history, until_ns, error, until_ns - operation.invoke_ns > a_while_ns);
    if (kill == nullptr) continue;
    return Trace{fmt::format("agent {} was killed at {} {}, and no broadcast has been acknowledged since",
                             kill->agent, moment(kill->time_ns), right_before(*kill)),
                 {{&operation, "in vain since the kill"}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_lock_not_released(Scene& scene) {
  if (scene.failed("leaks") == nullptr) return std::nullopt;
  const History& history = scene.history;
  const auto busy = busy_agents(history);
  for (std::size_t at = 0; at < history.lock_looks.size(); ++at) {
    const LockLook& look = history.lock_looks[at];
    for (const LockSeen& lock : look.locks) {
      if (lock.state != LockState::held || lock.agent == no_process) continue;
      if (busy[at].contains(lock.agent) && !kept_when_idle(history, lock)) continue;
      for (const Operation& operation : history.operations) {
        const bool waits = operation.agent != lock.agent && operation.outcome != Outcome::ok &&
                           operation.invoke_ns <= look.time_ns &&
                           (operation.complete_ns == 0 || operation.complete_ns >= look.time_ns);
        if (!waits) continue;
        return Trace{fmt::format("at {} {} with nothing to do, while {} waited", moment(look.time_ns),
                                 described(lock), name_of_operation(operation)),
                     {{&operation, fmt::format("waited for {}", file_name_of(lock.path))}}};
      }
    }
  }
  return std::nullopt;
}

std::optional<Trace> trace_handle_not_closed(Scene& scene) {
  if (scene.failed("leaks") == nullptr) return std::nullopt;
  for (const IdleHandles& idle : scene.history.idle) {
    if (idle.of_replaced == 0) continue;
    return Trace{fmt::format("agent {} was idle and had {} open on replaced versions of {}", idle.agent,
                             counted(idle.of_replaced, "handle"), file_name_of(idle.path))};
  }
  std::size_t kept = 0;
  const Leftover* last = nullptr;
  for (const Leftover& file : scene.history.leftovers) {
    if (file.use != LeftoverUse::alone) continue;
    ++kept;
    last = &file;
  }
  constexpr std::size_t few = 3;
  if (kept < few) return std::nullopt;
  return Trace{
      fmt::format("idle agents had {} of their own open, for example {}", counted(kept, "file"), last->name)};
}

// The file that a refused rename was to move, given up, and still there.
std::optional<Trace> trace_temp_not_removed(Scene& scene) {
  const auto& leftovers = scene.history.leftovers;
  for (const Call& call : scene.history.calls) {
    if (!puts_a_name(call) || !is_refused(call)) continue;
    const std::string name = file_name_of(call.path);
    const bool left = std::any_of(leftovers.begin(), leftovers.end(),
                                  [&](const Leftover& file) { return file_name_of(file.name) == name; });
    if (!left) continue;
    const Operation* by = scene.names.operation_of(call);
    return Trace{fmt::format("the {} {}, and {} is still there", named_call(call),
                             refused_words(scene.evidence.plan, call), name),
                 {{by, fmt::format("left {} behind", name)}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_leftovers_not_swept(Scene& scene) {
  for (const Kill& kill : scene.history.kills) {
    const std::string name = file_name_of(kill.path);
    const bool left = std::any_of(scene.history.leftovers.begin(), scene.history.leftovers.end(),
                                  [&](const Leftover& file) { return file_name_of(file.name) == name; });
    if (!left) continue;
    return Trace{fmt::format("agent {} was killed at {} {}, and {} is still there", kill.agent,
                             moment(kill.time_ns), right_before(kill), name)};
  }
  return std::nullopt;
}

std::optional<Trace> trace_too_many_retries(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  if (scene.failed("retry-discipline") == nullptr) return std::nullopt;
  return against_policy(scene, [&](const Operation&, const Attempts& attempts) -> std::string {
    int most = 0;
    for (const ObservedWait& wait : attempts.waits) most = std::max(most, wait.retry);
    if (most <= policy.max_retries) return {};
    return fmt::format("was refused and tried again {} times, and the policy allows {}", most,
                       policy.max_retries);
  });
}

std::optional<Trace> trace_past_retry_deadline(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  if (!policy.deadline || scene.failed("retry-discipline") == nullptr) return std::nullopt;
  return against_policy(scene, [&](const Operation&, const Attempts& attempts) -> std::string {
    for (const ObservedWait& wait : attempts.waits) {
      if (wait.wait_ns < wait_bounds(policy, wait.retry).least.count()) return {};
      if (saturating_add(Duration(wait.spent_ns), wait_bounds(policy, wait.retry).least) <= *policy.deadline)
        continue;
      return fmt::format("waited for retry {} after {} had been spent, and the policy's deadline is {}",
                         wait.retry, in_seconds(wait.spent_ns), in_seconds(policy.deadline->count()));
    }
    return {};
  });
}

std::optional<Trace> trace_waits_too_short(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  if (scene.failed("retry-discipline") == nullptr) return std::nullopt;
  return against_policy(scene, [&](const Operation&, const Attempts& attempts) -> std::string {
    for (const ObservedWait& wait : attempts.waits) {
      const std::int64_t least_ns = wait_bounds(policy, wait.retry).least.count();
      if (wait.wait_ns >= least_ns) continue;
      return fmt::format("waited {} before retry {}, and the policy waits at least {}",
                         in_seconds(wait.wait_ns), wait.retry, in_seconds(least_ns));
    }
    return {};
  });
}

std::optional<Trace> trace_no_retry(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  if (scene.failed("retry-discipline") == nullptr || policy.max_retries == 0) return std::nullopt;
  return against_policy(scene, [&](const Operation& operation, const Attempts& attempts) -> std::string {
    if (!gave_up_refused(operation, attempts) || attempts.retries != 0) return {};
    return fmt::format("was refused once and gave up, and the policy allows {} retries", policy.max_retries);
  });
}

std::optional<Trace> trace_too_few_retries(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  if (scene.failed("retry-discipline") == nullptr) return std::nullopt;
  return against_policy(scene, [&](const Operation& operation, const Attempts& attempts) -> std::string {
    const int retries = static_cast<int>(attempts.retries);
    if (!gave_up_refused(operation, attempts) || retries == 0 || retries >= policy.max_retries) return {};
    return fmt::format("gave up after {} of {} retries", retries, policy.max_retries);
  });
}

std::optional<Trace> trace_waits_too_long(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  constexpr std::int64_t clearly = 3;  // times the policy's: no timer is as late as that
  constexpr std::int64_t noticeable_ns = 100'000'000;
  return against_policy(scene, [&](const Operation&, const Attempts& attempts) -> std::string {
    for (const ObservedWait& wait : attempts.waits) {
      const std::int64_t most_ns = wait_bounds(policy, wait.in_operation).greatest.count();
      if (wait.wait_ns < noticeable_ns || wait.wait_ns / clearly < most_ns) continue;
      return fmt::format("waited {} before retry {}, and the policy waits at most {}",
                         in_seconds(wait.wait_ns), wait.in_operation, in_seconds(most_ns));
    }
    return {};
  });
}

// Those that gave up did so because of other agents, not because of somebody outside.
std::optional<Trace> trace_agents_block_each_other(Scene& scene) {
  if (scene.failed("retry-discipline") != nullptr) return std::nullopt;
  std::size_t by_agents = 0, by_others = 0;
  const Operation* shown = nullptr;
  for (const Operation& operation : scene.history.operations) {
    if (operation.function != Function::broadcast || operation.outcome != Outcome::fail ||
        operation.calls == 0)
      continue;
    const Attempts attempts = attempts_of(scene.history, operation);
    if (!gave_up_refused(operation, attempts) || attempts.retries == 0) continue;
    const auto& holders =
        attempts.given_up.empty() ? std::vector<Holder>{} : attempts.given_up.back()->holders;
    const bool agents = !holders.empty() &&
                        std::all_of(holders.begin(), holders.end(),
                                    [](const Holder& holder) { return holder.kind == HolderKind::agent; });
    ++(agents ? by_agents : by_others);
    if (agents && shown == nullptr) shown = &operation;
  }
  if (shown == nullptr || by_agents * 10 < (by_agents + by_others) * 9) return std::nullopt;
  return Trace{fmt::format("{} gave up, each time because another agent had the file open, such as {}",
                           counted(by_agents, "broadcast"), message_name(*shown)),
               {{shown, "refused every time because of another agent"}}};
}

std::optional<Trace> trace_budget_exhausted(Scene& scene) {
  const RetryPolicy& policy = scene.evidence.plan.scenario.subject.retry;
  if (scene.failed("retry-discipline") != nullptr || !scene.evidence.plan.scenario.subject.policy_stated)
    return std::nullopt;
  std::size_t times = 0, failed = 0;
  const Operation* shown = nullptr;
  for (const Operation& operation : scene.history.operations) {
    if (operation.function != Function::broadcast || operation.outcome != Outcome::fail) continue;
    ++failed;
    if (operation.calls == 0) continue;
    const Attempts attempts = attempts_of(scene.history, operation);
    const bool all_used = gave_up_refused(operation, attempts) &&
                          static_cast<int>(attempts.retries) >= policy.max_retries &&
                          !attempts.given_up.empty();
    const auto* last = all_used ? attempts.given_up.back() : nullptr;
    const bool by_injector =
        last != nullptr && std::any_of(last->holders.begin(), last->holders.end(), [](const Holder& holder) {
          return holder.kind == HolderKind::injector;
        });
    if (!by_injector) continue;
    if (times++ == 0) shown = &operation;
  }
  if (shown == nullptr || times * 10 < failed * 9) return std::nullopt;
  std::int64_t waited_ns = 0;
  for (const ObservedWait& wait : attempts_of(scene.history, *shown).waits) waited_ns += wait.wait_ns;
  return Trace{fmt::format("{} used up all {} retries, {} of waiting, and the file was still held; {}",
                           message_name(*shown), policy.max_retries, in_seconds(waited_ns),
                           counted(times, "broadcast") + " failed so"),
               {{shown, fmt::format("waited {} in all", in_seconds(waited_ns))}}};
}

}  // namespace holdfast
