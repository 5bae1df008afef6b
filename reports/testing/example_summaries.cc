#include "reports/testing/example_summaries.h"

#include "reports/statistics/histogram.h"

namespace holdfast {
namespace {

Summary example_base() {
  Summary summary;
  summary.scenario = "broadcast-8";
  summary.title = "Eight agents broadcast while an antivirus scans";
  summary.version = "0.1.0";
  summary.kernel = "Linux 6.1.0-18-amd64 x86_64";
  summary.filesystem = "ext4";
  summary.command = "holdfast run broadcast-8 --seed 7";
  summary.started_at = "2024-05-01T12:00:00Z";
  summary.profile = "python";
  summary.rules = "windows";
  summary.opens = "decided";
  summary.exactness = Exactness{412, 0};
  summary.store = "snapshot";
  summary.policy = "up to 5 retries, waits of 100 ms doubling each time, no jitter";
  summary.planned_budget_ms = 3100;
  summary.seed = 7;
  summary.duration_s = 12.34;
  summary.load_s = 11.5;
  summary.reference = ReferenceSummary{812, 0.045, 0.051};
  summary.runs_needed = 2995;
  summary.not_modelled = {
      "Byte-range locks: a read or write in a range that another handle has locked is not refused (Windows: "
      "error 33).",
      "READONLY targets: Windows never allows replacing or deleting them, however long you retry (error 5)."};
  summary.tolerated = {
      "Deadline: an answer may come up to 6.000 s after the 30.000 s deadline (20 % of it, but never less "
      "than 0.050 s)."};
  return summary;
}

void add_example_agents(Summary& summary, std::uint32_t count, std::uint64_t broadcasts,
                        std::uint32_t failing) {
  for (std::uint32_t id = 0; id < count; ++id) {
    AgentSummary agent;
    agent.id = id;
    agent.attempted = broadcasts;
    agent.ok = broadcasts;
    agent.succeeded = true;
    agent.ended = "exit 0";
    if (id < failing) {
      agent.ok = broadcasts - 1;
      agent.failed = 1;
      agent.succeeded = false;
    }
    agent.retries = id % 3;
    agent.waited_ms = 100.5 * (id % 3);
    summary.agents.push_back(agent);
    summary.attempted += agent.attempted;
    summary.ok += agent.ok;
    summary.failed += agent.failed;
  }
  summary.planned = summary.attempted;
  summary.agents_total = count;
  summary.agents_succeeded = count - failing;
  summary.success_rate = static_cast<double>(summary.ok) / static_cast<double>(summary.attempted);
  summary.ci95 = clopper_pearson(summary.ok, summary.attempted, 0.95);
  summary.latency_ms = {3.2, 104.7, 1530.25, 1801};
}

void add_example_refusals(Summary& summary) {
  summary.refusals = 63;
  summary.refusals_by_code = {{5, 60}, {32, 3}};
  summary.refusals_by_holder = {{"antivirus", "holdfast", "rwd", {4711}, 60},
                                {"self", "agent", "rw-", {4720, 4721}, 5}};
}

// Spreads what the summary counts over `seconds`, failures last, and its latencies over four values.
void add_example_times(Summary& summary, std::uint64_t seconds, std::uint64_t step_s) {
  summary.series.resize((seconds + step_s - 1) / step_s);
  summary.series_step_s = step_s;
  const std::uint64_t rows = summary.series.size();
  for (std::uint64_t at = 0; at < summary.attempted; ++at) {
    SeriesRow& row = summary.series[at * rows / summary.attempted];
    ++row.started;
    ++(at < summary.ok ? row.ok : row.failed);
  }
  for (std::uint64_t at = 0; at < summary.refusals; ++at) {
    ++summary.series[at * rows / summary.refusals].refusals;
  }
  const Quantiles& latency_ms = summary.latency_ms;
  for (std::size_t at = 0; at < rows; ++at) {
    SeriesRow& row = summary.series[at];
    if (row.ok == 0) continue;
    const double share = static_cast<double>(at + 1) / static_cast<double>(rows);
    row.latency_p50_ms = latency_ms.p50 * share;
    row.latency_p99_ms = latency_ms.p99 * share;
    row.latency_max_ms = latency_ms.max * share;
  }
  DurationHistogram histogram;
  const auto add = [&](double ms, std::uint64_t times) {
    histogram.add(static_cast<std::int64_t>(ms * 1e6), times);
  };
  add(latency_ms.p50, summary.ok - summary.ok * 5 / 10);
  add(latency_ms.p90, summary.ok * 5 / 10 - summary.ok / 10);
  add(latency_ms.p99, summary.ok / 10 - summary.ok / 100);
  add(latency_ms.max, summary.ok / 100);
  for (const auto& bucket : histogram.buckets()) {
    summary.latency_histogram.push_back({static_cast<double>(bucket.greatest_ns) / 1e6, bucket.count});
  }
  summary.latency_p999_ms = latency_ms.max;
}

std::vector<RetryStep> example_steps() {
  return {{1, 100, 100, true, 50, {100.1, 100.9, 103.4, 103.4}},
          {2, 200, 200, true, 12, {200.2, 200.4, 201, 201}},
          {3, 400, 400, true, 1, {400.2, 400.2, 400.2, 400.2}},
          {4, 800, 800, true, 0, {}},
          {5, 1600, 1600, true, 0, {}}};
}

}  // namespace

Summary example_pass() {
  Summary summary = example_base();
  add_example_agents(summary, 8, 25, 0);
  summary.retry_histogram = {{0, 150}, {1, 38}, {2, 11}, {3, 1}};
  summary.waits_ms = {0, 100.4, 300.7, 700.9};
  summary.retry_steps = example_steps();
  add_example_refusals(summary);
  add_example_times(summary, 13, 1);
  summary.injectors = {{"antivirus", "antivirus", 200, 198, 1, {30.1, 120, 299, 640}},
                       {"holder", "open-handle", 6, 6, 1, {400, 400.2, 400.3, 400.3}}};
  summary.checks = {{"delivered", Verdict::pass, 8, 0, std::nullopt},
                    {"lost", Verdict::pass, 1600, 0, std::nullopt},
                    {"duplicate", Verdict::pass, 1600, 0, std::nullopt},
                    {"orphan-temp", Verdict::not_applicable, 0, 0, std::nullopt}};
  summary.expectations = {{{"agents.succeeded", Relation::at_least, 8}, 8, true},
                          {{"wait.max", Relation::at_most, 3500}, 700.9, true}};
  summary.verdict = RunVerdict::pass;
  summary.reasons = {"200 of 200 broadcasts acknowledged; 3 checks passed; 2 expectations met"};
  return summary;
}

Summary example_fail() {
  Summary summary = example_base();
  summary.scenario = "broadcast-8-before";
  summary.store = "origin-before";
  summary.policy = "no retries";
  summary.planned_budget_ms = 0;
  summary.command = "holdfast run broadcast-8-before --seed 7";
  add_example_agents(summary, 8, 25, 3);
  summary.retry_histogram = {{0, 200}};
  summary.latency_ms = {2.5, 4, 6.5, 9};
  add_example_refusals(summary);
  add_example_times(summary, 2, 1);
  summary.injectors = {{"antivirus", "antivirus", 200, 198, 1, {30.1, 120, 299, 640}},
                       {"holder", "open-handle", 6, 6, 1, {400, 400.2, 400.3, 400.3}}};
  summary.checks = {{"delivered", Verdict::fail, 8, 3,
                     "agent 0 was refused: rename queue.json.tmp: access denied (WinError 5)"},
                    {"lost", Verdict::fail, 1576, 312,
                     "agent 3's broadcast 3-17 was acknowledged at 1.204 s, but agent 5's final read of "
                     "1,204 entries lacks it"},
                    {"duplicate", Verdict::pass, 1264, 0, std::nullopt}};
  summary.expectations = {{{"agents.succeeded", Relation::at_least, 8}, 5, false},
                          {{"latency.p99", Relation::at_most, 100}, 6.5, true}};
  summary.verdict = RunVerdict::fail;
  summary.reasons = {
      "lost: 312 of 1,576; agent 3's broadcast 3-17 was acknowledged at 1.204 s, but agent 5's final read of "
      "1,204 "
      "entries lacks it",
      "delivered: 5 of 8 agents succeeded; agent 0 was refused: rename queue.json.tmp: access denied "
      "(WinError 5)",
      "expectation missed: agents.succeeded is 5 (required: at least 8)"};
  return summary;
}

Summary example_inconclusive() {
  Summary summary = example_base();
  add_example_agents(summary, 8, 20, 0);
  summary.agents[7].attempted = summary.agents[7].ok = 0;
  summary.agents[7].succeeded = false;
  summary.agents[7].ended = "still running";
  summary.attempted = summary.ok = 140;
  summary.planned = 200;
  summary.agents_succeeded = 7;
  summary.ci95 = clopper_pearson(140, 140, 0.95);
  summary.retry_histogram = {{0, 140}};
  summary.injectors = {{"antivirus", "antivirus", 200, 0, 1, {}}};
  summary.checks = {{"delivered", Verdict::unknown, 7, 0, "the run was cut before agent 7 began"},
                    {"lost", Verdict::unknown, 0, 0, "no agent's final read is on record"},
                    {"duplicate", Verdict::pass, 12, 0, std::nullopt}};
  summary.expectations = {{{"lost", Relation::equals, 0}, std::nullopt, false}};
  summary.warnings = {"agent-7.events: byte offset 1,024: the record was cut short"};
  summary.doubts = {{DoubtKind::damaged_record, summary.warnings.front(), 1}};
  summary.verdict = RunVerdict::inconclusive;
  summary.reasons = {"the run was interrupted", "lost not determined: no agent's final read is on record",
                     "delivered not determined: the run was cut before agent 7 began",
                     "expectation missed: lost: no data (required: exactly 0)"};
  return summary;
}

Summary example_one_operation() {
  Summary summary = example_base();
  summary.scenario = "one";
  summary.title = "";
  summary.rules = "posix";
  summary.not_modelled = {"Windows' sharing rules: this run used the rules of POSIX."};
  add_example_agents(summary, 1, 1, 0);
  summary.latency_ms = {0.412, 0.412, 0.412, 0.412};
  summary.retry_histogram = {{0, 1}};
  summary.checks = {{"delivered", Verdict::pass, 1, 0, std::nullopt},
                    {"lost", Verdict::pass, 1, 0, std::nullopt}};
  summary.verdict = RunVerdict::pass;
  summary.reasons = {"1 of 1 broadcast acknowledged, and 2 checks passed"};
  return summary;
}

Summary example_many_agents() {
  Summary summary = example_base();
  add_example_agents(summary, 1000, 4, 17);
  summary.retry_histogram = {{0, 3001}, {1, 998}, {2, 1}};
  summary.waits_ms = {0, 100.4, 100.9, 301};
  summary.retry_steps = example_steps();
  add_example_refusals(summary);
  add_example_times(summary, 1130, 2);
  summary.agents[500].ended = "killed by SIGKILL";
  summary.checks = {{"delivered", Verdict::fail, 1000, 17, "agent 0 was refused"}};
  summary.verdict = RunVerdict::fail;
  summary.reasons = {"delivered: 983 of 1,000 agents succeeded; agent 0 was refused"};
  return summary;
}

Summary example_hostile(const std::string& text) {
  Summary summary = example_fail();
  summary.scenario = summary.title = summary.version = summary.kernel = summary.filesystem = text;
  summary.command = summary.profile = summary.store = summary.policy = summary.started_at = text;
  summary.rules = "windows";
  summary.reasons = {text, text};
  summary.warnings = {text};
  summary.doubts = {{DoubtKind::other, text, 1}};
  summary.not_modelled = {text};
  summary.tolerated = {text};
  for (auto& agent : summary.agents) agent.ended = text;
  for (auto& holder : summary.refusals_by_holder) holder.holder = holder.program = holder.share = text;
  for (auto& injector : summary.injectors) injector.name = injector.kind = text;
  for (auto& finding : summary.checks) finding.witness = text;
  summary.checks.push_back({text, Verdict::unknown, 1, 0, text});
  summary.expectations.push_back({{text, Relation::at_least, 1}, std::nullopt, false});
  return summary;
}

}  // namespace holdfast
