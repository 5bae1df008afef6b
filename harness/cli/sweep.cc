// The same scenario under longer and longer holds, and where its retries are used up.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/clock.h"
#include "core/base/nearest_name.h"
#include "core/retry/duration.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/runs/side_by_side.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/progress.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/linux/held_signals.h"
#include "harness/scenario/injector_traits.h"
#include "harness/scenario/quote.h"
#include "reports/sweep/sweep.h"

namespace holdfast {

struct SweepCommand {
  RunCommand run;        // scenario, seed, agents, settings, variant, keep_all, out, json, quiet
  std::string hold;      // "0ms..10s"
  std::string injector;  // whose hold grows; empty: the scenario's only open-handle
  std::uint64_t steps = 11;
  std::uint64_t runs = 5;  // of each hold
  std::uint64_t at_once = 4;
};

namespace {

// The injector whose hold grows: the one that is named, else the scenario's only open-handle.
Result<std::size_t> injector_of(const SweepCommand& command, const Scenario& scenario) {
  std::vector<std::size_t> found;
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at < scenario.injectors.size(); ++at) {
    const Injector& injector = scenario.injectors[at];
    if (!has_process(injector.kind)) continue;
    names.push_back(injector.name);
    const bool meant = command.injector.empty() ? injector.kind == InjectorKind::open_handle
                                                : injector.name == command.injector;
    if (meant) found.push_back(at);
  }
  if (found.size() == 1) return found.front();
  const std::string asked = short_quote(command.run.scenario);
  if (names.empty()) return fail(Code::invalid, fmt::format("{} has no injector that holds files", asked));
  const std::string valid = fmt::format("Valid here: {}", fmt::join(names, ", "));
  if (!command.injector.empty()) {
    return fail(Code::invalid,
                fmt::format("--injector {}: {} has no such holder{}. {}", short_quote(command.injector),
                            asked, nearest_hint(command.injector, names), valid));
  }
  return fail(
      Code::invalid,
      fmt::format(
          "{} has {} injectors of kind \"open-handle\": choose the one whose hold grows with --injector. {}",
          asked, found.empty() ? "no" : "several", valid));
}

// Nothing is held for no time at all: then the holder is asked for, and does not come.
std::vector<std::string> settings_for(std::size_t injector, Duration hold) {
  const std::string key = fmt::format("inject.{}", injector);
  if (hold > Duration(0)) return {fmt::format("{}.hold={}", key, format_duration(hold))};
  return {key + ".hold=1ns", key + ".min_fired=0"};
}

// What a sweep varies cannot be set as well.
Result<> check_settings(const RunCommand& run, std::size_t injector) {
  const std::string hold = fmt::format("inject.{}.hold", injector);
  for (const std::string& setting : run.settings) {
    if (setting.substr(0, setting.find('=')) == hold) {
      return fail(
          Code::invalid,
          fmt::format(
              "--set {}: the sweep itself sets this hold: leave it out, and give the range with --hold",
              short_quote(setting)));
    }
  }
  return {};
}

// The command line of one run, in the words of `holdfast run`.
std::vector<std::string> arguments_of(const RunCommand& run, const SweepVariant& variant, std::uint64_t seed,
                                      const std::vector<std::string>& settings, const std::string& out) {
  std::vector<std::string> arguments{"run",   run.scenario, "--quiet", "--seed", fmt::format("{}", seed),
                                     "--out", out};
  const auto add = [&](const char* option, const std::string& value) {
    arguments.emplace_back(option);
    arguments.push_back(value);
  };
  if (!variant.name.empty()) add("--variant", variant.name);
  if (run.agents) add("--agents", fmt::format("{}", *run.agents));
  for (const std::string& setting : run.settings) add("--set", setting);
  for (const std::string& setting : settings) add("--set", setting);
  return arguments;
}

SweepPlan sweep_plan_of(const SweepCommand& command, const HoldRange& range,
                        const std::vector<Variant>& variants, std::size_t injector,
                        const std::filesystem::path& directory) {
  const Scenario& scenario = variants.front().scenario;
  SweepPlan plan;
  plan.scenario = scenario.name;
  plan.title = scenario.title;
  plan.version = HOLDFAST_VERSION;
  plan.kernel = kernel_text();
  plan.filesystem = filesystem_of(directory);
  plan.started_at = now_text();
  plan.injector = scenario.injectors[injector].name;
  plan.seed = command.run.seed;
  plan.shortest = range.shortest;
  plan.longest = range.longest;
  plan.steps = command.steps;
  plan.runs = command.runs;
  for (const Variant& variant : variants) plan.variants.push_back({variant.name, variant.settings});
  std::string line = command_of(command.run, command.run.variant.value_or(""), command.run.seed);
  line.replace(0, std::string("holdfast run").size(), "holdfast sweep");
  plan.command = line + fmt::format(" --hold {} --steps {} --runs {}", command.hold, plan.steps, plan.runs);
  if (!command.injector.empty()) plan.command += " --injector " + command.injector;
  return plan;
}

struct Sample {
  std::size_t variant = 0;
  Duration hold{0};
  std::filesystem::path directory;
};

// What is to be run next, of every variant.
std::vector<Sample> next_samples(const Sweep& sweep, const std::filesystem::path& directory) {
  std::vector<Sample> samples;
  for (std::size_t variant = 0; variant < sweep.curves.size(); ++variant) {
    for (const Duration hold : next_holds(sweep.plan, sweep.curves[variant])) {
      for (std::uint64_t run = 0; run < sweep.plan.runs; ++run) {
        const std::string& name = sweep.plan.variants[variant].name;
        samples.push_back({variant, hold,
                           directory / name /
                               fmt::format("hold-{}-seed-{}", format_duration(hold), sweep.plan.seed + run)});
      }
    }
  }
  return samples;
}

Result<> write_reports(const Sweep& sweep, const std::filesystem::path& directory) {
  if (auto written = write_result_file(directory / "sweep.json", to_json(sweep)); !written) return written;
  if (auto written = write_result_file(directory / "report.html", render_sweep_html(sweep)); !written)
    return written;
  return write_result_file(directory / "report.md", render_sweep_markdown(sweep));
}

class Sweeper {
 public:
  Sweeper(const SweepCommand& command, SweepPlan plan, std::size_t injector, std::filesystem::path directory,
          std::filesystem::path executable)
      : command_(command),
        injector_(injector),
        directory_(std::move(directory)),
        executable_(std::move(executable)),
        line_(command.run.quiet),
        sweep_(sweep_of(std::move(plan), {})) {}

  // Goes on until the edges are found, or somebody ends it.
  Result<> run() {
    for (;;) {
      const auto samples = next_samples(sweep_, directory_);
      if (samples.empty()) return {};
      const auto ending = run(samples);
      line_.clear();
      if (!ending) return fail(ending.error());
      for (const Sample& sample : samples) {
        if (auto read = take(sample); !read) return read;
      }
      sweep_ = sweep_of(sweep_.plan, runs_);
      if (*ending == SideRunsEnding::stopped) return {};
    }
  }

  [[nodiscard]] const Sweep& sweep() const { return sweep_; }

 private:
  Result<SideRunsEnding> run(const std::vector<Sample>& samples) {
    std::vector<SideRun> runs;
    for (std::size_t at = 0; at < samples.size(); ++at) {
      const Sample& sample = samples[at];
      runs.push_back({arguments_of(command_.run, sweep_.plan.variants[sample.variant],
                                   sweep_.plan.seed + at % sweep_.plan.runs,
                                   settings_for(injector_, sample.hold), sample.directory.string()),
                      sample.directory});
    }
    const std::size_t before = runs_.size();
    SideRunsOptions options;
    options.executable = executable_;
    options.at_once = command_.at_once;
    options.stop = [] { return HeldSignals::arrived(); };
    options.on_progress = [&](std::size_t done) {
      line_.show(fmt::format("{} of at least {} runs done", before + done, before + samples.size()),
                 static_cast<double>(monotonic_ns() - begun_ns_) * 1e-9);
    };
    return run_side_by_side(runs, options);
  }

  // Reads what a run came to, if it came to anything; its plan and its result are all that stays.
  Result<> take(const Sample& sample) {
    std::error_code ignored;
    if (!std::filesystem::exists(sample.directory / "result.json", ignored)) {
      std::filesystem::remove_all(sample.directory, ignored);
      return {};
    }
    const auto summary = load_summary(sample.directory);
    if (!summary) return fail(summary.error());
    runs_.push_back(sweep_run_of(*summary, sweep_.plan.injector, sample.variant, sample.hold));
    return command_.run.keep_all ? Result<>() : thin_out(sample.directory);
  }

  const SweepCommand& command_;
  std::size_t injector_;
  std::filesystem::path directory_;
  std::filesystem::path executable_;
  ProgressLine line_;
  Sweep sweep_;
  std::vector<SweepRun> runs_;
  std::int64_t begun_ns_ = monotonic_ns();
};

}  // namespace

static int carry_out(const SweepCommand& command) {
  const auto range = parse_hold_range(command.hold);
  if (!range) return complain(range.error());
  const auto variants = variants_of(command.run);
  if (!variants) return complain(variants.error());
  const Scenario& scenario = variants->front().scenario;
  const auto injector = injector_of(command, scenario);
  if (!injector) return complain(injector.error());
  if (auto free = check_settings(command.run, *injector); !free) return complain(free.error());
  // The longest hold shows whether the settings go with the scenario at all.
  RunCommand longest = command.run;
  for (auto& setting : settings_for(*injector, range->longest))
    longest.settings.push_back(std::move(setting));
  if (auto sound = variants_of(longest); !sound) return complain(sound.error());
  if (auto room = room_for(scenario, command.at_once); !room) return complain(room.error());
  const auto executable = own_executable();
  if (!executable) return complain(executable.error());

  const HeldSignals held;
  auto directory = claim_directory(command.run, scenario.name + "-sweep", DirectoryKind::series);
  if (!directory) return complain(directory.error());
  Sweeper sweeper(command, sweep_plan_of(command, *range, *variants, *injector, directory->path()), *injector,
                  directory->path(), *executable);
  if (auto done = sweeper.run(); !done) {
    if (sweeper.sweep().curves.front().points.empty()) directory->discard();
    held.forget();
    return complain(done.error());
  }
  const Sweep& sweep = sweeper.sweep();
  if (auto written = write_reports(sweep, directory->path()); !written) return complain(written.error());
  if (command.run.json) {
    fmt::print("{}", to_json(sweep));
  } else if (!command.run.quiet) {
    show_page(render_sweep_terminal(sweep, colour_wanted(STDOUT_FILENO), columns_of(STDOUT_FILENO)),
              shown_path(command.run, *directory) / "report.html");
  }
  held.forget();
  return sweep.complete ? 0 : exit_cut_short;
}

static void add_options(CLI::App& app, SweepCommand& command) {
  add_run_options(app, command.run);
  app.add_option("--hold", command.hold, "The shortest and the longest hold, as in 0ms..10s")->required();
  app.add_option("--injector", command.injector,
                 "The injector whose hold grows (default: the only open-handle)");
  const auto count_option = [&](const char* name, std::uint64_t& value, const char* meaning,
                                std::uint64_t most) {
    app.add_option(name, value, meaning)
        ->transform(CLI::Validator(as_whole_number, ""))
        ->check(CLI::Range(std::uint64_t{1}, most))
        ->capture_default_str();
  };
  count_option("--steps", command.steps, "Evenly spaced holds to try before bisecting for the edge",
               most_sweep_steps);
  count_option("--runs", command.runs, "Runs per hold", most_sweep_runs);
  count_option("--at-once", command.at_once, "Concurrent runs; they mostly wait", 64);
  app.add_flag("--json", command.run.json, "Print sweep.json instead of the summary");
  app.add_flag("--keep-all", command.run.keep_all, "Keep events and stores of every run");
}

extern const Subcommand sweep_subcommand{
    "sweep",
    "Run a scenario under longer and longer holds, to find the longest it survives and where retries run out",
    add_command<SweepCommand>,
    "  holdfast sweep retry-budget --hold 0ms..4s         how long a hold does each policy survive?\n"
    "  holdfast sweep my.toml --hold 0ms..10s --steps 20 --runs 5"};

}  // namespace holdfast
