#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "reports/format/code_points.h"
#include "reports/format/text.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/example_trials.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

TrialsSummary hostile_series() {
  return example_hostile_trials(hostile_text);
}

struct NamedSeries {
  const char* name;
  TrialsSummary (*make)();
};

const NamedSeries rendered_series[] = {
    {"lockstep", example_lockstep},   {"until-fail", example_until_fail}, {"until-sure", example_until_sure},
    {"cut-short", example_cut_short}, {"hostile", hostile_series},
};

bool every_line_is_inert(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const CodePoint point = first_code_point(rest);
    if (!point.valid || (point.value != '\n' && is_unsafe(point.value))) return false;
    rest.remove_prefix(point.bytes.size());
  }
  return true;
}

TEST(RenderTrials, Golden) {
  for (const auto& series : rendered_series) {
    const TrialsSummary summary = series.make();
    const std::string name = std::string("trials-") + series.name;
    expect_golden(name + ".txt", render_trials_terminal(summary, false, 80));
    expect_golden(name + ".md", render_trials_markdown(summary));
    expect_golden(name + ".xml", render_trials_junit(summary));
  }
  expect_golden("trials-lockstep.json", to_json(example_lockstep()));
  expect_golden("trials-until-sure.json", to_json(example_until_sure()));
}

TEST(RenderTrials, FitAndAreInert) {
  for (const auto& series : rendered_series) {
    const TrialsSummary summary = series.make();
    EXPECT_TRUE(every_line_is_inert(render_trials_markdown(summary))) << series.name;
    EXPECT_TRUE(every_line_is_inert(render_trials_junit(summary))) << series.name;
    for (const int columns : {0, 40, 80, 120}) {
      const std::string text = render_trials_terminal(summary, false, columns);
      EXPECT_TRUE(every_line_is_inert(text)) << series.name;
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        const bool to_be_copied =
            line == "  " + one_line(summary.plan.command) ||
            std::any_of(summary.trials.begin(), summary.trials.end(),
                        [&](const Trial& trial) { return line == "  " + one_line(trial.command); });
        if (to_be_copied) continue;
        EXPECT_LE(display_width(line), static_cast<std::size_t>(std::max(columns, 40))) << line;
      }
    }
  }
}

// A CI server that reads only junit.xml says the same as the exit code.
TEST(RenderTrials, JunitFailsExactlyWhenTheSeriesDoes) {
  for (const auto& series : rendered_series) {
    const TrialsSummary summary = series.make();
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(render_trials_junit(summary).c_str()));
    const pugi::xml_node suite = document.child("testsuites").child("testsuite");
    EXPECT_EQ(suite.attribute("tests").as_ullong(), summary.trials.size() + 1);
    const bool bad = suite.attribute("failures").as_ullong() + suite.attribute("errors").as_ullong() > 0;
    EXPECT_EQ(bad, summary.exit_code != 0) << series.name;
  }
}

// The first thing to read is what failed, and how to see it again.
TEST(RenderTrials, TheFailingTrialIsNamedWithItsCommand) {
  const std::string text = render_trials_terminal(example_until_fail(), false, 100);
  EXPECT_THAT(text, testing::StartsWith("FAIL  lockstep"));
  EXPECT_THAT(text, HasSubstr("1 of 4 trials failed: seed 4: delivered"));
  EXPECT_THAT(text, HasSubstr("holdfast run lockstep --seed 4"));
}

}  // namespace
}  // namespace holdfast
