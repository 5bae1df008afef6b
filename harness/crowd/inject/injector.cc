#include "harness/crowd/inject/injector.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/clock.h"
#include "harness/crowd/inject/matching_files.h"
#include "harness/linux/barrier.h"
#include "harness/linux/sealed_text.h"
#include "harness/scenario/injector_traits.h"

namespace holdfast {
namespace {

Result<> run_injector(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token) {
  if (auto joined = join_run(); !joined) return joined;
  auto plan = load_plan(take_sealed_text(plan_descriptor), run_directory);
  if (!plan) return fail(plan.error());
  if (index >= plan->scenario.injectors.size() || !has_process(plan->scenario.injectors[index].kind)) {
    return fail(Code::invalid, fmt::format("there is no injector {} with a process", index));
  }
  auto recorder = Recorder::open(run_directory / "events" / event_file_name(Role::injector, index),
                                 Role::injector, index, plan->run_id);
  if (!recorder) return fail(recorder.error());

  InjectorContext context{
      *plan, index, run_directory / "store", std::move(*recorder), token, UsedFiles::open(run_directory)};
  if (auto injected = inject(context); !injected) return injected;
  return context.recorder.close();
}

}  // namespace

std::vector<std::string> files_to_hold(InjectorContext& context) {
  const std::string& pattern = context.plan.scenario.injectors[context.index].path;
  if (!context.used) return matching_files(context.store, pattern);
  context.used->read();
  return context.used->matching(pattern);
}

// A watcher must watch before the first agent writes, so each kind says for itself that it is ready.
Result<> inject(InjectorContext& context) {
  switch (context.plan.scenario.injectors[context.index].kind) {
#define HOLDFAST_INJECTOR(name, word, traits)      \
  case InjectorKind::name:                         \
    if constexpr (has_process(InjectorKind::name)) \
      return inject_##name(context);               \
    else                                           \
      break;
#include "harness/scenario/injectors.def"
#undef HOLDFAST_INJECTOR
  }
  return fail(Code::invalid, "kills and delays have no process of their own");
}

bool wait_until(std::int64_t until_ns) {
  for (;;) {
    if (stop_requested()) return false;
    const std::int64_t left_ns = until_ns - monotonic_ns();
    if (left_ns <= 0) return true;
    const timespec left{left_ns / 1'000'000'000, left_ns % 1'000'000'000};
    pollfd polled[] = {{stop_descriptor, POLLIN, 0}, {stop_signal_descriptor(), POLLIN, 0}};
    if (::ppoll(polled, 2, &left, nullptr) > 0) return false;
  }
}

Result<> record_fault(InjectorContext& context, EventType type, Function function, std::uint64_t number,
                      std::uint64_t value, std::uint16_t code, const std::string& path) {
  Event event;
  event.type = type;
  event.function = function;
  event.code = code;
  event.process = context.index;
  event.pid = ::getpid();
  event.time_ns = monotonic_ns();
  event.op = number;
  event.value[0] = value;
  event.text = path;
  return context.recorder.record(event);
}

int injector_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token) {
  const auto done = run_injector(run_directory, index, token);
  if (done) return 0;
  fmt::print(stderr, "holdfast: injector {}: {}\n", index, done.error().message);
  return child_exit_code(done.error());
}

}  // namespace holdfast
