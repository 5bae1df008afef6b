#include "reports/summary/shortened.h"

#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr std::size_t most_name_bytes = 400;
constexpr std::size_t most_sentence_bytes = 2000;

void cut(std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return;
  // An escape takes several columns for one byte, so this is what may be shown, and nothing beyond is looked at.
  text = cut_to(one_line(std::string_view(text).substr(0, bytes + 1)), bytes);
}

void cut_all(std::vector<std::string>& texts) {
  for (auto& text : texts) cut(text, most_sentence_bytes);
}

}  // namespace

Summary shortened(const Summary& summary) {
  Summary cut_down = summary;
  for (std::string Summary::*const name :
       {&Summary::scenario, &Summary::variant, &Summary::title, &Summary::version, &Summary::kernel,
        &Summary::filesystem, &Summary::started_at, &Summary::profile, &Summary::store, &Summary::rules,
        &Summary::opens, &Summary::policy}) {
    cut(cut_down.*name, most_name_bytes);
  }
  cut(cut_down.command, most_sentence_bytes);
  cut_all(cut_down.reasons);
  cut_all(cut_down.warnings);
  for (auto& doubt : cut_down.doubts) cut(doubt.text, most_sentence_bytes);
  cut_all(cut_down.not_modelled);
  cut_all(cut_down.tolerated);
  for (auto& agent : cut_down.agents) cut(agent.ended, most_name_bytes);
  for (auto& holder : cut_down.refusals_by_holder) {
    for (std::string* name : {&holder.holder, &holder.program, &holder.share}) cut(*name, most_name_bytes);
  }
  for (auto& injector : cut_down.injectors) {
    cut(injector.name, most_name_bytes);
    cut(injector.kind, most_name_bytes);
    for (auto& call : injector.calls) cut(call, most_name_bytes);
  }
  for (auto& finding : cut_down.checks) {
    cut(finding.name, most_name_bytes);
    if (finding.witness) cut(*finding.witness, most_sentence_bytes);
    if (finding.waived) cut(*finding.waived, most_sentence_bytes);
  }
  for (auto& result : cut_down.expectations) cut(result.expectation.figure, most_name_bytes);
  return cut_down;
}

}  // namespace holdfast
