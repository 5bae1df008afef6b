// What the terminal can do, and how an error is said.
#pragma once

#include <filesystem>
#include <string_view>

namespace holdfast {

bool colour_wanted(int descriptor);     // a tty, not TERM=dumb, no NO_COLOR
bool is_live_terminal(int descriptor);  // a tty that can rewrite a line
int rows_of(int descriptor);            // 24 if unknown
int columns_of(int descriptor);         // 80 if unknown

// "holdfast: SENTENCE" on stderr, after what stands on stdout. On one line, whatever names of files or words of others stand in
// it: a line of its own might command a terminal or a CI.
void say_error(std::string_view sentence);

// A page of text on stdout, and where the report is that says more; its name on one line, as in an error.
void show_page(std::string_view page, const std::filesystem::path& report);

}  // namespace holdfast
