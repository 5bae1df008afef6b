#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/path_text.h"
#include "harness/sharing/not_modelled.h"
#include "reports/exec/code_place.h"
#include "reports/exec/groups.h"
#include "reports/exec/render.h"
#include "reports/exec/suppression.h"
#include "reports/exec/words.h"
#include "reports/format/number_format.h"
#include "reports/format/terminal_page.h"
#include "reports/summary/milliseconds.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

constexpr std::size_t most_groups_listed = 20;
constexpr std::size_t most_holders_listed = 4;
constexpr std::size_t most_warnings_listed = 10;
constexpr std::size_t label_columns = 10;

std::string result_sentence(const ExecReport& report, std::size_t groups) {
  const std::uint64_t refused = counted_refusals(report);
  const std::string looked_at =
      fmt::format("{} on files below {}", format_counted(report.decided, "call"), directories_text(report));
  if (nothing_judged(report)) return nothing_judged_sentence(report);
  const std::string but = report.suppressed > 0
                              ? fmt::format(", not counting {} suppressed", format_count(report.suppressed))
                              : std::string();
  if (refused == 0) {
    const std::uint64_t unjudged = counted_unjudged(report);
    return fmt::format("Windows would have refused none of {}{}{}.", looked_at, but,
                       unjudged > 0 ? fmt::format("; {} could not be judged", format_count(unjudged)) : "");
  }
  if (report.enforced) {
    return fmt::format("Refused {} of {} as Windows would, in {}{}.", format_count(refused), looked_at,
                       format_counted(groups, "group"), but);
  }
  return fmt::format(
      "Windows would have refused {} of {}, in {}{}. All were let through: exec only observes.",
      format_count(refused), looked_at, format_counted(groups, "group"), but);
}

std::string call_sentence(const ExecGroup& group) {
  const ExecRefusal& first = *group.first;
  std::string what(call_word(group.key.call));
  if (!first.destination.empty()) {
    const bool held = group.key.reason == Obstacle::held;
    what += is_replace(first) ? (held ? " (target held)" : " onto") : held ? " (source held)" : " of";
  }
  return fmt::format("{}: {}", what, windows_code(group.key.code));
}

std::string caller_sentence(const ExecGroup& group) {
  const ExecRefusal& first = *group.first;
  std::string text =
      fmt::format("{} (pid {})", first.program.empty() ? "?" : file_name(first.program), first.pid);
  if (group.callers.size() > 1) text += fmt::format(" and {} more", group.callers.size() - 1);
  text += fmt::format(", {}{} after the start", group.count > 1 ? "first " : "",
                      format_ms(milliseconds(first.at_ns)));
  if (!first.destination.empty()) {
    text += is_replace(first) ? ", from " : ", to ";
    text += file_name(is_replace(first) ? first.path : first.destination);
  }
  return text;
}

// Empty: unknown.
std::string code_sentence(const ExecReport& report, const ExecGroup& group) {
  std::string text = place_in_code(report, group.first->stack);
  if (!text.empty() && group.code_places.size() > 1)
    text += fmt::format("; and {}", format_counted(group.code_places.size() - 1, "other place"));
  const std::string& note = group.first->stack.note;
  return text + (text.empty() || note.empty() ? "" : "; ") + note;
}

void show_group(TerminalPage& page, const ExecReport& report, const ExecGroup& group) {
  page.heading(fmt::format("{} x  {}", format_count(group.count), call_sentence(group)));
  page.labelled("file", Ink::plain, label_columns, shown_place(report, group), 2);
  std::size_t listed = 0;
  for (const ExecHolder& holder : group.holders) {
    if (listed == most_holders_listed) break;
    page.labelled(listed == 0 ? "held by" : "and by", Ink::plain, label_columns, holder_sentence(holder), 2);
    ++listed;
  }
  if (group.holders.size() > listed) {
    page.labelled("and by", Ink::plain, label_columns,
                  fmt::format("{}", format_counted(group.holders.size() - listed, "more holder")), 2);
  }
  if (group.holders.empty() && group.key.reason != Obstacle::held) {
    page.labelled("because", Ink::plain, label_columns, reason_word(group.key.reason), 2);
  }
  page.labelled("caller", Ink::plain, label_columns, caller_sentence(group), 2);
  if (const std::string code = code_sentence(report, group); !code.empty())
    page.labelled("at", Ink::plain, label_columns, code, 2);
  page.labelled("do", Ink::plain, label_columns, advice(group), 2);
}

template <typename Values, typename Show>
void show_first(TerminalPage& page, const Values& values, std::size_t most, const std::string& one,
                Show show) {
  for (std::size_t at = 0; at < std::min(values.size(), most); ++at) show(values[at]);
  if (values.size() > most) page.paragraph("… and " + format_counted(values.size() - most, one));
}

