// What the terminal can do.
#pragma once

namespace holdfast {

bool colour_wanted(int descriptor);     // a tty, not TERM=dumb, no NO_COLOR
bool is_live_terminal(int descriptor);  // a tty that can rewrite a line
int rows_of(int descriptor);            // 24 if unknown
int columns_of(int descriptor);         // 80 if unknown

}  // namespace holdfast
