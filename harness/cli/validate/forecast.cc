#include "harness/cli/validate/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "core/retry/duration.h"
#include "harness/linux/program_file.h"
#include "harness/scenario/injector_traits.h"
#include "harness/store/glob.h"

namespace holdfast {
namespace {

// A save of a queue that others want, too: measured for the shipped subjects, from C to Python.
constexpr double quick_save_s = 0.002, slow_save_s = 0.02;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Duration longest(const HoldTime& hold) {
  Duration most = hold.max.value_or(hold.p99.value_or(hold.median));
  if (hold.rare) most = std::max(most, hold.rare->max);
  return most;
}

std::string hold_text(const HoldTime& hold) {
  const std::string usual = format_duration(hold.median);
  return longest(hold) == hold.median
             ? usual
             : fmt::format("{} mostly, {} at most", usual, format_duration(longest(hold)));
}

std::string times(std::uint64_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string by_time_text(const Injector& injector, const std::string& what) {
  std::string text = fmt::format("{} {}, for {}", what, times(injector.count), hold_text(injector.hold));
  if (injector.count > 1) text += ", every " + format_duration(injector.period);
  return text + ", from " + format_duration(injector.start_delay) + " on";
}

InjectorForecast forecast_of(const Injector& injector) {
  InjectorForecast one;
  one.name = injector.name;
  one.asked = injector.min_fired;
  switch (injector.kind) {
    case InjectorKind::open_handle:
      one.text = by_time_text(injector, "holds " + injector.path);
      one.most = injector.count;
      break;
    case InjectorKind::backup:
      one.text = by_time_text(injector, "copies " + injector.path);
      break;
    case InjectorKind::kill:
      one.text = injector.kill_at == KillAt::random
                     ? fmt::format("kills agents before a file call {}", times(injector.count))
                     : std::string("kills agents before every file call of a save in turn");
      one.most = injector.kill_at == KillAt::random ? injector.count : 0;
      break;
    case InjectorKind::delay:
      one.text = fmt::format("delays {} of {} by {}", injector.call, injector.path, hold_text(injector.hold));
      break;
    default:
      one.text =
          fmt::format("opens {} % of what is saved, for {}", injector.chance * 100, hold_text(injector.hold));
  }
  return one;
}

double end_of_last_hold_s(const Injector& injector) {
  if (!has(injector.kind, injector_trait::by_time)) return 0;
  return seconds(injector.start_delay) + seconds(injector.period) * (injector.count - 1) +
         seconds(longest(injector.hold));
}

// How long a save waits for files that are held, roughly: for scanners by chance, for others by their share of the time.
double expected_wait_s(const Scenario& scenario) {
  if (scenario.sharing.rules == Rules::posix) return 0;
  double wait_s = 0;
  for (const Injector& injector : scenario.injectors) {
    const double hold_s = (seconds(injector.hold.median) + seconds(longest(injector.hold))) / 4;
    if (has(injector.kind, injector_trait::watches)) wait_s += injector.chance * hold_s;
    const bool again =
        has(injector.kind, injector_trait::by_time) && injector.count > 1 && injector.period.count() > 0;
    if (again) wait_s += hold_s * std::min(1.0, hold_s / seconds(injector.period));
  }
  return wait_s;
}

void find_time(const Scenario& scenario, Forecast& made) {
  const Agents& agents = scenario.agents;
  made.broadcasts = std::uint64_t{agents.count} * agents.broadcasts;
  if (!agents.mixed_recipients)
    made.mail = made.broadcasts * (agents.neighbours ? *agents.neighbours : std::uint64_t{agents.everyone()});
  made.most_s = seconds(scenario.run_deadline);
  if (agents.rate_per_s) {
    made.pace = fmt::format("open loop: {} broadcasts at {} a second", agents.broadcasts, *agents.rate_per_s);
    made.least_s = made.likely_s = agents.broadcasts / *agents.rate_per_s;
    return;
  }
  made.pace = "closed loop: from 2 to 20 ms a save, and the holds";
  const double held_s = expected_wait_s(scenario);
  made.least_s = std::min(made.most_s, static_cast<double>(made.broadcasts) * quick_save_s);
  made.likely_s = std::min(made.most_s, static_cast<double>(made.broadcasts) * (slow_save_s + held_s));
}

void find_silent_checks(const Scenario& scenario, Forecast& made) {
  if (!any_kills(scenario)) made.silent.emplace_back("durability (nobody is killed)");
  if (!scenario.subject.policy_stated)
    made.silent.emplace_back("retry-discipline (subject.retry states no policy)");
  if (scenario.injectors.empty()) made.silent.emplace_back("faults-fired, progress (there are no injectors)");
  for (const Waiver& waiver : scenario.waivers) made.silent.push_back(waiver.check + " (waived)");
}

bool is_store_file(const Scenario& scenario, const std::string& path) {
  const auto& files = scenario.subject.files;
  const auto same = [&](const std::string& file) {
    return file == path || glob_fits(file, path) || glob_fits(path, file);
  };
  return std::any_of(files.begin(), files.end(), same);
}

void find_problems(const Scenario& scenario, Forecast& made) {
  const bool command = scenario.subject.kind == SubjectKind::command;
  if (scenario.sharing.rules == Rules::posix)
    made.problems.emplace_back("sharing.rules is \"posix\": nothing is refused, so refusals are not tested");
  for (const Injector& injector : scenario.injectors) {
    if (command && has(injector.kind, injector_trait::needs_path) && !is_store_file(scenario, injector.path))
      made.problems.push_back(fmt::format("injector {} waits for {}, which is not in subject.files ({})",
                                          injector.name, injector.path,
                                          fmt::join(scenario.subject.files, ", ")));
    const bool after_the_load = has(injector.kind, injector_trait::by_time) && injector.min_fired > 0 &&
                                seconds(injector.start_delay) > std::max(made.likely_s, made.least_s);
    if (after_the_load)
      made.problems.push_back(fmt::format(
          "injector {} begins after {}, when the agents may be done: raise agents.broadcasts or lower "
          "start_delay",
          injector.name, format_duration(injector.start_delay)));
    if (end_of_last_hold_s(injector) > made.most_s)
      made.problems.push_back(fmt::format("injector {} holds beyond run.deadline, {}", injector.name,
                                          format_duration(scenario.run_deadline)));
    const bool outheld = scenario.subject.policy_stated && !makes_wait(injector) &&
                         has_process(injector.kind) &&
                         longest(injector.hold) > retry_budget(scenario.subject.retry);
    if (outheld)
      made.problems.push_back(
          fmt::format("injector {} may hold for {}, longer than the policy retries ({}): "
                      "delivered can fail",
                      injector.name, format_duration(longest(injector.hold)),
                      format_duration(retry_budget(scenario.subject.retry))));
  }
}

bool is_script(const std::string& word) {
  constexpr std::array<std::string_view, 8> endings = {".py", ".js", ".mjs", ".cjs",
                                                       ".sh", ".rb", ".pl",  ".jar"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return word.ends_with(ending); });
}

}  // namespace

Forecast forecast(const Scenario& scenario, const std::string& beside) {
  Forecast made;
  find_time(scenario, made);
  for (const Injector& injector : scenario.injectors) made.injectors.push_back(forecast_of(injector));
  find_silent_checks(scenario, made);
  if (std::string missing = missing_program(scenario, beside); !missing.empty())
    made.problems.push_back(std::move(missing));
  find_problems(scenario, made);
  return made;
}

std::string missing_program(const Scenario& scenario, const std::string& beside) {
  const Subject& subject = scenario.subject;
  if (subject.kind != SubjectKind::command) return {};
  const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): there is one thread
  std::string places = path != nullptr ? path : usual_path;
  for (const auto& [name, value] : subject.environment) {
    if (name == "PATH") places = value;
  }
  if (find_program(subject.command.front(), places + ":" + beside, subject.directory).empty())
    return fmt::format("subject.command: {} was not found in {} or PATH", subject.command.front(),
                       subject.directory);
  for (std::size_t i = 1; i < subject.command.size(); ++i) {
    const std::string& word = subject.command[i];
    if (is_script(word) && !std::filesystem::exists(std::filesystem::path(subject.directory) / word))
      return fmt::format("subject.command: {} is not in {}", word, subject.directory);
  }
  return {};
}

}  // namespace holdfast
