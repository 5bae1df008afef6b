// For how long an injector had had a file when it was in somebody's way: two records joined.
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

// Sets open_ns of those holders whom a hold of that file then explains; of all others nothing is known.
void tell_how_long(ExecReport& report, const std::vector<InjectorHold>& holds);

}  // namespace holdfast
