#include <fmt/format.h>

#include "reports/exec/group_text.h"
#include "reports/exec/render.h"
#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/assets.h"
#include "reports/page/parts.h"

namespace holdfast {

std::string exec_html(const ExecReport& report) {
  std::string command, body, suppressions;
  for (const std::string& word : report.command) command += (command.empty() ? "" : " ") + word;
  std::size_t groups = 0;
  for (const ExecGroup& group : group_refusals(report)) {
    const GroupText text = group_text(report, group);
    std::string lines = fmt::format("<dt>file</dt><dd><code>{}</code></dd>\n", html_text(text.file));
    for (const auto& [label, line] : text.lines)
      lines += fmt::format("<dt>{}</dt><dd>{}</dd>\n", label, html_text(line));
    body += html_section(fmt::format("group-{}", ++groups),
                         fmt::format("{} × {}", format_count(group.count), text.call),
                         "<dl>\n" + lines + "</dl>\n");
    suppressions += text.suppression + "\n";
  }
  if (const auto notes = exec_notes(report); !notes.empty())
    body += html_section("notes", "Notes", html_list(notes));
  if (!suppressions.empty())
    body += html_section(
        "suppress", "To suppress",
        fmt::format("<p>Lines for <code>--suppress FILE</code>:</p>\n<pre tabindex=\"0\"><code>{}"
                    "</code></pre>\n",
                    html_text(suppressions)));
  return filled(assets::plain_page_html,
                {{"title", html_text("holdfast exec: " + command)},
                 {"style", std::string(assets::style_css)},
                 {"header", fmt::format("<header>\n<h1><code>{}</code></h1>\n<p>{}</p>\n</header>\n",
                                        html_text(command), html_text(exec_headline(report)))},
                 {"body", body}});
}

}  // namespace holdfast
