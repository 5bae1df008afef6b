#include "reports/summary/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/scenario/figures.h"
#include "reports/run/render.h"
#include "reports/testing/example_summaries.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

Summary judged_summary(const std::vector<Verdict>& verdicts, const std::vector<bool>& expectations,
                       std::uint64_t attempted = 10) {
  Summary summary;
  summary.attempted = summary.ok = attempted;
  for (std::size_t at = 0; at < verdicts.size(); ++at) {
    summary.checks.push_back({"check-" + std::to_string(at), verdicts[at], 10, 1, "a witness"});
  }
  for (const bool met : expectations)
    summary.expectations.push_back({{"ok", Relation::at_least, 1}, 10, met});
  return summary;
}

struct PrecedenceRow {
  const char* name;
  std::vector<Verdict> checks;
  std::vector<bool> expectations;
  RunState state;
  RunVerdict verdict;
  int code;
  std::uint64_t attempted = 10;
};

constexpr auto passed = Verdict::pass;
constexpr auto failed = Verdict::fail;
constexpr auto unknown = Verdict::unknown;
constexpr auto none = Verdict::not_applicable;

TEST(Judge, Precedence) {
  RunState whole;
  RunState interrupted;
  interrupted.interrupted = true;
  interrupted.complete = false;
  RunState late;
  late.timed_out = true;
  late.complete = false;
  RunState cut;
  cut.complete = false;
  RunState doubted;
  doubted.doubts = {{DoubtKind::damaged_record, "agent-1.events: byte offset 64: the check does not fit"}};

  const std::vector<PrecedenceRow> rows{
      {"all pass", {passed, passed}, {}, whole, RunVerdict::pass, 0},
      {"pass and nothing to do", {passed, none}, {true}, whole, RunVerdict::pass, 0},
      {"one failed", {passed, failed}, {}, whole, RunVerdict::fail, 1},
      {"one unknown", {passed, unknown}, {}, whole, RunVerdict::inconclusive, 2},
      {"fail outranks unknown", {unknown, failed}, {}, whole, RunVerdict::fail, 1},
      {"fail outranks interruption", {failed}, {}, interrupted, RunVerdict::fail, 1},
      {"fail outranks a missed threshold", {failed}, {false}, whole, RunVerdict::fail, 1},
      {"a missed threshold", {passed}, {true, false}, whole, RunVerdict::fail, 3},
      {"unknown outranks a missed threshold", {unknown}, {false}, whole, RunVerdict::inconclusive, 2},
      {"interrupted", {passed}, {}, interrupted, RunVerdict::inconclusive, 2},
      {"timed out", {passed}, {true}, late, RunVerdict::inconclusive, 2},
      {"the conductor died", {passed}, {}, cut, RunVerdict::inconclusive, 2},
      {"a damaged file", {passed}, {}, doubted, RunVerdict::inconclusive, 2},
      {"nothing attempted", {passed}, {}, whole, RunVerdict::inconclusive, 2, 0},
      {"nothing attempted, but something failed", {failed}, {}, whole, RunVerdict::fail, 1, 0},
      {"nothing checked", {}, {}, whole, RunVerdict::inconclusive, 2},
  };
  for (const auto& row : rows) {
    Summary summary = judged_summary(row.checks, row.expectations, row.attempted);
    const Judgement judgement = judge(summary, row.state);
    EXPECT_EQ(judgement.verdict, row.verdict) << row.name;
    EXPECT_FALSE(judgement.reasons.empty()) << row.name;
    summary.verdict = judgement.verdict;
    EXPECT_EQ(exit_code(summary), row.code) << row.name;
  }
}

TEST(Judge, GravestReasonComesFirst) {
  Summary summary = judged_summary({}, {false});
  summary.checks = {{"delivered", Verdict::fail, 8, 2, "agent 1 was refused"},
                    {"lost", Verdict::fail, 1600, 3, "0-1 was never read"},
                    {"order", Verdict::unknown, 0, 0, "no read"}};
  RunState state;
  for (const char* text : {"one", "two", "three", "four", "five"})
    state.doubts.push_back({DoubtKind::other, text});
  const auto reasons = judge(summary, state).reasons;
  ASSERT_EQ(reasons.size(), 8U);
  EXPECT_EQ(reasons[0], "lost: 3 of 1,600; 0-1 was never read");
  EXPECT_EQ(reasons[1], "delivered: 6 of 8 agents succeeded; agent 1 was refused");
  EXPECT_EQ(reasons[2], "order not determined: no read");
  EXPECT_EQ(reasons[3], "in doubt: one");
  EXPECT_EQ(reasons[6], "and 2 more doubts, listed under warnings");
  EXPECT_THAT(reasons[7],
              testing::AllOf(HasSubstr("expectation missed: 'ok'"), HasSubstr("(required: at least 1")));
}

TEST(Judge, ExitCodeBelievesTheWorstPart) {
  Summary summary = example_pass();
  EXPECT_EQ(exit_code(summary), 0);
  summary.checks[1].verdict = Verdict::fail;
  EXPECT_EQ(exit_code(summary), 1) << "whatever the verdict says";
  summary = example_pass();
  summary.checks[1].verdict = Verdict::unknown;
  EXPECT_EQ(exit_code(summary), 2);
  summary = example_pass();
  summary.expectations[0].met = false;
  EXPECT_EQ(exit_code(summary), 3);
  EXPECT_EQ(exit_code(Summary{}), 2) << "an empty summary proves nothing";
}

