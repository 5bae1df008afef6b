#include "reports/format/ordered_json.h"
#include "reports/index/run_list.h"

namespace holdfast {
std::string run_list_json(const std::vector<ListedRun>& runs, const std::string& page) {
  OrderedJson json;
  json["schema"] = "holdfast.index/1";
  json["page"] = page;
  json["runs"] = OrderedJson::array();
  for (const ListedRun& run : runs) {
    json["runs"].push_back(
        {{"kind", run.kind},
         {"directory", run.place},
         {"report", json_text(run.report_address)},
         {"text_report", json_text(run.text_address)},
         {"scenario", run.scenario},
         {"variant", json_text(run.variant)},
         {"started_at", run.started_at},
         {"seed", run.seed ? OrderedJson(*run.seed) : OrderedJson(nullptr)},
         {"verdict", run.verdict ? OrderedJson(std::string(to_string(*run.verdict))) : OrderedJson(nullptr)},
         {"reason", run.reason},
         {"success_rate", json_number(run.success_rate)},
         {"latency_p99_ms", json_number(run.latency_p99_ms)}});
  }
  return dumped(json);
}

}  // namespace holdfast
