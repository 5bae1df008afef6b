// The figures of finished runs, and the file that keeps them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "reports/gate/baseline.h"

namespace holdfast {

struct MeasuredRuns {
  Baseline as_baseline;        // of one scenario, variant and settings; never empty
  std::uint64_t left_out = 0;  // inconclusive runs, which count for nothing
};

// `directories` are runs or series; all their runs must have the same scenario, variant and settings. `variant`
// chooses one from series with several. Errors are Code::invalid.
Result<MeasuredRuns> measured_runs(const std::vector<std::string>& directories,
                                   const std::optional<std::string>& variant);

Result<Baseline> load_baseline(const std::filesystem::path& path);

}  // namespace holdfast
