// What many trials say together: by hand-made ones.
#include "reports/trials/trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/statistics/confidence_sequence.h"
#include "reports/statistics/fisher.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/example_trials.h"
#include "reports/trials/sentences.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

TrialsSummary summary_of(const std::vector<std::string>& variants, const std::vector<std::string>& letters,
                         std::uint64_t trials, StopRule stop) {
  const TrialsPlan plan = example_trials_plan(variants, trials, stop);
  return summarise_trials(plan, example_trials(plan, letters));
}

TEST(TrialOf, TakesFromTheRunWhatASeriesTells) {
  Summary run = example_fail();
  run.checks[0].waived = "for a reason";
  const Trial trial = trial_of(run, 1, "fixed/seed-7");
  EXPECT_EQ(trial.variant, 1U);
  EXPECT_EQ(trial.seed, run.seed);
  EXPECT_EQ(trial.verdict, RunVerdict::fail);
  EXPECT_EQ(trial.exit_code, 1);
  EXPECT_EQ(trial.reason, run.reasons.front());
  EXPECT_EQ(trial.directory, "fixed/seed-7");
  EXPECT_EQ(trial.ok, 197U);
  EXPECT_EQ(trial.failed, 3U);
  EXPECT_EQ(trial.agents_succeeded, 5U);
  EXPECT_EQ(trial.refusals, 63U);
  EXPECT_EQ(trial.latency_p50_ms, 2.5);
  ASSERT_EQ(trial.waived.size(), 1U);
  EXPECT_EQ(trial.waived[0].name, "delivered");
  run.ok = 0;
  EXPECT_EQ(trial_of(run, 0, "").latency_p50_ms, std::nullopt);
}

TEST(NextTrial, TakesTurnsAndCountsSeedsUp) {
  TrialsPlan plan = example_trials_plan({"a", "b"}, 2, StopRule::after_all);
  plan.seed = 41;
  std::vector<Trial> done;
  std::vector<std::string> order;
  while (const auto next = next_trial(plan, done)) {
    order.push_back(trial_directory(plan, next->variant, next->seed));
    Trial trial;
    trial.variant = next->variant;
    trial.seed = next->seed;
    trial.verdict = RunVerdict::fail;
    done.push_back(trial);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"a/seed-41", "b/seed-41", "a/seed-42", "b/seed-42"}));
  EXPECT_EQ(trial_directory(example_trials_plan({""}, 1, StopRule::after_all), 0, 5), "seed-5");
}

struct StopRow {
  std::vector<std::string> variants, letters;
  StopRule stop;
  std::uint64_t trials;
  bool more;
};

TEST(NextTrial, StopsByItsRule) {
  const StopRow rows[] = {
      {{""}, {""}, StopRule::after_all, 1, true},
      {{""}, {"f"}, StopRule::after_all, 1, false},
      {{""}, {"ff"}, StopRule::after_all, 3, true},
      {{""}, {"ppp"}, StopRule::first_failure, 4, true},
      {{""}, {"pppp"}, StopRule::first_failure, 4, false},
      {{""}, {"ppf"}, StopRule::first_failure, 1000, false},
      {{""}, {"ppm"}, StopRule::first_failure, 1000, false},
      {{""}, {"ppi"}, StopRule::first_failure, 1000, true},         // told nothing
      {{"!c", "x"}, {"f", "p"}, StopRule::first_failure, 9, true},  // only a control
      {{"!c", "x"}, {"p", "f"}, StopRule::first_failure, 9, false},
      {{""}, {std::string(71, 'p')}, StopRule::when_sure, 1000, true},
      {{""}, {std::string(72, 'p')}, StopRule::when_sure, 1000, false},
      {{""}, {std::string(72, 'p') + "i"}, StopRule::when_sure, 1000, true},  // it may have failed
      {{""}, {"ff"}, StopRule::when_sure, 1000, false},
      {{""}, {"fi"}, StopRule::when_sure, 1000, true},  // it may have passed
      {{""}, {"pf"}, StopRule::when_sure, 2, false},    // undecided, and no more allowed
      {{"!c", "x"}, {"", "ff"}, StopRule::when_sure, 1000, false},
      {{"x", "y"}, {"ff", "ff"}, StopRule::when_sure, 1000, false},
      {{"x", "y"}, {"ff", "pp"}, StopRule::when_sure, 1000, true},
  };
  for (const StopRow& row : rows) {
    const TrialsPlan plan = example_trials_plan(row.variants, row.trials, row.stop);
    EXPECT_EQ(next_trial(plan, example_trials(plan, row.letters)).has_value(), row.more)
        << testing::PrintToString(row.letters);
  }
  // A variant that is decided gets no further trial; the other, and the control, do.
  const TrialsPlan plan = example_trials_plan({"!c", "x", "y"}, 1000, StopRule::when_sure);
  EXPECT_EQ(next_trial(plan, example_trials(plan, {"fff", "ff", "ppp"}))->variant, 0U);
  EXPECT_EQ(next_trial(plan, example_trials(plan, {"ffff", "ff", "ppp"}))->variant, 2U);
}

