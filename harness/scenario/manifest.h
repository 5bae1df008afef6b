// What `holdfast selftest` runs: subjects with a planted bug, each of which must be found, and correct subjects, each
// of which must pass. The shipped manifest is scenarios/mutants/manifest.toml; users can write their own:
//
//   [[mutant]]                     # a planted bug
//   name = "saves-without-lock"
//   scenario = "crowd.toml"        # beside the manifest
//   settings = ["agents.count=4"]  # laid over it, as by --set
//   must_fail = ["lost"]           # checks
//
//   [[right]]
//   name = "saves-under-lock"
//   scenario = "crowd.toml"
//   settings = ["subject.environment.LOCK=yes"]
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/scenario/document.h"

namespace holdfast {

// A scenario as named by a manifest entry.
struct NamedScenario {
  std::string name;                   // the entry's, unique in a manifest
  std::filesystem::path file;         // of the scenario; the manifest may omit ".toml"
  std::vector<std::string> settings;  // "key=value", applied to it
  Place place;                        // of the scenario's name, for errors
};

struct Mutant {
  NamedScenario subject;
  std::string fault;                   // of the shipped mutant store; empty: another subject
  std::string seen;                    // where the bug was seen; may be empty
  std::vector<std::string> must_fail;  // checks, each of which must fail
  std::vector<std::string> causes{};   // one of which reports may name for it; empty: not judged
  std::string widened;                 // how the window is widened, as text; empty: not
};

struct Manifest {
  std::vector<Mutant> mutants;
  std::vector<NamedScenario> right;  // those listed
};

// Errors are Code::invalid and begin "file:line:column: ".
Result<Manifest> parse_manifest(std::string_view toml, const std::string& file_name);

// Reads every scenario as well.
Result<Manifest> load_manifest(const std::filesystem::path& file);

// Finds the shipped manifest beside the shipped scenarios.
Result<std::filesystem::path> find_manifest();

// What must pass: the listed subjects and, for each fault of the shipped mutant store, that store without a fault and
// the core's store under the same scenario and settings.
std::vector<NamedScenario> right_subjects(const Manifest& manifest);

}  // namespace holdfast
