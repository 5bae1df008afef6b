#include "harness/history/merge_supervisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "harness/history/merge_injector.h"
#include "harness/history/plausible.h"
#include "harness/history/text_fields.h"

namespace holdfast {
namespace {

bool is_trapped(Function function) {
  return function == Function::rename || function == Function::unlink || function == Function::rmdir ||
         function == Function::link || function == Function::open || function == Function::truncate;
}

}  // namespace

void SupervisorMerge::add(Event&& event) {
  if (event.type == EventType::holder) return holder(std::move(event));
  finish();
  if (event.type == EventType::call) return call(std::move(event));
  if (event.type == EventType::planned || event.type == EventType::fired ||
      event.type == EventType::released || event.type == EventType::visited)
    return injected(std::move(event));
  if (event.type == EventType::exactness) return exactness(event);
  doubts_.add("type", fmt::format("an event of type {}, which the supervisor does not write",
                                  static_cast<unsigned>(event.type)));
}

void SupervisorMerge::finish() {
  if (holders_due_ != 0)
    doubts_.add("holders", fmt::format("{} holders of a refused call are missing", holders_due_));
  holders_due_ = 0;
}

void SupervisorMerge::exactness(const Event& event) {
  if (history_.exactness || event.value[1] > event.value[0]) {
    return doubts_.add("exactness",
                       fmt::format("{} of {} refusals missed: that cannot be, or was said before",
                                   event.value[1], event.value[0]));
  }
  history_.exactness = Exactness{event.value[0], event.value[1]};
}

void SupervisorMerge::call(Event&& event) {
  if (!is_trapped(event.function)) {
    doubts_.add("function", fmt::format("a call of function {}, which is not trapped",
                                        static_cast<unsigned>(event.function)));
    return;
  }
  if (event.process != no_process && event.process >= process_index_limit) {
    doubts_.add("process", fmt::format("a call of agent {}, more than a run can have", event.process));
    return;
  }
  const auto answered_ns = static_cast<std::int64_t>(event.value[0]);
  if (answered_ns < event.time_ns) {
    doubts_.add("clock", fmt::format("a call was answered at {} ns, before it came at {} ns", answered_ns,
                                     event.time_ns));
  }
  Call call;
  call.function = event.function;
  call.agent = event.process;
  call.pid = event.pid;
  call.windows_code = event.code;
  call.os_error = static_cast<int>(std::min<std::uint64_t>(event.value[1], std::numeric_limits<int>::max()));
  call.observed = event.value[3] == 1;
  call.received_ns = event.time_ns;
  call.answered_ns = std::max(answered_ns, event.time_ns);
  std::tie(call.path, call.destination) = two_fields(event.text);
  holders_due_ = event.value[2];
  history_.calls.push_back(std::move(call));
}

void SupervisorMerge::holder(Event&& event) {
  if (holders_due_ == 0 || history_.calls.empty()) {
    doubts_.add("stray holder", "a holder that belongs to no call");
    return;
  }
  --holders_due_;
  if (event.value[0] < static_cast<std::uint64_t>(HolderKind::injector) ||
      event.value[0] > static_cast<std::uint64_t>(HolderKind::unseen)) {
    doubts_.add("kind", fmt::format("a holder of unknown kind {}", event.value[0]));
    return;
  }
  Holder holder;
  holder.kind = static_cast<HolderKind>(event.value[0]);
  holder.index = event.process;
  holder.pid = event.pid;
  holder.access = static_cast<std::uint8_t>(event.value[1] & 7);
  holder.share = static_cast<std::uint8_t>(event.value[2] & 7);
  holder.descriptor = static_cast<std::int32_t>(event.value[3]);
  std::tie(holder.program, holder.path) = two_fields(event.text);
  history_.calls.back().holders.push_back(std::move(holder));
}

// An injector that kills or delays has no process, hence no file: the supervisor tells for it.
void SupervisorMerge::injected(Event&& event) {
  const std::uint64_t victim = event.value[event.type == EventType::visited ? 0 : 1];
  if (event.process >= process_index_limit || victim >= process_index_limit) {
    doubts_.add("process", fmt::format("injector {} and its victim {}: more than a run can have",
                                       event.process, victim));
    return;
  }
  auto record = std::find_if(history_.injectors.begin(), history_.injectors.end(),
                             [&](const InjectorRecord& known) { return known.index == event.process; });
  if (record == history_.injectors.end()) {
    record = history_.injectors.insert(record, InjectorRecord{event.process, 0, 0, 0, {}});
  }
  const auto agent = static_cast<std::uint32_t>(victim);
  if (event.type == EventType::visited) {
    KillWalk walk{agent, event.value[1], event.value[2], event.value[3] == 1, {}};
    for (std::string rest = std::move(event.text); !rest.empty();) {
      auto [first, others] = two_fields(rest);
      walk.calls.push_back(std::move(first));
      rest = std::move(others);
    }
    record->walks.push_back(std::move(walk));
    return;
  }
  if (event.type == EventType::fired && event.function != Function::delay) {
    Kill kill{agent, event.process, event.pid, event.time_ns, {}, {}};
    std::tie(kill.call, kill.path) = two_fields(event.text);
    event.text = kill.path;
    history_.kills.push_back(std::move(kill));
  }
  InjectorMerge(*record, doubts_).add(std::move(event));
}

void attribute_calls(History& history) {
  const auto by_invoke = [](const Operation& a, const Operation& b) {
    return std::tie(a.agent, a.invoke_ns) < std::tie(b.agent, b.invoke_ns);
  };
  const auto by_receipt = [](const Call& a, const Call& b) {
    return std::tie(a.agent, a.received_ns) < std::tie(b.agent, b.received_ns);
  };
  // Files are merged in this order, so mostly there is nothing to sort, nor a second copy to make for it.
  if (!std::is_sorted(history.operations.begin(), history.operations.end(), by_invoke))
    std::stable_sort(history.operations.begin(), history.operations.end(), by_invoke);
  std::stable_sort(history.calls.begin(), history.calls.end(), by_receipt);

  // One walk over both: they are in the same order.
  std::size_t at = 0;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    Operation& operation = history.operations[i];
    const auto before = [&](const Call& call) {
      return std::tie(call.agent, call.received_ns) < std::tie(operation.agent, operation.invoke_ns);
    };
    while (at < history.calls.size() && before(history.calls[at])) ++at;
    const bool has_next =
        i + 1 < history.operations.size() && history.operations[i + 1].agent == operation.agent;
    const std::int64_t last_ns = operation.complete_ns != 0 ? operation.complete_ns
                                 : has_next                 ? history.operations[i + 1].invoke_ns - 1
                                                            : std::numeric_limits<std::int64_t>::max();
    operation.first_call = static_cast<std::uint32_t>(at);
    while (at < history.calls.size() && history.calls[at].agent == operation.agent &&
           history.calls[at].received_ns <= last_ns) {
      ++at;
    }
    operation.calls = static_cast<std::uint32_t>(at) - operation.first_call;
  }
}

}  // namespace holdfast
