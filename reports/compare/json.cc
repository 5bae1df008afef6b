#include "reports/compare/compare.h"
#include "reports/format/ordered_json.h"
#include "reports/run/result_json.h"

namespace holdfast {

std::string to_json(const Comparison& comparison) {
  OrderedJson json;
  json["schema"] = "holdfast.compare/1";
  json["conclusion"] = comparison.conclusion;
  json["cautions"] = comparison.cautions;
  json["fisher_p_agents"] = json_number(comparison.fisher_p_agents);
  json["fisher_p_broadcasts"] = json_number(comparison.fisher_p_broadcasts);
  json["before"] = summary_json(comparison.before);
  json["after"] = summary_json(comparison.after);
  return dumped(json);
}

}  // namespace holdfast
