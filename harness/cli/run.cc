#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"
#include "harness/cli/progress.h"
#include "harness/conduct/conduct.h"
#include "harness/conduct/held_signals.h"
#include "harness/conduct/limits.h"
#include "harness/conduct/run_directory.h"
#include "harness/scenario/plan.h"

namespace holdfast {
namespace {

Result<Scenario> scenario_of(const RunCommand& command) {
  const auto path = find_scenario(command.scenario);
  if (!path) return fail(path.error());
  auto settings = command.settings;
  if (command.agents) settings.push_back(fmt::format("agents.count={}", *command.agents));
  return load_scenario(*path, settings);
}

std::string shell_quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-_./=:,+@%") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The command that repeats a run, but for where it is kept.
std::string command_of(const RunCommand& command) {
  std::string line = fmt::format("holdfast run {} --seed {}", shell_quoted(command.scenario), command.seed);
  if (command.agents) line += fmt::format(" --agents {}", *command.agents);
  for (const std::string& setting : command.settings) line += " --set " + shell_quoted(setting);
  return line;
}

Plan plan_of(const RunCommand& command, Scenario scenario, const std::filesystem::path& run_directory) {
  Plan plan;
  plan.scenario = std::move(scenario);
  plan.seed = command.seed;
  const auto now = std::chrono::system_clock::now();
  plan.started_at =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  plan.run_id = derive_seed(command.seed, static_cast<std::uint64_t>(now.time_since_epoch().count()) ^
                                              (static_cast<std::uint64_t>(::getpid()) << 48U));
  plan.version = HOLDFAST_VERSION;
  utsname system{};
  ::uname(&system);
  plan.kernel = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  plan.filesystem = filesystem_of(run_directory);
  plan.command = command_of(command);
  return plan;
}

std::filesystem::path default_directory(const RunCommand& command, const Scenario& scenario) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string name =
      fmt::format("{}-s{}-{:%Y%m%d-%H%M%S}", scenario.name, command.seed, fmt::gmtime(now));
  std::filesystem::path directory = std::filesystem::path("holdfast-runs") / name;
  for (int again = 2; std::filesystem::exists(directory); ++again) {
    directory = std::filesystem::path("holdfast-runs") / fmt::format("{}-{}", name, again);
  }
  return directory;
}

int conduct_and_judge(const RunCommand& command, Scenario scenario) {
  std::error_code error;
  const auto executable = std::filesystem::canonical("/proc/self/exe", error);
  if (error)
    return complain(
        {Code::failed, "the holdfast program was replaced or removed while it started: try again"});
  if (const auto short_of = shortages(limits_here(), scenario.agents.count, scenario.injectors.size());
      !short_of.empty()) {
    return complain({Code::unsupported, "cannot run here: " + short_of.front()});
  }
  auto directory = RunDirectory::create(command.out.empty() ? default_directory(command, scenario)
                                                            : std::filesystem::path(command.out));
  for (int again = 0; !directory && command.out.empty() && again < 16;
       ++again) {  // somebody took the name just now
    directory = RunDirectory::create(default_directory(command, scenario));
  }
  if (!directory) return complain(directory.error());
  const Plan plan = plan_of(command, std::move(scenario), directory->path());
  if (auto written = write_result_file(directory->path() / "plan.json", to_json(plan)); !written) {
    directory->discard();
    return complain(written.error());
  }

  ProgressLine line(command.quiet);
  ConductOptions options;
  options.executable = executable;
  options.on_progress = [&](const Progress& progress) { line.show(progress); };
  const auto conducted = conduct(plan, directory->path(), options);
  line.clear();
  if (!conducted) {
    // A machine that cannot do it has no run to show; anything else may have left something worth reading.
    if (conducted.error().code == Code::unsupported) {
      directory->discard();
      return complain(conducted.error().within("cannot run here"));
    }
    return complain(
        conducted.error().within(fmt::format("the run in {} broke off", directory->path().string())));
  }
  const auto summary = judge(directory->path());
  if (!summary) return complain(summary.error());
  if (!command.quiet || command.json)
    show(*summary,
         command.out.empty() ? std::filesystem::relative(directory->path())
                             : std::filesystem::path(command.out),
         command.json);
  return exit_code(*summary);
}

}  // namespace

int carry_out(const RunCommand& command) {
  auto scenario = scenario_of(command);
  if (!scenario) return complain(scenario.error());
  // From the first trace on disk to the last, Ctrl-C ends the run and not this program: what is there is
  // judged. It is forgotten then, for the exit code says it.
  const HeldSignals held;
  const int code = conduct_and_judge(command, std::move(*scenario));
  held.forget();
  return code;
}

}  // namespace holdfast