TEST(Expectations, EachRelation) {
  const Summary summary = example_pass();
  const auto met = [&](Relation relation, double threshold) {
    return evaluate({"agents.succeeded", relation, threshold}, summary).met;
  };
  EXPECT_TRUE(met(Relation::at_least, 8));
  EXPECT_FALSE(met(Relation::at_least, 8.5));
  EXPECT_TRUE(met(Relation::at_most, 8));
  EXPECT_FALSE(met(Relation::at_most, 7));
  EXPECT_TRUE(met(Relation::equals, 8));
  EXPECT_FALSE(met(Relation::equals, 7));
  for (const auto relation : {Relation::at_least, Relation::at_most, Relation::equals}) {
    EXPECT_FALSE(met(relation, std::numeric_limits<double>::quiet_NaN()));
    EXPECT_FALSE(evaluate({"no.such", relation, 0}, summary).met) << "no data is missed";
  }
}

TEST(Figures, EveryNameHasAReader) {
  const Summary summary = example_pass();
  ASSERT_FALSE(figure_names().empty());
  Summary complete = summary;
  complete.checks.clear();
  for (const NamedCheck& check : all_checks())
    complete.checks.push_back({std::string(check.name), Verdict::pass, 1600, 0, std::nullopt});
  for (const auto name : figure_names()) {
    EXPECT_TRUE(figure(complete, std::string(name)).has_value()) << name;
  }
  EXPECT_EQ(figure(complete, "torn-read"), 0);
  EXPECT_FALSE(figure(complete, "latency.p9999").has_value());
  EXPECT_FALSE(figure(complete, "").has_value());
  EXPECT_FALSE(figure(summary, "latency").has_value());
}

TEST(Figures, Values) {
  const Summary summary = example_pass();
  const auto value = [&](const char* name) { return figure(summary, name).value_or(-1); };
  EXPECT_EQ(value("agents.succeeded"), 8);
  EXPECT_EQ(value("success_rate"), 1);
  EXPECT_NEAR(value("success_rate.lower"), 0.9817, 1e-4);
  EXPECT_EQ(value("success_rate.upper"), 1);
  EXPECT_EQ(value("lost"), 0);
  EXPECT_EQ(value("retries.total"), 38 + 2 * 11 + 3);
  EXPECT_EQ(value("retries.max"), 3);
  EXPECT_EQ(value("retries.p99"), 2);
  EXPECT_EQ(value("wait.max"), 700.9);
  EXPECT_EQ(value("latency.p90"), 104.7);
  EXPECT_EQ(value("refusals.total"), 63);
  EXPECT_EQ(value("refusals.5"), 60);
  EXPECT_EQ(value("refusals.32"), 3);
  EXPECT_EQ(value("injectors.fired"), 204);
  EXPECT_EQ(value("ok"), 200);
  EXPECT_NEAR(value("throughput"), 200 / summary.load_s, 1e-9);
  EXPECT_EQ(value("load"), summary.load_s * 1e3);
}

TEST(Figures, NoDataIsNoFigure) {
  const Summary empty;
  for (const char* name : {"success_rate", "success_rate.lower", "lost", "duplicate", "retries.total",
                           "retries.p99", "wait.max", "latency.max", "injectors.fired"}) {
    EXPECT_FALSE(figure(empty, name).has_value()) << name;
  }
  Summary failed_all = example_pass();
  failed_all.ok = 0;
  failed_all.failed = failed_all.attempted;
  EXPECT_FALSE(figure(failed_all, "latency.p50").has_value()) << "nothing was acknowledged";
  EXPECT_FALSE(figure(example_inconclusive(), "lost").has_value()) << "the check could not tell";
  EXPECT_FALSE(evaluate({"lost", Relation::equals, 0}, example_inconclusive()).met);
}

// A waived check is shown by every report, and decides nothing.
TEST(Waived, IsShownAndDoesNotDecide) {
  Summary summary = example_pass();
  summary.checks[1] = {"lost", Verdict::fail, 16, 9, "agent 0's is gone", "there is no lock"};
  const Judgement judgement = judge(summary, {});
  EXPECT_EQ(judgement.verdict, RunVerdict::pass);
  EXPECT_THAT(judgement.reasons.front(), HasSubstr("2 checks passed"));
  EXPECT_THAT(judgement.reasons.front(), HasSubstr("waived: lost"));
  summary.verdict = judgement.verdict;
  EXPECT_EQ(exit_code(summary), 0);
  const std::string said = "lost: 9 of 16; agent 0's is gone; waived: there is no lock";
  EXPECT_THAT(render_terminal(summary, false, 120), HasSubstr("waived   " + said));
  EXPECT_THAT(render_markdown(summary), HasSubstr("Waived, so it does not count: " + said));
  EXPECT_THAT(render_junit(summary), HasSubstr("<skipped message=\"" + said));
  const auto parsed = parse_summary(to_json(summary), "result.json");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->checks[1].waived, "there is no lock");
  EXPECT_EQ(to_json(*parsed), to_json(summary));

  summary.checks[1].waived.reset();
  EXPECT_EQ(judge(summary, {}).verdict, RunVerdict::fail);
  EXPECT_EQ(exit_code(summary), 1);
}

}  // namespace
}  // namespace holdfast
