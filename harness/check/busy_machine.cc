#include "harness/check/busy_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/check/prose.h"

namespace holdfast {

namespace {

using Spans = std::vector<Standstill>;

std::int64_t overlap_ns(const Spans& spans, std::int64_t from_ns, std::int64_t to_ns) {
  auto it =
      std::lower_bound(spans.begin(), spans.end(), from_ns,
                       [](const Standstill& span, std::int64_t time_ns) { return span.end_ns < time_ns; });
  std::int64_t sum_ns = 0;
  for (; it != spans.end() && it->begin_ns < to_ns; ++it)
    sum_ns += std::max<std::int64_t>(0, std::min(it->end_ns, to_ns) - std::max(it->begin_ns, from_ns));
  return sum_ns;
}

Spans joined(Spans spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Standstill& a, const Standstill& b) { return a.begin_ns < b.begin_ns; });
  Spans apart;
  for (const Standstill& span : spans) {
    if (apart.empty() || span.begin_ns > apart.back().end_ns) {
      apart.push_back(span);
    } else {
      apart.back().end_ns = std::max(apart.back().end_ns, span.end_ns);
    }
  }
  return apart;
}

// When an injector delayed somebody's call, or somebody's call waited for one and was done then. A call that was still
// waiting when its caller died has no end on record, but it has a plan.
Spans held_up(const Plan& plan, const History& history) {
  Spans spans;
  for (const InjectorRecord& injector : history.injectors) {
    if (injector.index >= plan.scenario.injectors.size() ||
        plan.scenario.injectors[injector.index].kind != InjectorKind::delay)
      continue;
    for (const Fault& fault : injector.faults) {
      if (fault.fired_ns == 0) continue;
      const std::int64_t planned_ns = fault.fired_ns + fault.planned_hold_ns;
      spans.push_back({fault.fired_ns, fault.released_ns != 0 ? fault.released_ns : planned_ns});
    }
  }
  for (const Call& call : history.calls) {
    if (call.windows_code == 0 && !call.holders.empty())
      spans.push_back({call.received_ns, call.answered_ns});
  }
  return joined(std::move(spans));
}

}  // namespace

BusyMachine::BusyMachine(const Plan& plan, const History& history)
    : history_(history),
      without_processor_ns_(history.conductor_starved_ns),
      held_up_(held_up(plan, history)) {
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent) without_processor_ns_ += process.starved_ns;
  }
}

std::int64_t BusyMachine::stood_still_ns(std::int64_t from_ns, std::int64_t to_ns) const {
  return overlap_ns(history_.standstills, from_ns, to_ns);
}

std::int64_t BusyMachine::held_up_ns(std::int64_t from_ns, std::int64_t to_ns) const {
  return overlap_ns(held_up_, from_ns, to_ns);
}

std::string BusyMachine::excuse(std::int64_t from_ns, std::int64_t to_ns) const {
  std::string excuse;
  const auto add = [&](std::int64_t time_ns, std::string reason) {
    if (time_ns != 0) excuse += (excuse.empty() ? "; but " : ", and ") + std::move(reason);
  };
  add(without_processor_ns_,
      fmt::format("the machine was so busy that its processes waited {} in all for a processor",
                  in_seconds(without_processor_ns_)));
  const std::int64_t still_ns = stood_still_ns(from_ns, to_ns);
  add(still_ns, fmt::format("the disk stood still for {} of that", in_seconds(still_ns)));
  const std::int64_t held_ns = held_up_ns(from_ns, to_ns);
  add(held_ns, fmt::format("injectors held calls up for {} of that", in_seconds(held_ns)));
  return excuse;
}

}  // namespace holdfast
