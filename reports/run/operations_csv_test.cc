#include "reports/run/operations_csv.h"

#include <gtest/gtest.h>

#include "reports/testing/golden_file.h"
#include "reports/testing/hostile_run.h"

namespace holdfast {
namespace {

std::string csv_of(SmallRun& run) {
  run.sort();
  std::string all;
  write_operations_csv(run.plan, run.history, [&](std::string_view piece) { all += piece; });
  return all;
}

TEST(OperationsCsv, Golden) {
  SmallRun run{2, 2};
  const Holder stranger = holder_of(HolderKind::stranger, no_process, 4712, 6, "vim");
  run.broadcast(0, 0, Outcome::ok, {50, 300, 700}, 800, {stranger});
  run.broadcast(0, 1, Outcome::fail, {40, 200}, 300, {});
  run.history.texts.push_back("=cmd|' /C calc'!A0 \"quoted\", and\nmore");
  run.history.operations.back().error = 1;
  run.broadcast(1, 0, Outcome::info, {20}, 0, {stranger});
  run.read(0, {});
  run.read(1, {{0, 0}});
  expect_golden("operations.csv", csv_of(run));
}

// Of all quotes inside a field, none ends it; no text brings in a line.
TEST(OperationsCsv, HostileTextStaysInItsField) {
  SmallRun run{1, 1};
  run.broadcast(0, 0, Outcome::fail, {}, 5);
  run.history.texts.push_back(hostile_markup());
  run.history.operations.back().error = 1;
  const std::string csv = csv_of(run);
  bool quoted = false;
  std::size_t fields = 1;
  std::size_t lines = 0;
  for (const char c : csv) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c == ',') ++fields;
    if (c == '\n') {
      EXPECT_FALSE(quoted);
      EXPECT_EQ(fields, 17U);
      fields = 1;
      ++lines;
    }
  }
  EXPECT_EQ(lines, 2U);
  EXPECT_LT(csv.size(), 3000U);
}

TEST(OperationsCsv, ComesInPiecesThatMakeAWhole) {
  SmallRun run{1, 3000};
  for (std::uint32_t number = 0; number < 3000; ++number) run.broadcast(0, number, Outcome::ok, {}, 5);
  std::size_t pieces = 0;
  std::size_t lines = 0;
  write_operations_csv(run.plan, run.history, [&](std::string_view piece) {
    ++pieces;
    lines += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
  });
  EXPECT_GT(pieces, 1U);
  EXPECT_EQ(lines, 3001U);
}

}  // namespace
}  // namespace holdfast
