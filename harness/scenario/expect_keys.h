// expect = …, [[expect]]: thresholds on figures.
#pragma once

#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

Field<Scenario> expectations_field();

}  // namespace holdfast
