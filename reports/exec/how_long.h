// How long an injector had held a file when it blocked a call: joins two records.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "reports/exec/report.h"

namespace holdfast {

struct InjectorHold {
  std::int32_t pid = 0;
  std::string path;
  std::int64_t from_ns = 0;  // as ExecRefusal::at_ns
  std::int64_t to_ns = std::numeric_limits<std::int64_t>::max();
};

// Sets open_ns of holders that a hold of the file at that time explains; unknown for all others.
void tell_how_long(ExecReport& report, const std::vector<InjectorHold>& holds);

}  // namespace holdfast
