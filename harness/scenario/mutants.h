// scenarios/mutants/manifest.toml: which planted bug is found by which scenario and check. `holdfast selftest`
// runs them all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

struct Mutant {
  std::string fault;                   // its name, and the value of subject.fault
  std::string seen;                    // where
  std::string scenario;                // a file beside the manifest, without ".toml"
  std::vector<std::string> settings;   // a "key=value" each, laid over it
  std::vector<std::string> must_fail;  // checks, each of which must fail
  std::string widened;                 // what widens the window, in words; empty: nothing
};

// Errors are Code::invalid and begin "file:line:column: ". Every fault but "none" stands there once.
Result<std::vector<Mutant>> parse_mutants(std::string_view toml, const std::string& file_name);
Result<std::vector<Mutant>> load_mutants(const std::filesystem::path& manifest);

// scenarios/mutants, wherever shipped scenarios are found.
Result<std::filesystem::path> find_mutants();

}  // namespace holdfast
