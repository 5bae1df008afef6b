#include "reports/exec/group_text.h"

#include <fmt/format.h>

#include "core/base/path_text.h"
#include "reports/exec/suppression.h"
#include "reports/exec/words.h"
#include "reports/format/number_format.h"
#include "reports/summary/milliseconds.h"
#include "reports/summary/sentences.h"

namespace holdfast {

GroupText group_text(const ExecReport& report, const ExecGroup& group) {
  const ExecRefusal& first = *group.first;
  GroupText text;
  text.call = std::string(call_word(group.key.call));
  if (!first.destination.empty() && group.key.reason == Obstacle::held)
    text.call += is_replace(first) ? " (target held)" : " (source held)";
  text.call += ": " + windows_code(group.key.code);
  text.file = group.several_paths ? group.key.place : name_of(report, refused_path(first));
  for (const ExecHolder& holder : group.holders) text.lines.emplace_back("held by", holder_sentence(holder));
  if (group.holders.empty() && group.key.reason != Obstacle::held)
    text.lines.emplace_back("because", std::string(reason_word(group.key.reason)));
  text.lines.emplace_back("caller", fmt::format("{} (pid {}), {} after the start",
                                                first.program.empty() ? "?" : file_name(first.program),
                                                first.pid, format_ms(milliseconds(first.at_ns))));
  text.lines.emplace_back("do", advice(group));
  text.suppression = suppression_line(group.key);
  return text;
}

std::string exec_headline(const ExecReport& report) {
  if (nothing_judged(report)) return nothing_judged_sentence(report);
  const std::string calls =
      fmt::format("{} on files below {}", format_counted(report.decided, "call"), directories_text(report));
  const std::uint64_t refused = counted_refusals(report);
  if (refused == 0) return fmt::format("Windows would have refused none of {}.", calls);
  return fmt::format("{} {} of {}.",
                     report.enforced ? "Refused, as Windows would," : "Windows would have refused",
                     format_count(refused), calls);
}

std::vector<std::string> exec_notes(const ExecReport& report) {
  std::vector<std::string> notes;
  if (report.suppressed > 0)
    notes.push_back(format_counted(report.suppressed, "suppressed refusal") + " not counted.");
  if (report.refusals_beyond > 0)
    notes.push_back(fmt::format("{} were counted, but their details were not kept.",
                                format_counted(report.refusals_beyond, "more refusal")));
  for (const ExecInjector& injector : report.injectors)
    notes.push_back(fmt::format("{}: {} of {} planned holds took place.", injector.name,
                                format_count(injector.fired), format_count(injector.planned)));
  for (const Unjudged& unjudged : report.unjudged)
    notes.push_back(
        fmt::format("Not judged: {}; for example {}.", unjudged_sentence(unjudged), unjudged.example));
  notes.insert(notes.end(), report.warnings.begin(), report.warnings.end());
  return notes;
}

}  // namespace holdfast
