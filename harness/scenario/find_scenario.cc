// Where scenarios are looked for, and how they are read from disk.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>

#include "core/base/nearest_name.h"
#include "harness/scenario/input_file.h"
#include "harness/scenario/quote.h"
#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t scenario_file_bytes_max = 2 << 20;  // parse_scenario refuses far less, and says so

std::vector<fs::path> directories_in_environment() {
  std::vector<fs::path> directories;
  const char* const list = std::getenv("HOLDFAST_SCENARIOS");  // NOLINT(concurrency-mt-unsafe)
  std::string_view rest = list == nullptr ? "" : list;
  while (!rest.empty()) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) directories.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return directories;
}

// The names of all scenarios there are, without ".toml", sorted.
std::vector<std::string> available_scenarios() {
  std::vector<std::string> names;
  for (const fs::path& directory : scenario_directories()) {
    std::error_code problem;
    for (fs::directory_iterator at(directory, problem), end; !problem && at != end; at.increment(problem)) {
      if (at->path().extension() == ".toml") names.push_back(at->path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool is_file(const fs::path& path) {
  std::error_code problem;
  const auto status = fs::status(path, problem);
  return fs::exists(status) && !fs::is_directory(status);
}

}  // namespace

std::vector<fs::path> scenario_directories() {
  std::vector<fs::path> directories = directories_in_environment();
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  if (!problem) {
    const fs::path beside = program.parent_path();
    directories.push_back(
        (beside / "../share/holdfast/scenarios").lexically_normal());        // installed: <prefix>/bin
    directories.push_back((beside / "../../scenarios").lexically_normal());  // built: <source>/build/<preset>
  }
  directories.emplace_back("scenarios");
  return directories;
}

Result<fs::path> find_scenario(const std::string& name_or_path) {
  // A bare name is that of a scenario; a file that only happens to be called so is meant by its path.
  const bool is_path = name_or_path.find('/') != std::string::npos;
  if ((is_path || name_or_path.ends_with(".toml")) && is_file(name_or_path)) return fs::path(name_or_path);
  if (!is_path && !name_or_path.empty()) {
    for (const fs::path& directory : scenario_directories()) {
      for (const char* const ending : {".toml", ""}) {
        fs::path candidate = directory / (name_or_path + ending);
        if (candidate.extension() == ".toml" && is_file(candidate)) return candidate;
      }
    }
    if (is_file(name_or_path)) return fs::path(name_or_path);
  }
  if (std::error_code problem; is_path && fs::is_directory(name_or_path, problem))
    return fail(Code::invalid, name_or_path + " is a directory; give the scenario file in it");
  const std::vector<std::string> names = available_scenarios();
  const std::vector<std::string_view> views(names.begin(), names.end());
  const fs::path asked = name_or_path;
  const std::string stem = asked.extension() == ".toml" ? asked.stem().string() : asked.filename().string();
  const std::string message = fmt::format("unknown scenario {}", short_quote(name_or_path));
  if (names.empty())
    return fail(Code::invalid,
                message + ", and no shipped ones were found; set HOLDFAST_SCENARIOS or give a path");
  return fail(Code::invalid,
              fmt::format("{}{}. Available: {}", message, nearest_hint(stem, views), fmt::join(names, ", ")));
}

Result<std::vector<Variant>> load_variants(const fs::path& path, const std::vector<std::string>& settings) {
  std::error_code problem;
  if (fs::is_directory(path, problem)) {
    return fail(Code::invalid, path.string() + ": this is a directory; give the scenario file in it");
  }
  auto text = read_input(path, scenario_file_bytes_max);
  if (!text) return fail(Code::invalid, path.string() + ": " + text.error().message, text.error().os_code);
  return parse_variants(*text, path.string(), settings);
}

Result<Scenario> load_scenario(const fs::path& path, const std::vector<std::string>& settings) {
  auto variants = load_variants(path, settings);
  if (!variants) return fail(variants.error());
  return std::move(variants->front().scenario);
}

}  // namespace holdfast
