// Injectors: real processes that really open the files of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/crowd/inject/used_files.h"
#include "harness/history/recorder.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// Where an injector works and records.
struct InjectorContext {
  const Plan& plan;
  std::uint32_t index = 0;
  std::filesystem::path store;  // the directory whose files it holds
  Recorder recorder;
  std::uint32_t token = 0;          // as the launcher knows this process
  std::optional<UsedFiles> used{};  // if not every file of the store may be touched
};

// The injector's process: joins the run, waits for the start, injects until told to stop. Returns
// the exit code.
int injector_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token);

// The files that match the injector's pattern now.
std::vector<std::string> files_to_hold(InjectorContext& context);

// Acts according to the injector's kind until the stop gate opens or SIGTERM comes; then releases every handle.
Result<> inject(InjectorContext& context);

// For injectors that are processes; each has its own file.
#define HOLDFAST_INJECTOR(name, word, traits) Result<> inject_##name(InjectorContext& context);
#include "harness/scenario/injectors.def"
#undef HOLDFAST_INJECTOR

// Waits for an instant of CLOCK_MONOTONIC; false if the injector must end.
bool wait_until(std::int64_t until_ns);

// Records one event of fault number `number`.
Result<> record_fault(InjectorContext& context, EventType type, Function function, std::uint64_t number,
                      std::uint64_t value = 0, std::uint16_t code = 0, const std::string& path = {});

}  // namespace holdfast
