#include <filesystem>
#include <string>

#include "harness/scenario/document.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/settings.h"

namespace holdfast {

Result<Scenario> parse_scenario(std::string_view toml, const std::string& file_name,
                                const std::vector<std::string>& settings) {
  auto document = read_toml(toml, file_name);
  if (!document) return fail(document.error());
  for (const std::string& setting : settings) {
    if (auto applied = apply_setting(*document, setting); !applied) return fail(applied.error());
  }
  // A file that was emptied or cut short must not pass as a scenario of defaults.
  if (document->members.empty())
    return fail_at(document->place, "the scenario is empty; it needs at least [subject]");

  auto scenario = read_scenario(*document);
  if (!scenario) return scenario;
  scenario->name = std::filesystem::path(file_name).stem().string();
  if (scenario->title.empty()) scenario->title = scenario->name;
  return scenario;
}

}  // namespace holdfast
