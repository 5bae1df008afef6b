// The refused calls as a table: what stands in the lanes, for those who read without a script.
#include <fmt/format.h>

#include <algorithm>

#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/parts.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

std::string in_seconds_text(std::int64_t us) {
  return fmt::format("{:.6f} s", static_cast<double>(us) / 1e6);
}

std::string call_word(Function function) {
  switch (function) {
    case Function::rename:
      return "rename";
    case Function::unlink:
      return "unlink";
    case Function::rmdir:
      return "rmdir";
    case Function::link:
      return "link";
    default:
      return "call";
  }
}

std::string held_since(const TimelineMention& mention) {
  if (!mention.since_us) return "not on record";
  const std::string since = in_seconds_text(*mention.since_us);
  if (!mention.during.empty()) return fmt::format("in {} since {}", mention.during, since);
  return mention.until_us ? fmt::format("{}, until {}", since, in_seconds_text(*mention.until_us)) : since;
}

struct PlacedRefusal {
  std::size_t operation;
  const TimelineCall* call;
};

}  // namespace

std::string html_refusals(const Timeline& timeline) {
  constexpr std::size_t most_refusals = 200;
  std::vector<PlacedRefusal> refusals;
  for (std::size_t at = 0; at < timeline.operations.size(); ++at) {
    for (const TimelineCall& call : timeline.operations[at].calls) {
      if (call.windows_code != 0) refusals.push_back({at, &call});
    }
  }
  if (refusals.empty()) return "";
  std::stable_sort(refusals.begin(), refusals.end(), [](const PlacedRefusal& a, const PlacedRefusal& b) {
    return a.call->received_us < b.call->received_us;
  });
  TableRows rows;
  for (const auto& [at, call] : refusals) {
    if (rows.size() == most_refusals) break;
    const TimelineOperation& operation = timeline.operations[at];
    const std::string what = operation.function == Function::broadcast
                                 ? to_string(MessageId{operation.agent, operation.number})
                                 : fmt::format("a read of agent {}", operation.agent);
    std::string target = timeline.texts[call->path];
    if (call->destination != 0) target += " → " + timeline.texts[call->destination];
    std::string who;
    std::string since;
    for (const TimelineMention& mention : call->holders) {
      const TimelineHolder& holder = timeline.holders[mention.holder];
      if (!who.empty()) who += "<br>";
      if (!since.empty()) since += "<br>";
      who += html_text(fmt::format("{}{}{}{}{}", holder.name,
                                   holder.program.empty() ? "" : ", " + holder.program,
                                   holder.pid != 0 ? fmt::format(", pid {}", holder.pid) : "",
                                   mention.access.empty() ? "" : ", opened " + mention.access,
                                   holder.share.empty() ? "" : ", shares " + holder.share));
      since += html_text(held_since(mention));
    }
    rows.push_back({html_text(in_seconds_text(call->received_us)),
                    fmt::format("<a class=\"op\" href=\"#lanes\" data-op=\"{}\">{}</a>", at, html_text(what)),
                    html_text(call_word(call->function) + " " + target),
                    html_text(windows_code(call->windows_code) + (call->observed ? ", let through" : "")),
                    who, since});
  }
  const std::size_t shown = rows.size();
  std::string table =
      html_table("Refused calls",
                 {{"At", Align::right}, {"Message"}, {"Call"}, {"WinError"}, {"Held by"}, {"Since"}}, rows);
  if (shown < timeline.all_refusals) {
    table += html_paragraph(fmt::format("The first {} of {} that are drawn; there were {} in total.", shown,
                                        format_count(refusals.size()), format_count(timeline.all_refusals)),
                            "note");
  }
  return html_folded(true, fmt::format("The refused calls, one by one ({})", format_count(shown)), table);
}

}  // namespace holdfast
