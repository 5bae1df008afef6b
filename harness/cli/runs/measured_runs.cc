#include "harness/cli/runs/measured_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/scenario/plan/plan.h"
#include "harness/scenario/quote.h"
#include "harness/scenario/settings_hash.h"

namespace holdfast {
namespace {

// A series has its runs one or two levels down.
void find_runs(const std::filesystem::path& directory, int levels, std::vector<std::filesystem::path>& runs) {
  std::error_code ignored;
  if (std::filesystem::exists(directory / "result.json", ignored)) runs.push_back(directory);
  if (levels == 0) return;
  std::vector<std::filesystem::path> inside;
  for (std::filesystem::directory_iterator entry(directory, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::error_code unknown;
    if (entry->is_directory(unknown) && !entry->is_symlink(unknown)) inside.push_back(entry->path());
  }
  std::sort(inside.begin(), inside.end());
  for (const auto& each : inside) find_runs(each, levels - 1, runs);
}

}  // namespace

Result<MeasuredRuns> measured_runs(const std::vector<std::string>& directories,
                                   const std::optional<std::string>& variant) {
  std::vector<std::filesystem::path> found;
  for (const std::string& directory : directories) {
    std::error_code ignored;
    if (!std::filesystem::exists(directory, ignored))
      return fail(Code::invalid, fmt::format("no such directory: {}", directory));
    const std::size_t before = found.size();
    find_runs(directory, is_series_directory(directory) ? 2 : 0, found);
    if (found.size() == before) {
      return fail(Code::invalid,
                  fmt::format("{} has no result.json: give the directory of a run or of a series of trials",
                              directory));
    }
  }
  MeasuredRuns measured;
  Baseline& all = measured.as_baseline;
  bool first = true;
  for (const auto& directory : found) {
    const auto plan = load_plan(directory);
    if (!plan) return fail(plan.error());
    if (variant && plan->variant != *variant) continue;
    const auto summary = load_summary(directory);
    if (!summary) return fail(summary.error());
    Baseline one;
    one.scenario = plan->scenario.name;
    one.variant = plan->variant;
    one.settings = settings_hash(plan->scenario);
    if (first) all = one;
    first = false;
    if (one.scenario == all.scenario && one.variant != all.variant && !variant) {
      return fail(Code::invalid,
                  fmt::format("these runs are of the variants {} and {}: choose one with --variant",
                              short_quote(all.variant), short_quote(one.variant)));
    }
    if (auto same = check_same_kind(all, one, found.front().string()); !same) return fail(same.error());
    if (summary->verdict == RunVerdict::inconclusive) {
      ++measured.left_out;
    } else {
      merge_runs(all, {run_figures(*summary, plan->run_id)});
    }
  }
  if (first) return fail(Code::invalid, fmt::format("no run here has the variant {}", short_quote(*variant)));
  if (all.runs.empty())
    return fail(Code::invalid, "every run here is inconclusive, so there are no figures to compare");
  return measured;
}

Result<Baseline> load_baseline(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) {
    return fail(Code::invalid,
                fmt::format("cannot read the baseline {}: {}; 'holdfast baseline update' makes one",
                            path.string(), error.message()));
  }
  if (size > most_baseline_bytes)
    return fail(Code::invalid,
                fmt::format("{} is larger than 1 MiB, so it is not a baseline of Holdfast", path.string()));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(Code::invalid, fmt::format("cannot read the baseline {}", path.string()));
  return parse_baseline(text.str(), path.string());
}

}  // namespace holdfast