struct VerdictRow {
  std::vector<std::string> variants, letters;
  StopRule stop;
  std::uint64_t trials;
  RunVerdict verdict;
  int exit_code;
};

TEST(SummariseTrials, TheWorstJudgedTrialDecides) {
  const auto all = StopRule::after_all;
  const auto fail = RunVerdict::fail, pass = RunVerdict::pass, unsure = RunVerdict::inconclusive;
  const VerdictRow rows[] = {
      {{""}, {"ppp"}, all, 3, pass, 0},
      {{""}, {"ppf"}, all, 3, fail, 1},
      {{""}, {"ppm"}, all, 3, fail, 3},
      {{""}, {"mfm"}, all, 3, fail, 1},
      {{""}, {"ppi"}, all, 3, unsure, 2},
      {{""}, {"pmi"}, all, 3, fail, 3},   // each trial is judged by itself
      {{""}, {"pp"}, all, 3, unsure, 2},  // cut short
      {{""}, {"pf"}, all, 3, fail, 1},
      {{""}, {""}, all, 3, unsure, 2},
      {{"!c", "x"}, {"fff", "ppp"}, all, 3, pass, 0},
      {{"!c", "x"}, {"iii", "ppp"}, all, 3, pass, 0},
      {{"!c", "x"}, {"ppp", "ppm"}, all, 3, fail, 3},
      {{"!c", "x"}, {"pp", "ppp"}, all, 3, unsure, 2},
      {{""}, {"pppp"}, StopRule::first_failure, 4, pass, 0},
      {{""}, {"ppf"}, StopRule::first_failure, 4, fail, 1},
      {{""}, {"ppm"}, StopRule::first_failure, 4, fail, 3},
      {{""}, {"pipp"}, StopRule::first_failure, 4, unsure, 2},
      {{""}, {std::string(72, 'p')}, StopRule::when_sure, 1000, pass, 0},
      {{""}, {"ff"}, StopRule::when_sure, 1000, fail, 1},
      {{""}, {"pp"}, StopRule::when_sure, 2, unsure, 2},
      {{"x", "y"}, {"ff", "ppp"}, StopRule::when_sure, 3, fail, 1},
  };
  for (const VerdictRow& row : rows) {
    const TrialsSummary summary = summary_of(row.variants, row.letters, row.trials, row.stop);
    SCOPED_TRACE(testing::PrintToString(row.letters));
    EXPECT_EQ(summary.verdict, row.verdict);
    EXPECT_EQ(summary.exit_code, row.exit_code);
    EXPECT_FALSE(summary.reasons.empty());
  }
}

TEST(SummariseTrials, AFixedNumberGivesClopperPearsonAndFisher) {
  const TrialsSummary summary = example_lockstep();
  EXPECT_TRUE(summary.complete);
  EXPECT_FALSE(summary.sequential);
  const Interval fixed = clopper_pearson(1, 20, 0.95);
  EXPECT_EQ(summary.variants[0].interval.lower, fixed.lower);
  EXPECT_EQ(summary.variants[0].interval.upper, fixed.upper);
  EXPECT_EQ(summary.variants[1].interval.lower, clopper_pearson(20, 20, 0.95).lower);
  ASSERT_EQ(summary.comparisons.size(), 1U);
  EXPECT_EQ(summary.comparisons[0].fisher_p, fisher_exact({1, 19, 20, 0}));
  EXPECT_LT(*summary.comparisons[0].fisher_p, 1e-6);
  EXPECT_EQ(summary.comparisons[0].superiority, 1.0);  // every latency of equal's is made greater
  EXPECT_LT(*summary.comparisons[0].latency_p, 1e-5);
  EXPECT_EQ(summary.variants[0].agents_total, 160U);
  EXPECT_EQ(summary.variants[0].failed_broadcasts, 38U);
  const auto waived = waived_sentences(summary);
  EXPECT_EQ(waived,
            (std::vector<std::string>{"'lost' failed in 19 of 20 trials of 'fixed', 0 of 20 trials of "
                                      "'equal'; the scenario waives it: without a lock, updates are lost"}));
}

