// The middle of some values.
#pragma once

#include <vector>

namespace holdfast {

// For an even number, the mean of the two in the middle. Needs at least one value.
double median(std::vector<double> values);

}  // namespace holdfast
