// For tests: saves by rename, and what a witness says about them.
#pragma once

#include <string>

#include "harness/check/checks.h"
#include "harness/check/testing_history.h"

namespace holdfast {

inline constexpr const char* stored_queue = "/run/store/queue.json";
inline const std::string temp_a = "/run/store/a.tmp", temp_b = "/run/store/b.tmp";

inline TestRun& put(TestRun& run, std::uint32_t agent, std::int64_t at_ms, const std::string& from,
                    std::uint16_t windows_code = 0, int os_error = 0) {
  return run.call(agent, at_ms, Function::rename, from, stored_queue, windows_code, os_error);
}

inline std::string witness_of(const TestRun& run, Finding (*check)(const Evidence&) = check_lost) {
  return check({run.plan, run.history}).witness.value_or("");
}

}  // namespace holdfast
