// HTML from untrusted text and from tables.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/format/text_table.h"

namespace holdfast {

// one_line, cut after some thousand columns, with markup escaped; for elements and quoted attributes.
std::string html_text(std::string_view text);

std::string html_prose(std::string_view plain);  // the same, with numbers and their units kept together

// A path as a URL: special characters are percent-encoded, so it contains no markup.
std::string path_address(std::string_view path);

// JSON for a <script> element: no text in it can end the element or begin a comment.
std::string script_json(std::string_view json);

// <table>, in a box that scrolls sideways and has the aria-label `label`. Cells and headers are already HTML.
std::string html_table(std::string_view label, const std::vector<TableColumn>& head, const TableRows& rows);
std::string html_table_of_text(std::string_view label, std::vector<TableColumn> head,
                               TableRows rows);  // plain text

std::string html_section(std::string_view id, std::string_view heading, std::string_view body);
std::string html_paragraph(std::string_view plain, std::string_view kind = "");       // kind: its class
std::string html_folded(bool fold, std::string_view title, const std::string& body);  // <details>, if `fold`
std::string html_list(const std::vector<std::string>& sentences);                     // plain text

// `skeleton` with each {{name}} replaced, in one pass: replacements are not scanned again.
std::string filled(std::string_view skeleton,
                   const std::vector<std::pair<std::string_view, std::string>>& parts);

}  // namespace holdfast
