// How many operations a second the checks of the history take in, beside the plain way (hash maps) of asking
// the same.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include <unordered_set>

#include "harness/check/checks.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

// A million broadcasts of a thousand agents, each read by one other.
const TestRun& million_operations() {
  static const TestRun run = [] {
    constexpr std::uint32_t agents = 1000;
    constexpr std::uint32_t broadcasts = 1000;
    TestRun made(agents, broadcasts);
    made.plan.scenario.agents.neighbours = 1;
    std::vector<std::vector<MessageId>> read(agents);
    for (std::uint32_t number = 0; number < broadcasts; ++number) {
      for (std::uint32_t agent = 0; agent < agents; ++agent) {
        made.sent({agent, number});
        read[(agent + 1) % agents].push_back({agent, number});
      }
    }
    made.quiet();
    for (std::uint32_t agent = 0; agent < agents; ++agent) made.read(agent, read[agent]);
    made.finished();
    return made;
  }();
  return run;
}

// From the merged history to the findings, the index of deliveries included; one thread.
void exactly_once_in_order(benchmark::State& state) {
  const TestRun& run = million_operations();
  for (auto unused : state) {
    static_cast<void>(unused);
    const Evidence evidence(run.plan, run.history);
    for (const Check check : {check_lost, check_duplicate, check_order}) {
      if (check(evidence).verdict != Verdict::pass) std::abort();
    }
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{1'000'000});
}
BENCHMARK(exactly_once_in_order)->Unit(benchmark::kMillisecond);

// The same questions asked of hash maps by message id.
void exactly_once_in_order_by_hash_maps(benchmark::State& state) {
  const TestRun& run = million_operations();
  const History& history = run.history;
  for (auto unused : state) {
    static_cast<void>(unused);
    std::unordered_map<std::uint64_t, const Operation*> sent;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> readers;
    std::uint64_t bad = 0;
    for (const Operation& operation : history.operations) {
      if (operation.function == Function::broadcast)
        sent.emplace(MessageId{operation.agent, operation.number}.packed(), &operation);
    }
    for (const Operation& read : history.operations) {
      if (read.function != Function::read) continue;
      std::unordered_set<std::uint64_t> once;
      std::unordered_map<std::uint32_t, std::uint32_t> latest;
      std::int64_t youngest_ns = 0;
      for (const Seen& seen : seen_by(history, read)) {
        const MessageId id = seen.message;
        const Operation& broadcast = *sent.at(id.packed());
        if (!once.insert(id.packed()).second || youngest_ns > broadcast.complete_ns) ++bad;
        const auto [before, first] = latest.emplace(id.sender, id.number);
        if (!first && before->second >= id.number) ++bad;
        before->second = id.number;
        youngest_ns = std::max(youngest_ns, broadcast.invoke_ns);
        readers[id.packed()].push_back(read.agent);
      }
    }
    for (const auto& [id, broadcast] : sent) {
      const auto found = readers.find(id);
      if (broadcast->outcome == Outcome::ok && (found == readers.end() || found->second.size() != 1)) ++bad;
    }
    if (bad != 0) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{1'000'000});
}
BENCHMARK(exactly_once_in_order_by_hash_maps)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast
