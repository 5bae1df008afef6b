#include "reports/gate/baseline.h"
#include "reports/format/text.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/measured_runs.h"
#include "harness/cli/subcommand.h"
#include "harness/conduct/run_directory.h"
#include "harness/linux/descriptor.h"
#include "reports/format/number_format.h"
#include "reports/gate/gate.h"

namespace holdfast {

struct BaselineCommand {
  std::vector<std::string> directories;  // of runs or series
  std::string baseline;
  std::optional<std::string> variant;
};

namespace {

// Two concurrent updates must not lose each other's runs. The lock is on the directory, so no lock file is left.
Result<Descriptor> lock_directory_of(const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  Descriptor lock(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (lock && ::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) lock.reset();
  }
  if (lock) return lock;
  return fail(Code::invalid, fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)));
}

}  // namespace

static int carry_out(const BaselineCommand& command) {
  const auto runs = measured_runs(command.directories, command.variant);
  if (!runs) return complain(runs.error());
  std::error_code error;
  const auto file =
      std::filesystem::weakly_canonical(command.baseline, error);  // of a link, what it leads to
  if (error)
    return complain({Code::invalid, fmt::format("cannot write {}: {}", command.baseline, error.message())});
  const auto lock = lock_directory_of(file);
  if (!lock) return complain(lock.error());
  Baseline baseline = runs->as_baseline;
  baseline.runs.clear();
  if (std::filesystem::status(file, error).type() != std::filesystem::file_type::not_found) {
    auto stored = load_baseline(command.baseline);
    if (!stored) return complain(stored.error());
    if (auto same = check_same_kind(*stored, runs->as_baseline, command.baseline); !same)
      return complain(same.error());
    baseline = std::move(*stored);
  }
  const std::size_t added = add_runs(baseline, runs->as_baseline.runs);
  if (auto written = write_output_file(file, to_json(baseline)); !written) return complain(written.error());
  const std::uint64_t needed = runs_needed_for(baseline.runs);
  fmt::print("{}: {} added, {} already there, {} inconclusive and left out; {} in total\n",
             one_line(command.baseline), added, runs->as_baseline.runs.size() - added, runs->left_out,
             format_counted(baseline.runs.size(), "run"));
  if (needed > 0) {
    fmt::print(
        "With {} or more, 'holdfast gate' catches, in 95 % of comparisons, a 20 % slowdown or a 5-point drop "
        "in success rate\n",
        format_counted(needed, "run"));
  } else {
    fmt::print(
        "Too small for a gate: even 100 new runs would not detect a 20 % slowdown; add runs, or make them "
        "longer\n");
  }
  return 0;
}

static void add_options(CLI::App& app, BaselineCommand& command) {
  app.require_subcommand(1);
  auto* update_app =
      app.add_subcommand("update", "Add runs to a baseline, or create one; it keeps the latest 60");
  update_app->add_option("directories", command.directories, "Series of trials, or single runs")->required();
  update_app->add_option("--baseline", command.baseline, "The baseline file")->required();
  update_app->add_option("--variant", command.variant, "Which variant to use, if the series have several");
}

extern const Subcommand baseline_subcommand{"baseline", "Manage the runs that a gate compares with",
                                            add_command<BaselineCommand>,
                                            "  holdfast baseline update runs/good --baseline no-fault.json   "
                                            "after 'holdfast run no-fault --trials 60 --out runs/good'"};

}  // namespace holdfast
