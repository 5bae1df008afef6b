// trials.json, "holdfast.trials/1", and trials-plan.json, "holdfast.trials-plan/1".
//
//   trials.json   scenario title seed verdict ("pass", "fail", "inconclusive") exit_code reasons[]
//     complete (its stopping rule ended it)  sequential (how many trials depended on what they showed)
//     design     stop ("after-all", "first-failure", "when-sure") trials (of each variant, at most)
//                sure: rate_good rate_bad alpha beta, and the exact
//                errors: alpha beta (when-sure)
//     variants[] name (null: the scenario has none) judged settings[] passed failed inconclusive rate (null:
//     no
//                trial told) ci95 [lower, upper] decision ("good", "bad", "undecided"; when-sure and judged)
//                agents {total, succeeded} broadcasts {attempted, ok, failed, unknown} retries refusals
//                latency_ms {p50, p99: medians of the trials' own, or null}
//                waived[] (check, failed in how many trials, of how many, reason)
//     comparisons[] (each variant against the first) variant fisher_p latency_p superiority (null: not
//     stated) trials[]   variant seed verdict exit_code reason directory command duration_s, agents and
//     broadcasts as
//                above, retries refusals latency_ms
//     environment version kernel filesystem started_at command
//   Fields may be added; these keep their names and meaning. In trials-plan.json: scenario title seed trials
//   stop sure keep_all variants[] (name judged settings[]) environment.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/scenario/json_depth.h"
#include "reports/format/json_fields.h"
#include "reports/format/ordered_json.h"
#include "reports/format/text.h"
#include "reports/trials/trials.h"

namespace holdfast {
namespace {

constexpr std::array<std::pair<StopRule, std::string_view>, 3> stop_words{
    {{StopRule::after_all, "after-all"},
     {StopRule::first_failure, "first-failure"},
     {StopRule::when_sure, "when-sure"}}};

std::string stop_word(StopRule stop) {
  for (const auto& [rule, word] : stop_words) {
    if (rule == stop) return std::string(word);
  }
  return "?";
}

std::string decision_word(SprtDecision decision) {
  return decision == SprtDecision::good ? "good" : decision == SprtDecision::bad ? "bad" : "undecided";
}

OrderedJson sure_json(const SprtPlan& sure) {
  return {
      {"rate_good", sure.rate_good}, {"rate_bad", sure.rate_bad}, {"alpha", sure.alpha}, {"beta", sure.beta}};
}

OrderedJson environment_json(const TrialsPlan& plan) {
  return {{"version", plan.version},
          {"kernel", plan.kernel},
          {"filesystem", plan.filesystem},
          {"started_at", plan.started_at},
          {"command", plan.command}};
}

OrderedJson variant_json(const TrialsSummary& summary, std::size_t at) {
  const TrialsVariant& variant = summary.plan.variants[at];
  const VariantResult& result = summary.variants[at];
  const std::uint64_t told = result.passed + result.failed;
  OrderedJson json = {{"name", json_text(variant.name)}, {"judged", variant.judged},
                      {"settings", variant.settings},    {"passed", result.passed},
                      {"failed", result.failed},         {"inconclusive", result.inconclusive}};
  json["rate"] = told == 0 ? OrderedJson(nullptr)
                           : OrderedJson(static_cast<double>(result.passed) / static_cast<double>(told));
  json["ci95"] = {result.interval.lower, result.interval.upper};
  if (summary.plan.stop == StopRule::when_sure && variant.judged)
    json["decision"] = decision_word(result.decision);
  json["agents"] = {{"total", result.agents_total}, {"succeeded", result.agents_succeeded}};
  json["broadcasts"] = {{"attempted", result.attempted},
                        {"ok", result.ok},
                        {"failed", result.failed_broadcasts},
                        {"unknown", result.unknown}};
  json["retries"] = result.retries;
  json["refusals"] = result.refusals;
  json["latency_ms"] = {{"p50", json_number(result.latency_p50_ms)},
                        {"p99", json_number(result.latency_p99_ms)}};
  json["waived"] = OrderedJson::array();
  for (const WaivedCheck& check : result.waived) {
    json["waived"].push_back({{"check", check.name},
                              {"failed", check.failed},
                              {"trials", check.trials},
                              {"reason", check.reason}});
  }
  return json;
}

OrderedJson trial_json(const TrialsPlan& plan, const Trial& trial) {
  OrderedJson json = {{"variant", json_text(plan.variants[trial.variant].name)},
                      {"seed", trial.seed},
                      {"verdict", std::string(to_string(trial.verdict))},
                      {"exit_code", trial.exit_code},
                      {"reason", trial.reason},
                      {"directory", trial.directory},
                      {"command", trial.command},
                      {"duration_s", trial.duration_s}};
  json["agents"] = {{"total", trial.agents_total}, {"succeeded", trial.agents_succeeded}};
  json["broadcasts"] = {
      {"attempted", trial.attempted}, {"ok", trial.ok}, {"failed", trial.failed}, {"unknown", trial.unknown}};
  json["retries"] = trial.retries;
  json["refusals"] = trial.refusals;
  json["latency_ms"] = {{"p50", json_number(trial.latency_p50_ms)},
                        {"p99", json_number(trial.latency_p99_ms)}};
  return json;
}

TrialsPlan read_plan(const nlohmann::json& json, std::optional<std::string>& problem) {
  TrialsPlan plan;
  const JsonFields fields(&json, "", &problem);
  std::string schema;
  fields.text("schema", schema);
  if (fields.intact() && schema != "holdfast.trials-plan/1") {
    fields.complain(
        "schema", fmt::format("is \"{}\", but must be holdfast.trials-plan/1", cut_to(one_line(schema), 60)));
  }
  fields.text("scenario", plan.scenario);
  fields.text("title", plan.title);
  const auto seed = json.is_object() ? json.find("seed") : json.end();
  if (seed == json.end() || !seed->is_number_unsigned()) {
    fields.complain("seed", "is not a whole number from 0 to 2^64 - 1");
  } else {
    plan.seed = seed->get<std::uint64_t>();
  }
  fields.count("trials", plan.trials);
  if (plan.trials == 0 || plan.trials > most_trials) fields.complain("trials", "is not from 1 to 100,000");
  std::string stop;
  fields.text("stop", stop);
  bool known = false;
  for (const auto& [rule, word] : stop_words) {
    if (word != stop) continue;
    plan.stop = rule;
    known = true;
  }
  if (!known) fields.complain("stop", "is none of after-all, first-failure, when-sure");
  const JsonFields sure = fields.object("sure");
  sure.number("rate_good", plan.sure.rate_good);
  sure.number("rate_bad", plan.sure.rate_bad);
  sure.number("alpha", plan.sure.alpha);
  sure.number("beta", plan.sure.beta);
  if (auto sound = check_sprt_plan(plan.sure); fields.intact() && !sound)
    fields.complain("sure", "is not a valid test plan: " + sound.error().message);
  fields.flag("keep_all", plan.keep_all);
  fields.each("variants", [&](const JsonFields& each) {
    TrialsVariant variant;
    std::optional<std::string> name;
    each.maybe_text("name", name);
    variant.name = name.value_or("");
    // It names a directory below the series' own.
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
             c == '_';
    };
    if (!std::all_of(variant.name.begin(), variant.name.end(), allowed))
      each.complain("name", "is not the name of a variant");
    each.flag("judged", variant.judged);
    each.texts("settings", variant.settings);
    plan.variants.push_back(std::move(variant));
  });
  if (fields.intact() && plan.variants.empty()) fields.complain("variants", "is empty");
  const JsonFields environment = fields.object("environment");
  environment.text("version", plan.version);
  environment.text("kernel", plan.kernel);
  environment.text("filesystem", plan.filesystem);
  environment.text("started_at", plan.started_at);
  environment.text("command", plan.command);
  return plan;
}

}  // namespace