// What the number of trials depended on may not be hidden: no Clopper–Pearson, no p.
TEST(SummariseTrials, AStopGivesConfidenceSequencesAndNoP) {
  for (const TrialsSummary& summary : {summary_of({"x", "y"}, {"ppp", "ppf"}, 1000, StopRule::first_failure),
                                       summary_of({"x", "y"}, {"ff", "ff"}, 1000, StopRule::when_sure),
                                       summary_of({"x", "y"}, {"ppp", "ppf"}, 1000, StopRule::after_all)}) {
    EXPECT_TRUE(summary.sequential);
    const VariantResult& x = summary.variants[0];
    const Interval interval = confidence_sequence(x.passed, x.trials(), 0.95);
    EXPECT_EQ(x.interval.lower, interval.lower);
    EXPECT_EQ(x.interval.upper, interval.upper);
    EXPECT_EQ(summary.comparisons[0].fisher_p, std::nullopt);
    EXPECT_EQ(summary.comparisons[0].latency_p, std::nullopt);
    for (const std::string& text : {render_trials_terminal(summary, false, 200),
                                    render_trials_markdown(summary), render_trials_junit(summary)}) {
      EXPECT_THAT(text, HasSubstr("confidence sequence"));
      EXPECT_THAT(text, testing::Not(HasSubstr("Clopper")));
      EXPECT_THAT(text, testing::Not(HasSubstr("Fisher")));
    }
  }
}

TEST(SummariseTrials, AnInconclusiveTrialCountsBothWays) {
  const VariantResult result = summary_of({""}, {"ppppi"}, 5, StopRule::after_all).variants[0];
  EXPECT_EQ(result.interval.lower, clopper_pearson(4, 5, 0.95).lower);
  EXPECT_EQ(result.interval.upper, clopper_pearson(5, 5, 0.95).upper);
}

RC_GTEST_PROP(SummariseTrialsProperty, CountsEveryTrialOnceInAnyOrder, ()) {
  const auto letters =
      *rc::gen::resize(20, rc::gen::container<std::vector<std::string>>(
                               2, rc::gen::container<std::string>(rc::gen::element('p', 'f', 'm', 'i'))));
  const auto stop = *rc::gen::element(StopRule::after_all, StopRule::first_failure, StopRule::when_sure);
  const TrialsPlan plan = example_trials_plan({"!a", "b"}, 200, stop);
  auto trials = example_trials(plan, letters);
  const TrialsSummary summary = summarise_trials(plan, trials);
  for (std::size_t at = 0; at < 2; ++at) {
    const VariantResult& result = summary.variants[at];
    RC_ASSERT(result.trials() == letters[at].size());
    RC_ASSERT(result.interval.lower <= result.interval.upper);
    RC_ASSERT(result.ok + result.failed_broadcasts + result.unknown == result.attempted);
  }
  RC_ASSERT((summary.exit_code == 0) == (summary.verdict == RunVerdict::pass));
  std::reverse(trials.begin(), trials.end());
  RC_ASSERT(to_json(summarise_trials(plan, trials)) == to_json(summary));
}

TEST(TrialsPlanJson, ReadsBack) {
  TrialsPlan plan = example_trials_plan({"!fixed", "equal"}, 7, StopRule::when_sure);
  plan.seed = UINT64_MAX - 3;
  plan.keep_all = true;
  plan.sure = {0.9, 0.5, 0.01, 0.02};
  const auto parsed = parse_trials_plan(to_json(plan), "trials-plan.json");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(to_json(*parsed), to_json(plan));
  EXPECT_EQ(parsed->seed, plan.seed);
  EXPECT_FALSE(parsed->variants[0].judged);
  const TrialsPlan one = example_trials_plan({""}, 7, StopRule::after_all);
  EXPECT_EQ(parse_trials_plan(to_json(one), "f")->variants[0].name, "");
}

TEST(TrialsPlanJson, IsNotBelievedBlindly) {
  const std::pair<const char*, const char*> changes[] = {
      {"\"trials\": 7", "\"trials\": 0"},
      {"\"trials\": 7", "\"trials\": 1000000"},
      {"after-all", "whenever"},
      {"\"fixed\"", "\"../../etc\""},
      {"\"fixed\"", "\"a/b\""},
      {"\"fixed\"", "\"..\""},
      {"holdfast.trials-plan/1", "holdfast.trials-plan/9"},
      {"\"rate_bad\": 0.95", "\"rate_bad\": 0.995"},
      {"\"seed\": 1", "\"seed\": -1"},
  };
  const std::string whole = to_json(example_trials_plan({"fixed"}, 7, StopRule::after_all));
  for (const auto& [from, to] : changes) {
    std::string json = whole;
    const auto at = json.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    json.replace(at, std::string(from).size(), to);
    const auto parsed = parse_trials_plan(json, "DIR/trials-plan.json");
    ASSERT_FALSE(parsed) << to;
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_THAT(parsed.error().message, testing::StartsWith("DIR/trials-plan.json: "));
  }
  for (std::size_t cut = 0; cut + 2 < whole.size(); cut += 11) {
    EXPECT_FALSE(parse_trials_plan(whole.substr(0, cut), "f")) << cut;
  }
}

}  // namespace
}  // namespace holdfast
