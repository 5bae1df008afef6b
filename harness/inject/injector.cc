#include "harness/inject/injector.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/clock.h"
#include "harness/supervisor/barrier.h"

namespace holdfast {
namespace {

Result<> run_injector(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token) {
  if (auto joined = join_run(); !joined) return joined;
  auto plan = load_plan(run_directory);
  if (!plan) return fail(plan.error());
  if (index >= plan->scenario.injectors.size() || !has_process(plan->scenario.injectors[index].kind)) {
    return fail(Code::invalid, fmt::format("there is no injector {} with a process", index));
  }
  auto recorder = Recorder::open(run_directory / "events" / event_file_name(Role::injector, index),
                                 Role::injector, index, plan->run_id);
  if (!recorder) return fail(recorder.error());

  InjectorContext context{*plan, index, run_directory / "store", std::move(*recorder), token};
  // A watcher must watch before the first agent writes, so each kind says for itself that it is ready.
  const auto inject = plan->scenario.injectors[index].kind == InjectorKind::antivirus ? inject_antivirus
                                                                                      : inject_open_handles;
  if (auto injected = inject(context); !injected) return injected;
  return context.recorder.close();
}

}  // namespace

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
