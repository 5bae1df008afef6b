// What Holdfast starts itself as; not for people. Parsed by hand, since every agent pays for it.
#pragma once

namespace holdfast {

// The exit code, also where the line is not one of these.
int carry_out_internal(int argc, char** argv);

}  // namespace holdfast