// Only programs outside the command were in the way: told, and no failure.
void show_spared(TerminalPage& page, const ExecReport& report) {
  if (report.spared_count == 0) return;
  constexpr std::size_t most_listed = 5;
  page.heading("Not counted: held by programs outside the command, in temporary directories");
  std::vector<std::string> lines;
  for (const ExecRefusal& spared : report.spared) {
    const ExecHolder holder = spared.holders.empty() ? ExecHolder{} : spared.holders.front();
    const std::string line =
        fmt::format("{} {}: {}", call_word(spared.call), refused_path(spared), holder_sentence(holder));
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  show_first(page, lines, most_listed, "more like these",
             [&](const std::string& line) { page.labelled("-", Ink::plain, 2, line, 2); });
}

void show_used_suppressions(TerminalPage& page, const ExecReport& report) {
  if (report.suppressed == 0) return;
  page.heading("Suppressed");
  for (const SuppressionUse& use : report.suppressions) {
    if (use.count == 0) continue;
    page.labelled(format_count(use.count) + " x", Ink::plain, label_columns,
                  use.text + (use.shipped ? "  (ships with holdfast)" : ""), 2);
  }
}

void show_suppressions(TerminalPage& page, const ExecReport& report, const std::vector<ExecGroup>& groups) {
  if (!groups.empty()) {
    page.heading("To suppress (lines for --suppress FILE)");
    show_first(page, groups, most_groups_listed, "more group",
               [&](const ExecGroup& group) { page.raw_line(suppression_line(group.key)); });
  }
  std::vector<std::string> unused;
  for (const SuppressionUse& use : report.suppressions) {
    if (use.count == 0 && !use.shipped) unused.push_back(use.text);
  }
  if (unused.empty()) return;
  page.heading("Suppressions that matched nothing");
  show_first(page, unused, most_groups_listed, "more line",
             [&](const std::string& text) { page.raw_line(text); });
}

}  // namespace

std::string render_exec_terminal(const ExecReport& report, bool colour, int columns) {
  TerminalPage page(colour, columns);
  const auto groups = group_refusals(report);
  const bool clean = counted_refusals(report) == 0;
  const Ink ink = !clean                                            ? Ink::bad
                  : report.decided == 0 || !report.unjudged.empty() ? Ink::doubtful
                                                                    : Ink::good;
  page.labelled("holdfast:", ink, label_columns, result_sentence(report, groups.size()));
  if (report.refusals_beyond > 0) {
    page.paragraph(fmt::format(
        "Only the first {} are grouped below; the other {} were counted, but their details were not kept.",
        format_count(report.refusals.size()), format_count(report.refusals_beyond)));
  }
  if (const std::string outside = outside_sentence(report); !outside.empty() && !nothing_judged(report))
    page.paragraph(outside + ".");
  show_first(page, groups, most_groups_listed, "more group",
             [&](const ExecGroup& group) { show_group(page, report, group); });
  if (!groups.empty() && !report.enforced) {
    page.heading("To see where each is made");
    page.paragraph(enforce_offer(report));
  }
  show_suppressions(page, report, groups);
  if (report.show_suppressed) show_used_suppressions(page, report);
  show_spared(page, report);
  if (!report.injectors.empty()) {
    page.heading("Faults");
    for (const ExecInjector& injector : report.injectors) {
      page.labelled(
          injector.name, injector.fired == 0 ? Ink::doubtful : Ink::plain, label_columns,
          fmt::format("{} of {} planned holds took place (min_fired: {})", format_count(injector.fired),
                      format_count(injector.planned), format_count(injector.min_fired)),
          2);
    }
  }
  if (!report.unjudged.empty()) {
    page.heading("Not judged");
    for (const Unjudged& unjudged : report.unjudged) {
      page.labelled("-", Ink::doubtful, 2,
                    fmt::format("{}{}{}", unjudged_sentence(unjudged),
                                unjudged.count == 1 ? ": " : "; the first: ", unjudged.example),
                    2);
    }
  }
  std::vector<std::string> warnings = report.warnings;
  if (std::string moved = moved_sentence(report); !moved.empty()) warnings.insert(warnings.begin(), moved);
  if (!warnings.empty()) {
    page.heading("Warnings");
    show_first(page, warnings, most_warnings_listed, "more warning",
               [&](const std::string& warning) { page.labelled("-", Ink::plain, 2, warning, 2); });
  }
  std::string topics;
  for (const std::string& sentence : not_modelled(true, report.opens_decided, report.enforced)) {
    topics += (topics.empty() ? "" : "; ") + sentence.substr(0, sentence.find(": "));
  }
  page.heading("Not modelled (details in --json)");
  page.paragraph(topics);
  return std::move(page).text();
}

}  // namespace holdfast
