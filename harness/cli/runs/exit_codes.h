// Exit codes. A run's own (0 to 3) come from exit_code(Summary), a gate's (0, 2, 4) from GateResult.
#pragma once

namespace holdfast {

inline constexpr int exit_cut_short = 2;  // for a sweep, a search or a self-test
inline constexpr int exit_usage = 64;
inline constexpr int exit_internal = 70;

}  // namespace holdfast
