// A retry policy from a configuration file.
//
//   max_retries = 5
//   base_delay = "100ms"     # durations as in core/retry/duration.h
//   multiplier = 2.0
//   max_delay = "2s"         # optional: cap of one wait
//   jitter = "full"          # none | full | equal | decorrelated
//   deadline = "10s"         # optional
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/retry/retry_policy.h"

namespace holdfast {

// Missing keys keep their defaults; the result is validated. Errors are Code::invalid and begin "file:line:column: ";
// an unknown key names the nearest valid one.
Result<RetryPolicy> parse_retry_policy(std::string_view toml, const std::string& file_name);

}  // namespace holdfast
