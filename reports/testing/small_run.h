// Histories of small runs for tests, in few words.
#pragma once

#include <algorithm>
#include <vector>

#include "harness/check/check.h"
#include "reports/summary/summary.h"

namespace holdfast {

inline constexpr std::int64_t barrier_ns = 1'000'000'000;
inline constexpr std::int64_t ms_ns = 1'000'000;

// A run in few words: agents broadcast one after another, then everybody reads.
struct SmallRun {
  explicit SmallRun(std::uint32_t agents, std::uint32_t broadcasts) {
    plan.scenario.name = "small";
    plan.scenario.agents.count = agents;
    plan.scenario.agents.broadcasts = broadcasts;
    plan.seed = 42;
    history.started_ns = barrier_ns;
    history.idle_ns = barrier_ns + 9'990 * ms_ns;
    history.quiesced_ns = barrier_ns + 10'000 * ms_ns;
    history.finished_ns = barrier_ns + 10'500 * ms_ns;
    history.complete = true;
    for (std::uint32_t agent = 0; agent < agents; ++agent) {
      history.processes.push_back(
          {Role::agent, agent, static_cast<std::int32_t>(1000 + agent), true, 0, false});
    }
  }

  // Attempts at the given ms after the start; all but the last are refused, and the last too unless `outcome`
  // is ok.
  void broadcast(std::uint32_t agent, std::uint32_t number, Outcome outcome,
                 const std::vector<int>& attempts_at_ms, int latency_ms,
                 const std::vector<Holder>& holders = {}) {
    Operation operation;
    operation.function = Function::broadcast;
    operation.outcome = outcome;
    operation.agent = agent;
    operation.number = number;
    operation.intended_ns = operation.invoke_ns = barrier_ns + 1000 * ms_ns * number;
    operation.complete_ns = outcome == Outcome::info ? 0 : operation.invoke_ns + latency_ms * ms_ns;
    operation.first_call = static_cast<std::uint32_t>(history.calls.size());
    for (std::size_t at = 0; at < attempts_at_ms.size(); ++at) {
      Call call;
      call.function = Function::rename;
      call.agent = agent;
      call.received_ns = call.answered_ns = operation.invoke_ns + attempts_at_ms[at] * ms_ns;
      call.path = "/store/.queue.json.tmp";
      call.destination = "/store/queue.json";
      if (at + 1 < attempts_at_ms.size() || outcome != Outcome::ok) {
        call.windows_code = 5;
        call.os_error = 13;
        call.holders = holders.empty() ? std::vector<Holder>{Holder{}} : holders;  // unseen
      }
      history.calls.push_back(call);
    }
    operation.calls = static_cast<std::uint32_t>(attempts_at_ms.size());
    history.operations.push_back(operation);
  }

  void read(std::uint32_t agent, const std::vector<MessageId>& messages) {
    Operation operation;
    operation.function = Function::read;
    operation.outcome = Outcome::ok;
    operation.agent = agent;
    operation.number = 1'000'000;
    operation.intended_ns = operation.invoke_ns = history.quiesced_ns + ms_ns;
    operation.complete_ns = operation.invoke_ns + ms_ns;
    operation.first_seen = static_cast<std::uint32_t>(history.seen.size());
    operation.seen = static_cast<std::uint32_t>(messages.size());
    for (const MessageId message : messages) history.seen.push_back({message, true});
    history.operations.push_back(operation);
  }

  // Histories are ordered by agent.
  void sort() {
    std::stable_sort(history.operations.begin(), history.operations.end(),
                     [](const Operation& a, const Operation& b) { return a.agent < b.agent; });
  }
  Summary summarised() {
    sort();
    return summarise(plan, history, run_checks(plan, history));
  }

  Plan plan;
  History history;
};

inline Holder holder_of(HolderKind kind, std::uint32_t index, std::int32_t pid, std::uint8_t share,
                        const char* program) {
  Holder holder;
  holder.kind = kind;
  holder.index = index;
  holder.pid = pid;
  holder.share = share;
  holder.program = program;
  return holder;
}

}  // namespace holdfast
