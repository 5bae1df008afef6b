// Reads result.json back. It may come from another machine or another hand: nothing in it is believed that
// the rest of the reports rely on.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "harness/scenario/json_depth.h"
#include "reports/format/json_fields.h"
#include "reports/format/text.h"
#include "reports/run/result_json_latency.h"

namespace holdfast {
namespace {

constexpr std::size_t greatest_result_bytes = std::size_t{64} << 20;  // 100,000 agents take 20 MB
constexpr int greatest_result_depth = 16;
constexpr std::uint64_t most_retries_parsed = 1'000'000;

template <typename Enum, typename Name>
void read_name(const JsonFields& fields, const char* name, std::initializer_list<Enum> values,
               const Name& name_of, Enum& into) {
  std::string text;
  fields.text(name, text);
  if (!fields.intact()) return;
  std::string wanted;
  for (const Enum value : values) {
    if (name_of(value) == text) {
      into = value;
      return;
    }
    wanted += (wanted.empty() ? "" : ", ") + std::string(name_of(value));
  }
  fields.complain(name, fmt::format("is \"{}\", but must be one of {}", cut_to(one_line(text), 60), wanted));
}

void read_quantiles(const JsonFields& fields, Quantiles& into) {
  fields.number("p50", into.p50);
  fields.number("p90", into.p90, false);
  fields.number("p99", into.p99);
  fields.number("max", into.max);
}

void read_agents(const JsonFields& fields, Summary& summary) {
  fields.count("total", summary.agents_total);
  fields.count("succeeded", summary.agents_succeeded);
  if (summary.agents_succeeded > summary.agents_total) fields.complain("succeeded", "is more than total");
  fields.each("each", [&](const JsonFields& each) {
    AgentSummary agent;
    std::uint64_t id = 0;
    each.count("id", id);
    if (id > std::numeric_limits<std::uint32_t>::max()) each.complain("id", "does not fit into 32 bits");
    agent.id = static_cast<std::uint32_t>(id);
    each.count("attempted", agent.attempted);
    each.count("ok", agent.ok);
    each.count("failed", agent.failed);
    each.count("unknown", agent.unknown);
    each.count("retries", agent.retries, false);
    each.number("waited_ms", agent.waited_ms, false);
    each.number("share", agent.share, false);
    each.number("longest_gap_ms", agent.longest_gap_ms, false);
    each.flag("succeeded", agent.succeeded, false);
    each.text("ended", agent.ended, false);
    summary.agents.push_back(std::move(agent));
  });
}

void read_broadcasts(const JsonFields& fields, const nlohmann::json& json, Summary& summary) {
  fields.count("attempted", summary.attempted);
  fields.count("ok", summary.ok);
  fields.count("failed", summary.failed);
  fields.count("unknown", summary.unknown);
  fields.number("success_rate", summary.success_rate);
  fields.count("runs_needed", summary.runs_needed);
  summary.planned = summary.attempted;
  fields.count("planned", summary.planned, false);
  if (!fields.intact()) return;
  if (summary.ok + summary.failed + summary.unknown != summary.attempted) {
    return fields.complain("attempted", "is not the sum of ok, failed and unknown");
  }
  if (summary.success_rate < 0 || summary.success_rate > 1) {
    return fields.complain("success_rate", "is not between 0 and 1");
  }
  const auto ci = json.at("broadcasts").find("ci95");
  const bool pair = ci != json.at("broadcasts").end() && ci->is_array() && ci->size() == 2 &&
                    (*ci)[0].is_number() && (*ci)[1].is_number();
  if (pair) summary.ci95 = {(*ci)[0].get<double>(), (*ci)[1].get<double>()};
  // Written so that a NaN fails too.
  if (!pair ||
      !(summary.ci95.lower >= 0 && summary.ci95.lower <= summary.ci95.upper && summary.ci95.upper <= 1)) {
    fields.complain("ci95", "is not a pair of rising numbers between 0 and 1");
  }
}

void read_retries(const JsonFields& fields, Summary& summary) {
  std::uint64_t operations = 0;
  fields.object("histogram")
      .counts_by_number(most_retries_parsed, [&](std::uint64_t retries, std::uint64_t count) {
        summary.retry_histogram[retries] = count;
        operations += count;
      });
  if (operations != summary.attempted) fields.complain("histogram", "does not sum to broadcasts.attempted");
  read_quantiles(fields.object("waits_ms"), summary.waits_ms);
  fields.text("policy", summary.policy, false);
  fields.number("planned_budget_ms", summary.planned_budget_ms, false);
  fields.each(
      "steps",
      [&](const JsonFields& each) {
        RetryStep step;
        std::uint64_t retry = 0;
        each.count("retry", retry);
        if (retry > most_retries_parsed) each.complain("retry", "is more than 1,000,000");
        step.retry = static_cast<int>(retry);
        each.flag("planned", step.planned, false);
        each.number("planned_least_ms", step.planned_least_ms);
        each.number("planned_greatest_ms", step.planned_greatest_ms);
        each.count("observed", step.observed);
        read_quantiles(each.object("observed_ms"), step.observed_ms);
        summary.retry_steps.push_back(step);
      },
      false);
}

void read_refusals(const JsonFields& fields, Summary& summary) {
  fields.count("total", summary.refusals);
  fields.object("by_code").counts_by_number(
      std::numeric_limits<std::uint16_t>::max(), [&](std::uint64_t code, std::uint64_t count) {
        summary.refusals_by_code[static_cast<std::uint16_t>(code)] = count;
      });
  fields.each("by_holder", [&](const JsonFields& each) {
    HolderSummary holder;
    each.text("holder", holder.holder);
    each.text("program", holder.program);
    each.text("share", holder.share, false);
    each.count("count", holder.count);
    each.pids("pids", holder.pids);
    summary.refusals_by_holder.push_back(std::move(holder));
  });
}

void read_findings(const JsonFields& fields, Summary& summary) {
  fields.each("injectors", [&](const JsonFields& each) {
    InjectorSummary injector;
    each.text("name", injector.name);
    each.text("kind", injector.kind, false);
    each.count("planned", injector.planned);
    each.count("fired", injector.fired);
    each.count("min_fired", injector.min_fired, false);
    const JsonFields hold = each.object("hold_ms", false);
    if (hold.present()) read_quantiles(hold, injector.hold_ms);
    each.texts("calls", injector.calls, false);
    each.count("made_wait", injector.made_wait, false);
    each.number("made_wait_max_ms", injector.made_wait_max_ms, false);
    each.count("visited", injector.visited, false);
    each.count("cut_short", injector.cut_short, false);
    each.count("recovered", injector.recovered, false);
    summary.injectors.push_back(std::move(injector));
  });
  fields.each("checks", [&](const JsonFields& each) {
    Finding finding;
    each.text("name", finding.name);
    read_name(
        each, "verdict", {Verdict::pass, Verdict::fail, Verdict::unknown, Verdict::not_applicable},
        [](Verdict verdict) { return to_string(verdict); }, finding.verdict);
    each.count("checked", finding.checked);
    each.count("count", finding.count);
    each.maybe_text("witness", finding.witness);
    std::string waived;
    each.text("waived", waived, false);
    if (!waived.empty()) finding.waived = waived;
    summary.checks.push_back(std::move(finding));
  });
  fields.each(
      "expectations",
      [&](const JsonFields& each) {
        ExpectationResult result;
        each.text("figure", result.expectation.figure);
        read_name(each, "relation", {Relation::at_least, Relation::at_most, Relation::equals}, relation_name,
                  result.expectation.relation);
        std::optional<double> threshold;
        each.maybe_number("threshold", threshold);
        result.expectation.value = threshold.value_or(std::numeric_limits<double>::quiet_NaN());
        each.maybe_number("value", result.value);
        each.flag("met", result.met);
        summary.expectations.push_back(std::move(result));
      },
      false);
}

// Whole microseconds, no more than a few months: what is drawn must not overflow.
std::int64_t microseconds(double number) {
  constexpr double most = 1e13;
  return static_cast<std::int64_t>(std::clamp(number, -most, most));
}

void read_lane(const JsonFields& fields, Summary& summary) {
  MomentLane lane;
  double from_us = 0;
  std::optional<double> until_us;
  fields.text("who", lane.who);
  fields.text("operation", lane.operation, false);
  fields.flag("holds", lane.holds, false);
  fields.number("from_us", from_us);
  fields.maybe_number("until_us", until_us);
  fields.text("end", lane.end, false);
  fields.text("below", lane.below, false);
  lane.from_us = microseconds(from_us);
  if (until_us) lane.until_us = std::max(lane.from_us, microseconds(*until_us));
  fields.each(
      "marks",
      [&](const JsonFields& each) {
        MomentMark mark;
        double at_us = 0;
        each.number("at_us", at_us);
        each.text("text", mark.text);
        each.flag("bad", mark.bad, false);
        mark.at_us = microseconds(at_us);
        lane.marks.push_back(std::move(mark));
      },
      false);
  summary.moment.push_back(std::move(lane));
}

void read_cause(const JsonFields& fields, Summary& summary) {
  if (!fields.present()) return;
  Cause& cause = summary.cause.emplace();
  fields.text("name", cause.name);
  fields.text("check", cause.check);
  fields.text("sentence", cause.sentence);
  fields.text("evidence", cause.evidence, false);
  fields.text("advice", cause.advice, false);
}

void read_reference(const JsonFields& fields, Summary& summary) {
  if (!fields.present()) return;
  ReferenceSummary reference;
  fields.count("rounds", reference.rounds);
  fields.number("before_ms", reference.before_ms);
  fields.number("after_ms", reference.after_ms);
  if (fields.intact() && !(reference.before_ms > 0)) fields.complain("before_ms", "is not more than 0");
  if (fields.intact() && !(reference.after_ms > 0)) fields.complain("after_ms", "is not more than 0");
  summary.reference = reference;
}

void read_exactness(const JsonFields& fields, Summary& summary) {
  if (!fields.present()) return;
  Exactness& exactness = summary.exactness.emplace();
  fields.count("decided", exactness.decided);
  fields.count("missed", exactness.missed);
}

void read_environment(const JsonFields& fields, Summary& summary) {
  fields.text("version", summary.version, false);
  fields.text("kernel", summary.kernel, false);
  fields.text("filesystem", summary.filesystem, false);
  fields.text("store", summary.store, false);
  fields.text("rules", summary.rules, false);
  fields.text("opens", summary.opens, false);
  fields.text("profile", summary.profile, false);
  fields.text("started_at", summary.started_at, false);
  fields.text("command", summary.command, false);
}

Summary read_summary(const nlohmann::json& json, std::optional<std::string>& problem) {
  Summary summary;
  const JsonFields fields(&json, "", &problem);
  std::string schema;
  fields.text("schema", schema);
  if (fields.intact() && schema != "holdfast.result/1") {
    fields.complain("schema",
                    fmt::format("is \"{}\", but must be holdfast.result/1", cut_to(one_line(schema), 60)));
  }
  fields.text("scenario", summary.scenario);
  fields.text("variant", summary.variant, false);
  fields.text("title", summary.title, false);
  if (const auto labels = json.is_object() ? json.find("labels") : json.end(); labels != json.end()) {
    if (!labels->is_object()) fields.complain("labels", "is not an object");
    for (const auto& [key, value] : labels->items()) {
      if (!value.is_string()) fields.complain("labels", "has a value that is not a string");
      if (value.is_string()) summary.labels.emplace_back(key, value.get<std::string>());
    }
  }
  // A seed uses all its 64 bits: no count.
  const auto seed = json.is_object() ? json.find("seed") : json.end();
  if (seed == json.end() || !seed->is_number_unsigned()) {
    fields.complain("seed", "is not a whole number from 0 to 2^64 - 1");
  } else {
    summary.seed = seed->get<std::uint64_t>();
  }
  read_name(
      fields, "verdict", {RunVerdict::pass, RunVerdict::fail, RunVerdict::inconclusive},
      [](RunVerdict verdict) { return to_string(verdict); }, summary.verdict);
  fields.texts("reasons", summary.reasons);
  fields.count("trials", summary.trials);
  read_agents(fields.object("agents"), summary);
  read_broadcasts(fields.object("broadcasts"), json, summary);
  read_retries(fields.object("retries"), summary);
  read_quantiles(fields.object("latency_ms"), summary.latency_ms);
  read_refusals(fields.object("refusals"), summary);
  read_latency(fields, summary);
  read_findings(fields, summary);
  read_cause(fields.object("cause", false), summary);
  fields.each(
      "moment", [&](const JsonFields& each) { read_lane(each, summary); }, false);
  fields.texts("warnings", summary.warnings, false);
  fields.each(
      "doubts",
      [&](const JsonFields& each) {
        Doubt doubt;
        std::string word;
        each.text("kind", word);
        doubt.kind = find_doubt(word);
        each.text("text", doubt.text);
        each.count("times", doubt.times);
        summary.doubts.push_back(std::move(doubt));
      },
      false);
  fields.texts("not_modelled", summary.not_modelled, false);
  fields.texts("tolerated", summary.tolerated, false);
  fields.number("duration_s", summary.duration_s, false);
  fields.number("load_s", summary.load_s, false);
  read_reference(fields.object("reference", false), summary);
  read_exactness(fields.object("exactness", false), summary);
  read_environment(fields.object("environment", false), summary);
  if (fields.intact() && (exit_code(summary) == 0) != (summary.verdict == RunVerdict::pass)) {
    fields.complain("verdict", "does not follow from the checks and expectations");
  }
  return summary;
}

}  // namespace

Result<Summary> parse_summary(std::string_view json, const std::string& file_name) {
  if (json.size() > greatest_result_bytes) {
    return fail(Code::invalid,
                fmt::format("{}: {} bytes are more than any result has ({}): is this a result.json?",
                            file_name, json.size(), greatest_result_bytes));
  }
  if (nesting_depth(json) > greatest_result_depth) {
    return fail(Code::invalid, fmt::format("{}: nested deeper than {} levels: this is not a result.json",
                                           file_name, greatest_result_depth));
  }
  try {
    const nlohmann::json document = nlohmann::json::parse(json);
    std::optional<std::string> problem;
    Summary summary = read_summary(document, problem);
    if (problem) return fail(Code::invalid, fmt::format("{}: {}", file_name, *problem));
    return summary;
  } catch (const nlohmann::json::exception& error) {
    return fail(Code::invalid, fmt::format("{}: {}", file_name, parser_words(error)));
  }
}

}  // namespace holdfast
