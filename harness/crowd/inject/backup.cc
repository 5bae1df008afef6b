// A backup: takes the files of the store in turn, each for a while and, unless told otherwise, exclusively: with a share
// mode that leaves others nothing, so that their opens are refused as well (and are decided for that).
//
// Pass k begins at start + start_delay + k * period, or when the last one is over. A file that is open elsewhere is
// tried again for as long as it would have been held, then passed over, as backups do.
#include <algorithm>
#include <cerrno>

#include "core/base/clock.h"
#include "harness/crowd/inject/injector.h"
#include "harness/crowd/inject/open_file.h"
#include "harness/linux/barrier.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

// One file's turn; false if the injector is to end.
Result<bool> copy_one(InjectorContext& context, const std::string& path, std::uint64_t number) {
  constexpr std::int64_t try_again_ns = 20'000'000;
  const Duration hold = planned_hold(context.plan, context.index, number);
  auto recorded = record_fault(context, EventType::planned, Function::hold, number,
                               static_cast<std::uint64_t>(hold.count()));
  if (!recorded) return fail(recorded.error());
  Descriptor file;
  int error = 0;
  bool go_on = true;
  const std::int64_t give_up_ns = monotonic_ns() + hold.count();
  do {
    file = open_to_hold(path);
    error = file ? 0 : errno;
    if (file || error == ENOENT) break;
    go_on = wait_until(std::min(give_up_ns, monotonic_ns() + try_again_ns));
  } while (go_on && monotonic_ns() < give_up_ns);
  recorded = record_fault(context, file ? EventType::fired : EventType::missed, Function::hold, number, 0,
                          static_cast<std::uint16_t>(error), path);
  if (!recorded) return fail(recorded.error());
  if (!file) return go_on;
  go_on = wait_until(monotonic_ns() + hold.count());
  file.reset();
  recorded = record_fault(context, EventType::released, Function::hold, number);
  if (!recorded) return fail(recorded.error());
  return go_on;
}

}  // namespace

Result<> inject_backup(InjectorContext& context) {
  const Injector& injector = context.plan.scenario.injectors[context.index];
  tell_status({StatusKind::ready, context.token, 0, 0});
  if (!wait_for_gate(start_descriptor)) return {};
  const std::int64_t start_ns = monotonic_ns() + injector.start_delay.count();
  std::uint64_t number = 0;
  for (std::uint64_t pass = 0; pass < injector.count; ++pass) {
    if (!wait_until(start_ns + static_cast<std::int64_t>(pass) * injector.period.count())) return {};
    for (const std::string& path : files_to_hold(context)) {
      const auto go_on = copy_one(context, path, number++);
      if (!go_on) return fail(go_on.error());
      if (!*go_on) return {};
    }
  }
  wait_for_gate(stop_descriptor);
  return {};
}

}  // namespace holdfast
