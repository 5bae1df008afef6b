// The individual checks, for the list and for their tests. Each has its own file, whose head comment defines it.
#pragma once

#include "harness/check/check.h"

namespace holdfast {

#define HOLDFAST_CHECK_ROW(file, name, title, gravity, figure, damage, succeeds, subjects, went_wrong) \
  Finding check_##file(const Evidence& evidence);
#include "harness/scenario/checks.def"
#undef HOLDFAST_CHECK_ROW

}  // namespace holdfast
