#include "reports/run/render.h"
#include "reports/compare/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "reports/format/code_points.h"
#include "reports/format/text.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

Summary example_with_hostile_text() {
  return example_hostile();
}

struct NamedExample {
  const char* name;
  Summary (*make)();
};

const NamedExample rendered_examples[] = {
    {"pass", example_pass},
    {"fail", example_fail},
    {"inconclusive", example_inconclusive},
    {"one-operation", example_one_operation},
    {"many-agents", example_many_agents},
    {"hostile", example_with_hostile_text},
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Nothing acts but our own line breaks.
void expect_inert(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const CodePoint point = first_code_point(rest);
    ASSERT_TRUE(point.valid && (point.value == '\n' || !is_unsafe(point.value)))
        << "byte offset " << text.size() - rest.size() << " of " << text;
    rest.remove_prefix(point.bytes.size());
  }
}

TEST(RenderTerminal, Golden) {
  for (const auto& example : rendered_examples) {
    expect_golden(std::string("terminal-") + example.name + ".txt",
                  render_terminal(example.make(), false, 80));
  }
  expect_golden("terminal-fail-colour.txt", render_terminal(example_fail(), true, 100));
}

TEST(RenderTerminal, FitsAndIsInert) {
  for (const auto& example : rendered_examples) {
    for (const int columns : {-1, 0, 40, 57, 80, 120, 200}) {
      const Summary summary = example.make();
      const std::string text = render_terminal(summary, false, columns);
      expect_inert(text);
      for (const auto& line : lines_of(text)) {
        if (line == "  " + one_line(summary.command)) continue;  // there to be copied
        EXPECT_LE(display_width(line), static_cast<std::size_t>(std::max(columns, 40)))
            << example.name << ": " << line;
      }
    }
  }
}

TEST(RenderTerminal, ColourIsAllThatColourAdds) {
  for (const auto& example : rendered_examples) {
    std::string coloured = render_terminal(example.make(), true, 80);
    EXPECT_THAT(coloured, HasSubstr("\x1b["));
    for (const char* code : {"\x1b[31;1m", "\x1b[32;1m", "\x1b[33;1m", "\x1b[1m", "\x1b[0m"}) {
      for (std::size_t at = coloured.find(code); at != std::string::npos; at = coloured.find(code)) {
        coloured.erase(at, std::string(code).size());
      }
    }
    EXPECT_EQ(coloured, render_terminal(example.make(), false, 80)) << example.name;
  }
}

TEST(RenderTerminal, VerdictAndReasonComeFirst) {
  const auto lines = lines_of(render_terminal(example_fail(), false, 200));
  EXPECT_THAT(lines.at(0), testing::StartsWith("FAIL"));
  EXPECT_THAT(lines.at(1), HasSubstr("19.8 % of acknowledged messages were lost"));
}

TEST(RenderBrief, IsShortAndInert) {
  constexpr std::size_t most_of_a_pass = 10, most_of_a_fail = 24;
  EXPECT_LE(lines_of(render_brief(example_pass(), false, 100)).size(), most_of_a_pass);
  EXPECT_LE(lines_of(render_brief(example_fail(), false, 100)).size(), most_of_a_fail);
  for (const auto& example : rendered_examples) {
    for (const int columns : {0, 40, 80, 120}) {
      const std::string text = render_brief(example.make(), false, columns);
      expect_inert(text);
      for (const auto& line : lines_of(text))
        EXPECT_LE(display_width(line), static_cast<std::size_t>(std::max(columns, 40))) << line;
    }
  }
}

RC_GTEST_PROP(RenderAny, ArbitraryTextIsInertEverywhere, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const Summary summary = example_hostile(text);
  for (const auto& rendered :
       {render_terminal(summary, false, 60), render_markdown(summary), render_junit(summary),
        render_comparison_terminal(compare(summary, example_pass()), false, 60),
        render_comparison_markdown(compare(example_pass(), summary))}) {
    expect_inert(rendered);
    RC_ASSERT(!testing::Test::HasFailure());
  }
  const auto parsed = parse_summary(to_json(summary), "result.json");
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(to_json(*parsed) == to_json(summary));
}

TEST(RenderMarkdown, Golden) {
  for (const auto& example : rendered_examples) {
    expect_golden(std::string("report-") + example.name + ".md", render_markdown(example.make()));
  }
}

std::size_t bare_pipes(const std::string& line) {
  std::size_t pipes = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '|') {
      ++pipes;
    }
  }
  return pipes;
}

TEST(RenderMarkdown, HostileTextStaysText) {
  const std::string report = render_markdown(example_hostile());
  expect_inert(report);
  bool in_block = false;
  std::size_t pipes_of_table = 0;
  for (const auto& line : lines_of(report)) {
    if (line.rfind("```", 0) == 0) in_block = !in_block;
    if (in_block) continue;
    EXPECT_THAT(line, Not(HasSubstr("@everyone")));
    EXPECT_THAT(line, Not(HasSubstr("<")));
    EXPECT_THAT(line, Not(HasSubstr("http://")));
    EXPECT_THAT(line, Not(testing::StartsWith("# forged")));
    if (line.rfind("|", 0) != 0) {
      pipes_of_table = 0;
      continue;
    }
    if (pipes_of_table == 0) pipes_of_table = bare_pipes(line);
    EXPECT_EQ(bare_pipes(line), pipes_of_table) << line;
  }
  EXPECT_FALSE(in_block);
}

// What $GITHUB_STEP_SUMMARY takes of a step is a MiB, and a comment on GitHub is shorter than 65,536 characters.
TEST(RenderMarkdown, FitsASummaryHoweverLongTextsAre) {
  EXPECT_LT(render_markdown(example_hostile(std::string(std::size_t{1} << 20, '<'))).size(),
            std::size_t{1} << 20);
  EXPECT_LT(render_markdown(example_many_agents()).size(), 65'536U);
}

TEST(RenderMarkdown, ManyAgentsAreGrouped) {
  const std::string report = render_markdown(example_many_agents());
  EXPECT_LT(lines_of(report).size(), 128U);
  EXPECT_THAT(report, HasSubstr("| 17 | 0–16 | **no** |"));
  EXPECT_THAT(report, HasSubstr("killed by SIGKILL"));
}

TEST(RenderComparison, Golden) {
  const Comparison comparison = compare(example_fail(), example_pass());
  expect_golden("compare.txt", render_comparison_terminal(comparison, false, 100));
  expect_golden("compare.md", render_comparison_markdown(comparison));
  expect_golden("compare-hostile.txt",
                render_comparison_terminal(compare(example_hostile(), example_pass()), false, 80));
  expect_golden("compare-hostile.md", render_comparison_markdown(compare(example_hostile(), example_pass())));
}

TEST(RenderComparison, FitsAndIsInert) {
  for (const auto& example : rendered_examples) {
    const Comparison comparison = compare(example.make(), example_pass());
    expect_inert(render_comparison_markdown(comparison));
    for (const int columns : {0, 40, 80, 120}) {
      const std::string text = render_comparison_terminal(comparison, false, columns);
      expect_inert(text);
      for (const auto& line : lines_of(text)) {
        EXPECT_LE(display_width(line), static_cast<std::size_t>(std::max(columns, 40))) << line;
      }
    }
  }
}

}  // namespace
}  // namespace holdfast
