#include "harness/cli/runs/past_runs.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "harness/cli/runs/judge.h"
#include "harness/scenario/json_depth.h"
#include "reports/format/html_text.h"
#include "reports/report_files.h"

namespace holdfast {
namespace {

constexpr int deepest = 3;
constexpr int deepest_json = 16;
constexpr std::size_t most_directories = 20'000;  // a mistyped root is not searched for ever
constexpr std::uintmax_t most_json_bytes = std::uintmax_t{16} << 20;

std::optional<ListedRun> run_in(const std::filesystem::path& directory) {
  const auto summary = load_summary(directory);
  if (!summary) return std::nullopt;
  ListedRun run;
  run.kind = "run";
  run.scenario = summary->scenario;
  run.variant = summary->variant;
  run.title = summary->title;
  run.started_at = summary->started_at;
  run.seed = summary->seed;
  run.verdict = summary->verdict;
  if (!summary->reasons.empty()) run.reason = summary->reasons.front();
  if (summary->attempted > 0) run.success_rate = summary->success_rate;
  if (summary->ok > 0) run.latency_p99_ms = summary->latency_ms.p99;
  return run;
}

// A file of the size and kind that Holdfast writes, and no link to one elsewhere.
bool is_result_file(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error)) &&
         std::filesystem::file_size(file, error) <= most_json_bytes && !error;
}

// From a series' or sweep's JSON, only what is listed.
std::optional<ListedRun> several_in(const std::filesystem::path& file, const char* kind) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (nesting_depth(bytes) > deepest_json) return std::nullopt;
  const auto json = nlohmann::json::parse(bytes, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [](const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  ListedRun run;
  run.kind = kind;
  run.scenario = text(json, "scenario");
  run.title = text(json, "title");
  if (json.contains("environment") && json["environment"].is_object())
    run.started_at = text(json["environment"], "started_at");
  if (json.contains("seed") && json["seed"].is_number_unsigned())
    run.seed = json["seed"].get<std::uint64_t>();
  for (const RunVerdict verdict : {RunVerdict::pass, RunVerdict::fail, RunVerdict::inconclusive})
    if (text(json, "verdict") == to_string(verdict)) run.verdict = verdict;
  if (json.contains("reasons") && json["reasons"].is_array() && !json["reasons"].empty() &&
      json["reasons"].front().is_string())
    run.reason = json["reasons"].front().get<std::string>();
  return run;
}

std::optional<ListedRun> anything_in(const std::filesystem::path& directory) {
  if (is_result_file(directory / "trials.json")) return several_in(directory / "trials.json", "series");
  if (is_result_file(directory / "sweep.json")) return several_in(directory / "sweep.json", "sweep");
  if (is_result_file(directory / "result.json")) return run_in(directory);
  return std::nullopt;
}

}  // namespace

bool is_report_file(std::string_view name) {
  constexpr std::array results{"result.json", "plan.json", "trials.json", "sweep.json", "trials-plan.json"};
  const auto bears_it = [&](const auto& report) { return report.file == name; };
  return std::find(results.begin(), results.end(), name) != results.end() ||
         std::any_of(run_reports().begin(), run_reports().end(), bears_it) ||
         std::any_of(trials_reports().begin(), trials_reports().end(), bears_it);
}

std::vector<ListedRun> past_runs(const std::filesystem::path& root, const std::function<bool()>& give_up) {
  std::vector<ListedRun> runs;
  struct Place {
    std::filesystem::path below;  // relative to root
    int depth = 0;
  };
  std::vector<Place> places{{}};
  std::error_code ignored;
  for (std::size_t at = 0; at < places.size() && !give_up(); ++at) {
    const Place place = places[at];
    const auto directory = root / place.below;
    if (auto run = anything_in(directory)) {
      run->place = place.below.empty() ? "." : place.below.string();
      const std::string address =
          "/runs/" + (place.below.empty() ? "" : path_address(place.below.string()) + "/");
      if (std::filesystem::exists(directory / "report.html", ignored))
        run->report_address = address + "report.html";
      if (std::filesystem::exists(directory / "report.md", ignored))
        run->text_address = address + "report.md";
      if (run->report_address.empty()) std::swap(run->report_address, run->text_address);
      runs.push_back(std::move(*run));
      continue;
    }
    if (place.depth == deepest) continue;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      if (places.size() < most_directories && !entry->is_symlink(ignored) && entry->is_directory(ignored))
        places.push_back({place.below / entry->path().filename(), place.depth + 1});
    }
  }
  return runs;
}

}  // namespace holdfast
