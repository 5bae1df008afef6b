// The checks one by one, for the list and for their tests. Each is in a file of its own, with its definition.
#pragma once

#include "harness/check/check.h"

namespace holdfast {

#define HOLDFAST_CHECK_ROW(file, name, title, gravity, figure, damage) \
  Finding check_##file(const Evidence& evidence);
#include "harness/scenario/checks.def"
#undef HOLDFAST_CHECK_ROW

}  // namespace holdfast
