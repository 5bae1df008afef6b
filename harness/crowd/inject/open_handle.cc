// Holds a file open for a while, every so often, as a viewer, a backup or a debugger would.
//
// Window k lasts from start + start_delay + k * period for the hold time. A file that is not there yet is
// opened as soon as it appears within the window; the window's end does not move, so that the instants at
// which the file can be held are known from the plan.
#include <algorithm>
#include <cerrno>

#include "core/base/clock.h"
#include "harness/crowd/inject/injector.h"
#include "harness/crowd/inject/open_file.h"
#include "harness/linux/barrier.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
Result<> inject_open_handle(InjectorContext& context) {
  constexpr std::int64_t look_again_ns = 2'000'000;
  const Injector& injector = context.plan.scenario.injectors[context.index];
  tell_status({StatusKind::ready, context.token, 0, 0});
  if (!wait_for_gate(start_descriptor)) return {};
  const std::int64_t start_ns = monotonic_ns() + injector.start_delay.count();
  for (std::uint64_t number = 0; number < injector.count; ++number) {
    const std::int64_t begin_ns = start_ns + static_cast<std::int64_t>(number) * injector.period.count();
    if (!wait_until(begin_ns)) return {};
    const Duration hold = planned_hold(context.plan, context.index, number);
    const std::int64_t end_ns = begin_ns + hold.count();
    auto recorded = record_fault(context, EventType::planned, Function::hold, number,
                                 static_cast<std::uint64_t>(hold.count()));
    if (!recorded) return recorded;

    Descriptor file;
    std::string path;
    int error = ENOENT;
    while (!file && monotonic_ns() < end_ns) {
      const auto files = files_to_hold(context);
      if (!files.empty()) {
        path = files.front();
        file = open_to_hold(path);
        error = file ? 0 : errno;
      }
      if (!file && !wait_until(std::min(end_ns, monotonic_ns() + look_again_ns))) break;
    }
    recorded = record_fault(context, file ? EventType::fired : EventType::missed, Function::hold, number, 0,
                            static_cast<std::uint16_t>(error), path);
    if (!recorded) return recorded;
    const bool go_on = !stop_requested() && wait_until(end_ns);
    if (file) {
      file.reset();
      recorded = record_fault(context, EventType::released, Function::hold, number);
      if (!recorded) return recorded;
    }
    if (!go_on) return {};
  }
  wait_for_gate(stop_descriptor);
  return {};
}

}  // namespace holdfast
