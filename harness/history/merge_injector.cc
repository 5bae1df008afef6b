#include "harness/history/merge_injector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace holdfast {

void InjectorMerge::add(Event&& event) {
  switch (event.type) {
    case EventType::planned:
      return planned(event);
    case EventType::fired:
      if (Fault* fault = find(event.op, "fired")) {
        if (fault->fired_ns != 0) return doubts_.add("twice", fmt::format("fault {} fired twice", event.op));
        fault->fired_ns = event.time_ns;
        fault->path = std::move(event.text);
        ++record_.fired;
      }
      return;
    case EventType::released:
      if (Fault* fault = find(event.op, "released")) {
        if (fault->fired_ns == 0) {
          return doubts_.add("not held", fmt::format("fault {} was released but never fired", event.op));
        }
        fault->released_ns = event.time_ns;
      }
      return;
    case EventType::missed:
      if (Fault* fault = find(event.op, "missed")) fault->path = std::move(event.text);
      return;
    default:
      doubts_.add("type", fmt::format("an event of type {}, which injectors do not write",
                                      static_cast<unsigned>(event.type)));
  }
}

void InjectorMerge::planned(const Event& event) {
  if (!record_.faults.empty() && event.op <= record_.faults.back().number) {
    return doubts_.add(
        "number", fmt::format("fault {} is planned after fault {}", event.op, record_.faults.back().number));
  }
  Fault fault;
  fault.number = event.op;
  fault.planned_hold_ns = static_cast<std::int64_t>(event.value[0]);
  record_.faults.push_back(std::move(fault));
  ++record_.planned;
}

// Numbers ascend, so a search by halves will do, and the last is the likeliest.
Fault* InjectorMerge::find(std::uint64_t number, const char* what) {
  const auto found =
      std::lower_bound(record_.faults.begin(), record_.faults.end(), number,
                       [](const Fault& fault, std::uint64_t wanted) { return fault.number < wanted; });
  if (found != record_.faults.end() && found->number == number) return &*found;
  doubts_.add(what, fmt::format("fault {} {}, but it was never planned", number, what));
  return nullptr;
}

}  // namespace holdfast