std::string to_json(const TrialsPlan& plan) {
  OrderedJson json;
  json["schema"] = "holdfast.trials-plan/1";
  json["scenario"] = plan.scenario;
  json["title"] = plan.title;
  json["seed"] = plan.seed;
  json["trials"] = plan.trials;
  json["stop"] = stop_word(plan.stop);
  json["sure"] = sure_json(plan.sure);
  json["keep_all"] = plan.keep_all;
  json["variants"] = OrderedJson::array();
  for (const auto& variant : plan.variants) {
    json["variants"].push_back(
        {{"name", json_text(variant.name)}, {"judged", variant.judged}, {"settings", variant.settings}});
  }
  json["environment"] = environment_json(plan);
  return dumped(json);
}

Result<TrialsPlan> parse_trials_plan(std::string_view json, const std::string& file_name) {
  constexpr int greatest_depth = 16;
  if (nesting_depth(json) > greatest_depth) {
    return fail(Code::invalid, fmt::format("{}: nested deeper than {} levels: this is not a plan of trials",
                                           file_name, greatest_depth));
  }
  try {
    const nlohmann::json document = nlohmann::json::parse(json);
    std::optional<std::string> problem;
    TrialsPlan plan = read_plan(document, problem);
    if (problem) return fail(Code::invalid, fmt::format("{}: {}", file_name, *problem));
    return plan;
  } catch (const nlohmann::json::exception& error) {
    return fail(Code::invalid, fmt::format("{}: {}", file_name, parser_words(error)));
  }
}

std::string to_json(const TrialsSummary& summary) {
  const TrialsPlan& plan = summary.plan;
  OrderedJson json;
  json["schema"] = "holdfast.trials/1";
  json["scenario"] = plan.scenario;
  json["title"] = plan.title;
  json["seed"] = plan.seed;
  json["verdict"] = std::string(to_string(summary.verdict));
  json["exit_code"] = summary.exit_code;
  json["reasons"] = summary.reasons;
  json["complete"] = summary.complete;
  json["sequential"] = summary.sequential;
  json["design"] = {{"stop", stop_word(plan.stop)}, {"trials", plan.trials}};
  if (plan.stop == StopRule::when_sure) {
    json["design"]["sure"] = sure_json(plan.sure);
    json["design"]["errors"] = {{"alpha", summary.sure_errors.alpha}, {"beta", summary.sure_errors.beta}};
  }
  json["variants"] = OrderedJson::array();
  for (std::size_t at = 0; at < summary.variants.size(); ++at)
    json["variants"].push_back(variant_json(summary, at));
  json["comparisons"] = OrderedJson::array();
  for (const auto& comparison : summary.comparisons) {
    json["comparisons"].push_back({{"variant", json_text(plan.variants[comparison.variant].name)},
                                   {"fisher_p", json_number(comparison.fisher_p)},
                                   {"latency_p", json_number(comparison.latency_p)},
                                   {"superiority", json_number(comparison.superiority)}});
  }
  json["trials"] = OrderedJson::array();
  for (const Trial& trial : summary.trials) json["trials"].push_back(trial_json(plan, trial));
  json["environment"] = environment_json(plan);
  return dumped(json);
}

}  // namespace holdfast
