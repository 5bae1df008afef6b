// The gate's result for people and for programs.
#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "reports/format/number_format.h"
#include "reports/format/ordered_json.h"
#include "reports/format/text.h"
#include "reports/format/text_table.h"
#include "reports/gate/gate.h"

namespace holdfast {
namespace {

std::string_view gate_word(int exit_code) {
  return exit_code == 0 ? "PASS" : exit_code == 4 ? "REGRESSION" : "INCONCLUSIVE";
}

std::string figure_cell(const FigureComparison& figure, double value) {
  if (figure.runs_before == 0 || figure.runs_now == 0) return "no data";
  return figure.ratio ? format_figure(std::round(value * 1000) / 1000) : format_percent(value);
}

// Of a throughput the gate compares how long a broadcast takes, where more is worse, as everywhere in this table.
std::string shown_name(const FigureComparison& figure) {
  return figure.name == "throughput" ? "time per broadcast" : figure.name;
}

std::string change_cell(const FigureComparison& figure) {
  if (figure.runs_before == 0 || figure.runs_now == 0) return "";
  if (figure.ratio) return fmt::format("{:+.1f} %", (figure.worse_by - 1) * 100);
  return fmt::format("{:+.1f} points", figure.worse_by == 0 ? 0 : -figure.worse_by * 100);
}

}  // namespace

std::string render_gate(const GateResult& result, const Baseline& baseline, int columns) {
  const auto width = static_cast<std::size_t>(columns);
  const std::string variant =
      baseline.variant.empty() ? "" : fmt::format(" ({})", one_line(baseline.variant));
  std::string page =
      fmt::format("{}  {}{}\n", gate_word(result.exit_code), one_line(baseline.scenario), variant);
  for (const std::string& reason : result.reasons) page += wrapped(reason, width, "  - ", "    ");
  TableRows rows;
  for (const FigureComparison& figure : result.figures) {
    rows.push_back({shown_name(figure) + (figure.ratio ? " *" : ""), figure_cell(figure, figure.before),
                    figure_cell(figure, figure.now), change_cell(figure),
                    figure.p >= 1 ? "= 1" : format_p(figure.p), figure.regression ? "worse" : ""});
  }
  page += "\n" + terminal_table({{""},
                                 {"baseline", Align::right},
                                 {"now", Align::right},
                                 {"change", Align::right},
                                 {"p, one-sided", Align::right},
                                 {""}},
                                rows, width, "  ");
  page += wrapped("* measured in rounds of the reference work timed in the same run; + is slower", width,
                  "  ", "    ");
  return page;
}

std::string to_json(const GateResult& result, const Baseline& baseline) {
  OrderedJson json;
  json["schema"] = "holdfast.gate/1";
  json["scenario"] = baseline.scenario;
  json["variant"] = baseline.variant;
  json["exit"] = result.exit_code;
  json["reasons"] = result.reasons;
  json["runs_baseline"] = result.runs_before;
  json["runs"] = result.runs_now;
  json["runs_needed"] = result.runs_needed == 0 ? OrderedJson(nullptr) : OrderedJson(result.runs_needed);
  json["figures"] = OrderedJson::array();
  for (const FigureComparison& figure : result.figures) {
    json["figures"].push_back({{"name", figure.name},
                               {"runs_baseline", figure.runs_before},
                               {"runs", figure.runs_now},
                               {"baseline", figure.before},
                               {"now", figure.now},
                               {figure.ratio ? "worse_factor" : "worse_points",
                                figure.ratio ? figure.worse_by : figure.worse_by * 100},
                               {"p", figure.p},
                               {"level", figure.level},
                               {"regression", figure.regression}});
  }
  return dumped(json);
}

}  // namespace holdfast
