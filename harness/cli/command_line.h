// The command line: what is wrong with one is said in a sentence that names the mistake; else the subcommand is carried
// out (subcommand.h).
#pragma once

namespace holdfast {

// Exit codes; a run's own (0 to 3) come from exit_code(Summary), a gate's (0, 2, 4) from GateResult.
inline constexpr int exit_cut_short = 2;  // of a sweep, a search or a self-test
inline constexpr int exit_usage = 64;
inline constexpr int exit_internal = 70;

int carry_out_command_line(int argc, char** argv);

}  // namespace holdfast
