// The command line: what is wrong with one is said in a sentence that names the mistake; else the subcommand is carried
// out (subcommand.h).
#pragma once

namespace holdfast {

int carry_out_command_line(int argc, char** argv);

}  // namespace holdfast
