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
  for (auto& [key, value] : cut_down.labels) {
    cut(key, most_name_bytes);
    cut(value, most_name_bytes);
  }
  if (cut_down.cause) {
    for (std::string* text : {&cut_down.cause->name, &cut_down.cause->check, &cut_down.cause->sentence,
                              &cut_down.cause->evidence, &cut_down.cause->advice})
      cut(*text, most_sentence_bytes);
  }
  constexpr std::size_t most_lanes = 8, most_marks = 16;
  if (cut_down.moment.size() > most_lanes) cut_down.moment.resize(most_lanes);
  for (auto& lane : cut_down.moment) {
    for (std::string* text : {&lane.who, &lane.operation, &lane.end, &lane.below})
      cut(*text, most_name_bytes);
    if (lane.marks.size() > most_marks) lane.marks.resize(most_marks);
    for (auto& mark : lane.marks) cut(mark.text, most_name_bytes);
  }
  for (auto& result : cut_down.expectations) cut(result.expectation.figure, most_name_bytes);
  return cut_down;
}

}  // namespace holdfast
