// The roles in which Holdfast starts itself; not for users. Parsed by hand, since every agent pays for it.
#pragma once

namespace holdfast {

// Returns the exit code, also for an invalid command line.
int carry_out_internal(int argc, char** argv);

}  // namespace holdfast
