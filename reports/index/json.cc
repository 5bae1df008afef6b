#include "reports/format/ordered_json.h"
#include "reports/index/run_list.h"

namespace holdfast {
namespace {

OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

OrderedJson number_or_null(const std::optional<double>& number) {
  return number ? json_number(*number) : OrderedJson(nullptr);
}

}  // namespace

std::string run_list_json(const std::vector<ListedRun>& runs, const std::string& page) {
  OrderedJson json;
  json["schema"] = "holdfast.index/1";
  json["page"] = page;
  json["runs"] = OrderedJson::array();
  for (const ListedRun& run : runs) {
    json["runs"].push_back(
        {{"kind", run.kind},
         {"directory", run.place},
         {"report", text_or_null(run.report_address)},
         {"text_report", text_or_null(run.text_address)},
         {"scenario", run.scenario},
         {"variant", text_or_null(run.variant)},
         {"started_at", run.started_at},
         {"seed", run.seed ? OrderedJson(*run.seed) : OrderedJson(nullptr)},
         {"verdict", run.verdict ? OrderedJson(std::string(to_string(*run.verdict))) : OrderedJson(nullptr)},
         {"reason", run.reason},
         {"success_rate", number_or_null(run.success_rate)},
         {"latency_p99_ms", number_or_null(run.latency_p99_ms)}});
  }
  return dumped(json);
}

}  // namespace holdfast
