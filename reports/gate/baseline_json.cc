// Baseline files. They lie in repositories and come from other machines: nothing in one is believed unseen.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/scenario/json_depth.h"
#include "reports/format/json_fields.h"
#include "reports/format/ordered_json.h"
#include "reports/format/text.h"
#include "reports/gate/baseline.h"

namespace holdfast {
namespace {

constexpr int greatest_baseline_depth = 4;
constexpr const char* baseline_schema = "holdfast.baseline/1";

OrderedJson run_json(const RunFigures& run) {
  return {{"run", run.run},
          {"started_at", run.started_at},
          {"version", run.version},
          {"passed", run.passed},
          {"success_rate", json_number(run.success_rate)},
          {"per_second", json_number(run.per_second)},
          {"latency_p50_ms", json_number(run.latency_p50_ms)},
          {"latency_p99_ms", json_number(run.latency_p99_ms)},
          {"reference_ms", json_number(run.reference_ms)}};
}

void read_hex(const JsonFields& fields, const char* name, std::string& into) {
  fields.text(name, into);
  const bool hex = into.size() == 16 && into.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (fields.intact() && !hex) fields.complain(name, "is not 16 hex digits");
}

void read_positive(const JsonFields& fields, const char* name, std::optional<double>& into) {
  fields.maybe_number(name, into);
  if (fields.intact() && into && !(*into > 0)) fields.complain(name, "is not more than 0");
  if (fields.intact() && into && (*into < least_figure || *into > greatest_figure))
    fields.complain(name, fmt::format("is not between {:g} and {:g}", least_figure, greatest_figure));
}

RunFigures read_run_figures(const JsonFields& fields) {
  RunFigures run;
  read_hex(fields, "run", run.run);
  fields.text("started_at", run.started_at);
  fields.text("version", run.version);
  fields.flag("passed", run.passed);
  fields.maybe_number("success_rate", run.success_rate);
  if (fields.intact() && run.success_rate && !(*run.success_rate >= 0 && *run.success_rate <= 1))
    fields.complain("success_rate", "is not between 0 and 1");
  read_positive(fields, "per_second", run.per_second);
  read_positive(fields, "latency_p50_ms", run.latency_p50_ms);
  read_positive(fields, "latency_p99_ms", run.latency_p99_ms);
  read_positive(fields, "reference_ms", run.reference_ms);
  return run;
}

Baseline read_baseline(const nlohmann::json& json, std::optional<std::string>& problem) {
  Baseline baseline;
  const JsonFields fields(&json, "", &problem);
  std::string schema;
  fields.text("schema", schema);
  if (fields.intact() && schema != baseline_schema) {
    fields.complain("schema",
                    fmt::format("is \"{}\", but must be {}", cut_to(one_line(schema), 60), baseline_schema));
  }
  fields.text("scenario", baseline.scenario);
  fields.text("variant", baseline.variant);
  read_hex(fields, "settings", baseline.settings);
  std::set<std::string> seen;
  fields.each("runs", [&](const JsonFields& each) {
    baseline.runs.push_back(read_run_figures(each));
    if (each.intact() && !seen.insert(baseline.runs.back().run).second) each.complain("run", "occurs twice");
  });
  if (fields.intact() && baseline.runs.empty()) fields.complain("runs", "is empty");
  if (fields.intact() && baseline.runs.size() > most_baseline_runs)
    fields.complain("runs",
                    fmt::format("has {}, at most {} are kept", baseline.runs.size(), most_baseline_runs));
  return baseline;
}

}  // namespace

std::string to_json(const Baseline& baseline) {
  OrderedJson json;
  json["schema"] = baseline_schema;
  json["scenario"] = baseline.scenario;
  json["variant"] = baseline.variant;
  json["settings"] = baseline.settings;
  json["runs"] = OrderedJson::array();
  for (const RunFigures& run : baseline.runs) json["runs"].push_back(run_json(run));
  return dumped(json);
}

Result<Baseline> parse_baseline(std::string_view json, const std::string& file_name) {
  if (json.size() > most_baseline_bytes || nesting_depth(json) > greatest_baseline_depth) {
    return fail(Code::invalid,
                fmt::format("{}: larger or more deeply nested than any baseline of Holdfast", file_name));
  }
  try {
    const nlohmann::json document = nlohmann::json::parse(json);
    std::optional<std::string> problem;
    Baseline baseline = read_baseline(document, problem);
    if (problem) return fail(Code::invalid, fmt::format("{}: {}", file_name, *problem));
    return baseline;
  } catch (const nlohmann::json::exception& error) {
    return fail(Code::invalid, fmt::format("{}: {}", file_name, parser_words(error)));
  }
}

}  // namespace holdfast
