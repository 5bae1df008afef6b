// The command line: runs the subcommand (subcommand.h), or reports the mistake in one sentence.
#pragma once

namespace holdfast {

int carry_out_command_line(int argc, char** argv);

}  // namespace holdfast
