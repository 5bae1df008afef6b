#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/cli/runs/judge.h"
#include "harness/cli/subcommand.h"
#include "harness/scenario/scenario.h"
#include "reports/format/ordered_json.h"
#include "reports/format/text.h"

namespace holdfast {

struct ListCommand {
  bool json = false;
};

static int carry_out(const ListCommand& command) {
  std::map<std::string, std::filesystem::path> found;  // an earlier directory hides a later one
  for (const auto& directory : scenario_directories()) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (entry.path().extension() == ".toml") found.emplace(entry.path().stem().string(), entry.path());
    }
  }
  if (found.empty())
    return complain({Code::invalid, "no scenarios were found: set HOLDFAST_SCENARIOS to their directory"});
  auto listed = nlohmann::ordered_json::array();
  std::size_t widest = 0;
  for (const auto& [name, path] : found) widest = std::max(widest, name.size());
  for (const auto& [name, path] : found) {
    const auto scenario = load_scenario(path);
    const std::string title = scenario ? scenario->title : "cannot be read: " + scenario.error().message;
    if (command.json) {
      listed.push_back({{"name", name}, {"title", title}, {"path", path.string()}});
    } else {
      fmt::print("{:<{}}  {}\n", one_line(name), widest, one_line(title));
    }
  }
  if (command.json) fmt::print("{}", dumped(listed));
  return 0;
}

static void add_options(CLI::App& app, ListCommand& command) {
  app.add_flag("--json", command.json, "Print JSON");
}

extern const Subcommand list_subcommand{
    "list", "List the shipped scenarios", add_command<ListCommand>,
    "  holdfast list\n"
    "  holdfast list --json                               with the path of each, to copy one"};

}  // namespace holdfast
