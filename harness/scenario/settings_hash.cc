#include "harness/scenario/settings_hash.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace holdfast {

std::string settings_hash(Scenario scenario) {
  scenario.name.clear();
  scenario.title.clear();
  scenario.expectations.clear();
  scenario.waivers.clear();
  scenario.subject.directory.clear();
  const std::string settings = to_toml(scenario);
  return fmt::format("{:016x}", XXH3_64bits(settings.data(), settings.size()));
}

}  // namespace holdfast
