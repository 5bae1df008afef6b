// Whether scenarios are valid, and what they would do: nothing is started.
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/validate/forecast.h"
#include "harness/scenario/keys.h"
#include "reports/format/number_format.h"
#include "reports/format/ordered_json.h"
#include "reports/format/text.h"

namespace holdfast {

struct ValidateCommand {
  std::vector<std::string> files;
  std::vector<std::string> settings;
  bool json = false;
  bool schema = false;
};

namespace {

struct Validated {
  std::string file;
  std::string error;  // empty: it is valid
  std::vector<Variant> variants;
};

Validated validated(const std::string& file, const std::vector<std::string>& settings,
                    const std::string& beside) {
  Validated made;
  made.file = file;
  const auto path = find_scenario(file);
  auto variants = path ? load_variants(*path, settings) : tl::make_unexpected(path.error());
  if (!variants) {
    made.error = variants.error().message;
    return made;
  }
  made.variants = std::move(*variants);
  for (const Variant& variant : made.variants) {
    if (made.error.empty()) made.error = missing_program(variant.scenario, beside);
    if (auto room = room_for(variant.scenario); !room && made.error.empty())
      made.error = room.error().message;
  }
  return made;
}

nlohmann::ordered_json to_json(const Validated& validated, const std::string& beside) {
  nlohmann::ordered_json json = {{"file", validated.file}, {"valid", validated.error.empty()}};
  if (!validated.error.empty()) json["error"] = validated.error;
  json["variants"] = nlohmann::ordered_json::array();
  for (const Variant& variant : validated.variants) {
    const Forecast made = forecast(variant.scenario, beside);
    auto injectors = nlohmann::ordered_json::array();
    for (const InjectorForecast& injector : made.injectors) {
      nlohmann::ordered_json one = {
          {"name", injector.name}, {"does", injector.text}, {"min_fired", injector.asked}};
      one["most"] =
          injector.most == 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(injector.most);
      injectors.push_back(std::move(one));
    }
    json["variants"].push_back({{"name", variant.name},
                                {"judged", variant.judged},
                                {"title", variant.scenario.title},
                                {"agents", variant.scenario.agents.count},
                                {"broadcasts", made.broadcasts},
                                {"least_s", made.least_s},
                                {"likely_s", made.likely_s},
                                {"most_s", made.most_s},
                                {"injectors", std::move(injectors)},
                                {"checks_without_effect", made.silent},
                                {"problems", made.problems}});
  }
  return json;
}

void line(const char* label, const std::string& text) {
  constexpr std::size_t columns = 80;
  fmt::print("{}", wrapped(one_line(text), columns, fmt::format("  {:<10}", label), "            "));
}

std::string seconds_text(double seconds) {
  return format_ms(seconds * 1e3);
}

void print(const Variant& variant, const Forecast& made) {
  const Scenario& scenario = variant.scenario;
  if (!variant.name.empty())
    line("variant", variant.name + (variant.judged ? "" : ", a control that is not judged"));
  line("subject", subject_text(scenario.subject));
  line(
      "plan",
      fmt::format(
          "{}, {} each: {}{}{}", format_counted(scenario.agents.count, "agent"),
          format_counted(scenario.agents.broadcasts, "broadcast"), format_counted(made.broadcasts, "message"),
          made.mail == 0 ? "" : fmt::format(", {}", format_counted(made.mail, "delivery", "deliveries")),
          scenario.agents.readers == 0
              ? ""
              : fmt::format("; {}", format_counted(scenario.agents.readers, "reader"))));
  line("time", made.least_s == made.likely_s
                   ? fmt::format("about {} ({}); stopped after {}", seconds_text(made.least_s), made.pace,
                                 seconds_text(made.most_s))
                   : fmt::format("about {} to {} ({}); stopped after {}", seconds_text(made.least_s),
                                 seconds_text(made.likely_s), made.pace, seconds_text(made.most_s)));
  for (const InjectorForecast& injector : made.injectors)
    line("can fire",
         fmt::format(
             "{} {}{}", injector.name, injector.text,
             injector.asked == 0 ? "; it need not" : fmt::format("; at least {} required", injector.asked)));
  if (made.injectors.empty()) line("can fire", "nothing: there are no injectors");
  std::string silent;
  for (const std::string& check : made.silent) silent += (silent.empty() ? "" : ", ") + check;
  if (!silent.empty()) line("no effect", silent);
  for (const Expectation& expectation : scenario.expectations) {
    const char* const sign = expectation.relation == Relation::at_least  ? ">="
                             : expectation.relation == Relation::at_most ? "<="
                                                                         : "==";
    line("expects", fmt::format("{} {} {}", expectation.figure, sign, format_figure(expectation.value)));
  }
  for (const std::string& problem : made.problems) line("problem", problem);
}

}  // namespace

static int carry_out(const ValidateCommand& command) {
  if (command.schema) {
    fmt::print("{}", scenario_schema());
    return 0;
  }
  if (command.files.empty())
    return complain(
        {Code::invalid, "validate needs a scenario, such as 'holdfast validate my.toml', or --schema"});
  const auto executable = own_executable();
  if (!executable) return complain(executable.error());
  const std::string beside = executable->parent_path().string();
  auto listed = nlohmann::ordered_json::array();
  bool all_valid = true;
  for (const std::string& file : command.files) {
    const Validated made = validated(file, command.settings, beside);
    all_valid = all_valid && made.error.empty();
    if (command.json) {
      listed.push_back(to_json(made, beside));
      continue;
    }
    fmt::print("{}: {}\n", one_line(file), made.error.empty() ? "valid" : "not valid");
    if (!made.error.empty()) complain({Code::invalid, made.error});
    if (!made.error.empty()) continue;
    for (const Variant& variant : made.variants) print(variant, forecast(variant.scenario, beside));
  }
  if (command.json) fmt::print("{}", dumped(listed));
  return all_valid ? 0 : exit_usage;
}

static void add_options(CLI::App& app, ValidateCommand& command) {
  app.add_option("scenario", command.files, "Scenario files, or names of shipped ones");
  app.add_option("--set", command.settings, "Override a scenario key, as for 'holdfast run'")
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--json", command.json, "Print JSON");
  app.add_flag("--schema", command.schema, "Print the JSON schema of scenarios, for an editor");
}

extern const Subcommand validate_subcommand{
    "validate", "Check scenarios and say what they would do: plan, time, injectors, problems",
    add_command<ValidateCommand>,
    "  holdfast validate tests/*.toml                     starts nothing\n"
    "  holdfast validate my.toml --set agents.count=32    with another value\n"
    "  holdfast validate --schema > holdfast.schema.json  for completion in an editor (first line of a\n"
    "                                                     scenario: #:schema holdfast.schema.json)"};

}  // namespace holdfast
