// Untrusted text (subjects' errors, file names, program names), made inert for each format.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

// One line without effect on a terminal: control characters, line breaks, text-direction overrides and bytes that are
// not UTF-8 become visible escapes (\n, \x1b, \u{202e}). Everything else is kept. Idempotent, so backslashes are left
// alone.
std::string one_line(std::string_view text);

// For Markdown, GitHub's flavour: one_line, and nothing in it is markup, HTML, a link, a table's pipe
// or a mention.
std::string markdown_text(std::string_view text);
// The same, as a code span.
std::string markdown_code(std::string_view text);
// A code block; its lines are kept, each made one_line.
std::string markdown_block(std::string_view text);

// Columns that one_line text takes on a terminal.
std::size_t display_width(std::string_view text);

// At most `columns` wide; a cut is marked by a final "…".
std::string cut_to(std::string_view text, std::size_t columns);

// Wrapped into lines of at most `columns`, breaking only words that fit on no line; the first line begins with
// `first`, the others with `rest`. Ends in a newline.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view first,
                    std::string_view rest);

// Padded with blanks to `columns`.
std::string left_aligned(std::string_view text, std::size_t columns);
std::string right_aligned(std::string_view text, std::size_t columns);

}  // namespace holdfast
