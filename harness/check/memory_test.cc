// What a large run costs in memory: ten million operations have to fit in a gibibyte,
// the history and its checks, and leave something for what a real run adds.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "core/testing/scratch_directory.h"
#include "harness/check/check.h"
#include "harness/check/testing_run_directory.h"

namespace holdfast {
namespace {

// Sanitizers keep more than the program asks for.
#ifndef HOLDFAST_SANITIZED
std::uint64_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoull(line.substr(field.size() + 1)) * 1024;
  }
  return 0;
}

TEST(Memory, AnOperationTakesAtMostAHundredBytes) {
  Plan plan;
  plan.run_id = 1;
  plan.scenario.agents.count = 100;
  plan.scenario.agents.neighbours = 1;
  plan.scenario.agents.broadcasts = 5000;
  const std::uint64_t operations = 500'000;
  const ScratchDirectory scratch;
  write_correct_run(plan, scratch.path());

  std::ofstream("/proc/self/clear_refs") << "5";  // proc(5): the peak begins anew
  const std::uint64_t before = status_bytes("VmRSS");
  std::uint64_t checked = 0;
  {
    const auto history = merge(scratch.path());
    ASSERT_TRUE(history && history->doubts.empty());
    for (const Finding& finding : run_checks(plan, *history)) {
      EXPECT_EQ(finding.count, 0U) << finding.name;
      checked += finding.checked;
    }
  }
  const std::uint64_t peak = status_bytes("VmHWM");
  EXPECT_GT(checked, operations);
  EXPECT_GT(peak, before + 56 * operations) << "less than the operations alone: nothing was measured";
  EXPECT_LE((peak - before) / operations, 100U);
  RecordProperty("bytes_an_operation", static_cast<int>((peak - before) / operations));
}
#endif

}  // namespace
}  // namespace holdfast
