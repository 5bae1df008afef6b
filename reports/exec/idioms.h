// How the cures for a refusal are written in a language.
#pragma once

#include <string_view>

#include "reports/exec/report.h"

namespace holdfast {

struct Idiom {
  std::string_view language;
  std::string_view close;    // "close it: leave its `with` block, or call close()"
  std::string_view share;    // what sharing deletion takes, where that helps; a clause
  std::string_view unmap;    // likewise for a mapping
  std::string_view lock;     // "one lock (…)"
  std::string_view retry;    // on which errors, and with what
  std::string_view child;    // how a child does not inherit a descriptor
  std::string_view refusal;  // what the program gets with --enforce; empty: an error code
};

// By the program and its runtime (the name of a profile; empty: unknown).
const Idiom& idiom_of(std::string_view program, std::string_view runtime);

}  // namespace holdfast
