// The options of `run`, some of which `sweep` shares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/statistics/sprt.h"

namespace CLI {
class App;
}

namespace holdfast {

struct RunCommand {
  std::string scenario;
  std::uint64_t seed = 1;
  std::optional<std::uint32_t> agents;
  std::vector<std::string> settings;      // key=value
  std::vector<std::string> expectations;  // in addition to the scenario's, see expect_expression.h
  std::optional<std::string> variant;     // the only one to run; none: all
  std::optional<std::uint64_t> trials;    // per variant; with a stopping rule, at most
  bool until_fail = false;
  bool until_sure = false;
  SprtPlan sure;                    // until_sure
  bool keep_all = false;            // also trials that passed
  std::vector<std::string> labels;  // key=value, into plan and reports
  std::string out;                  // empty: a new directory under holdfast-runs/
  bool json = false;
  bool quiet = false;
  bool clean_environment = false;
  bool verbose = false;  // the whole summary rather than its first lines
};

// The options that `sweep` shares.
void add_run_options(CLI::App& app, RunCommand& run);

}  // namespace holdfast
