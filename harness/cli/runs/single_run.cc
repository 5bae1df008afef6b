#include "harness/cli/runs/single_run.h"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "core/base/nearest_name.h"
#include "core/base/random.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/terminal/explain.h"
#include "harness/conduct/machine/limits.h"
#include "harness/scenario/plan/plan.h"
#include "harness/scenario/quote.h"
#include "reports/report_files.h"

namespace holdfast {
namespace {

Plan plan_of(const SingleRun& run, const std::filesystem::path& run_directory) {
  Plan plan;
  plan.scenario = run.variant.scenario;
  plan.variant = run.variant.name;
  plan.seed = run.seed;
  plan.command = command_of(run.command, run.variant.name, run.seed);
  for (const std::string& label : run.command.labels) {
    const std::size_t at = label.find('=');
    const std::string key = label.substr(0, at);
    std::erase_if(plan.labels, [&](const auto& one) { return one.first == key; });
    plan.labels.emplace_back(key, label.substr(at + 1));
  }
  std::sort(plan.labels.begin(), plan.labels.end());  // as they are read back
  return renewed(std::move(plan), run_directory);
}

std::filesystem::path default_directory(const std::string& scenario, std::uint64_t seed) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string name = fmt::format("{}-s{}-{:%Y%m%d-%H%M%S}", scenario, seed, fmt::gmtime(now));
  std::filesystem::path directory = std::filesystem::path("holdfast-runs") / name;
  for (int again = 2; std::filesystem::exists(directory); ++again) {
    directory = std::filesystem::path("holdfast-runs") / fmt::format("{}-{}", name, again);
  }
  return directory;
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-_./=:,+@%") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

Result<std::vector<Variant>> variants_of(const RunCommand& command) {
  const auto path = find_scenario(command.scenario);
  if (!path) return fail(path.error());
  auto settings = command.settings;
  if (command.agents) settings.push_back(fmt::format("agents.count={}", *command.agents));
  const auto expectations = expectations_of(command.expectations);
  if (!expectations) return fail(expectations.error());
  auto variants = load_variants(*path, settings);
  if (variants) {
    for (Variant& variant : *variants) {
      auto& all = variant.scenario.expectations;
      all.insert(all.end(), expectations->begin(), expectations->end());
    }
  }
  if (!variants || !command.variant) return variants;

  const std::string asked = fmt::format("--variant {}: the scenario {}", short_quote(*command.variant),
                                        short_quote(command.scenario));
  if (variants->front().name.empty()) return fail(Code::invalid, asked + " has no variants");
  std::vector<std::string_view> names;
  for (Variant& variant : *variants) {
    names.push_back(variant.name);
    if (variant.name != *command.variant) continue;
    variant.judged = true;
    return std::vector<Variant>{std::move(variant)};
  }
  return fail(Code::invalid, fmt::format("{} has no such variant{}. Valid here: {}", asked,
                                         nearest_hint(*command.variant, names), fmt::join(names, ", ")));
}

std::string command_of(const RunCommand& command, const std::string& variant, std::uint64_t seed) {
  std::string line = fmt::format("holdfast run {}", shell_quoted(command.scenario));
  if (!variant.empty()) line += fmt::format(" --variant {}", variant);
  line += fmt::format(" --seed {}", seed);
  if (command.agents) line += fmt::format(" --agents {}", *command.agents);
  for (const std::string& setting : command.settings) line += " --set " + shell_quoted(setting);
  for (const std::string& text : command.expectations) line += " --expect " + shell_quoted(text);
  return line;
}

std::string now_text() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::string kernel_text() {
  utsname system{};
  ::uname(&system);
  return fmt::format("{} {} {}", system.sysname, system.release, system.machine);
}

Result<RunDirectory> claim_directory(const RunCommand& command, const std::string& scenario,
                                     DirectoryKind kind) {
  if (!command.out.empty()) return RunDirectory::create(command.out, kind);
  auto directory = RunDirectory::create(default_directory(scenario, command.seed), kind);
  for (int again = 0; !directory && again < 16; ++again) {  // somebody took the name just now
    directory = RunDirectory::create(default_directory(scenario, command.seed), kind);
  }
  return directory;
}

std::filesystem::path shown_path(const RunCommand& command, const RunDirectory& directory) {
  return command.out.empty() ? std::filesystem::relative(directory.path())
                             : std::filesystem::path(command.out);
}

Plan renewed(Plan plan, const std::filesystem::path& run_directory) {
  plan.started_at = now_text();
  const auto now_ns = std::chrono::system_clock::now().time_since_epoch().count();
  plan.run_id = derive_seed(
      plan.seed, static_cast<std::uint64_t>(now_ns) ^ (static_cast<std::uint64_t>(::getpid()) << 48U));
  plan.version = HOLDFAST_VERSION;
  plan.kernel = kernel_text();
  plan.filesystem = filesystem_of(run_directory);
  return plan;
}

Result<> room_for(const Scenario& scenario, std::uint64_t at_once) {
  const bool starts_a_program = scenario.subject.kind == SubjectKind::command;
  const auto short_of =
      shortages(limits_here(), scenario.agents.everyone() * at_once,
                (scenario.injectors.size() + 1) * at_once, starts_a_program ? processes_of_a_command : 1);
  if (!short_of.empty()) return fail(Code::unsupported, "cannot run here: " + short_of.front());
  return {};
}

Result<RunOutcome> perform(const SingleRun& run, RunDirectory& directory) {
  return perform(plan_of(run, directory.path()), run.executable, run.on_progress, directory);
}

Result<RunOutcome> perform(const Plan& plan, const std::filesystem::path& executable,
                           const std::function<void(const Progress&)>& on_progress, RunDirectory& directory) {
  if (auto written = write_result_file(directory.path() / "plan.json", to_json(plan)); !written) {
    directory.discard();
    return fail(written.error());
  }
  ConductOptions options;
  options.executable = executable;
  options.on_progress = on_progress;
  const auto conducted = conduct(plan, directory.path(), options);
  if (!conducted) {
    // A machine that cannot do it has no run to show; anything else may have left something worth reading.
    if (conducted.error().code == Code::unsupported) {
      directory.discard();
      return fail(conducted.error().within("cannot run here"));
    }
    return fail(
        conducted.error().within(fmt::format("the run in {} was aborted", directory.path().string())));
  }
  auto summary = judge(plan, directory.path());
  if (!summary) return fail(summary.error());
  return RunOutcome{std::move(*summary), *conducted};
}

Result<> thin_out(const std::filesystem::path& run_directory) {
  std::error_code error;
  std::filesystem::rename(run_directory / "events", run_directory / "discarded", error);
  std::vector<std::string_view> parts{"discarded", "logs", "store"};
  for (const RunReport& report : run_reports()) parts.push_back(report.file);
  for (const std::string_view part : parts) {
    if (!error) std::filesystem::remove_all(run_directory / part, error);
  }
  if (!error) return {};
  return fail(Code::failed,
              fmt::format("cannot remove from {}: {}", run_directory.string(), error.message()));
}

Result<std::filesystem::path> own_executable() {
  std::error_code error;
  auto path = std::filesystem::canonical("/proc/self/exe", error);
  if (!error) return path;
  return fail(Code::failed, "the holdfast program was replaced or removed while it started: try again");
}

}  // namespace holdfast
