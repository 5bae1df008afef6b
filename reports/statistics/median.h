// The middle of some values.
#pragma once

#include <vector>

namespace holdfast {

// Of an even number the mean of the two in the middle. At least one value.
double median(std::vector<double> values);

}  // namespace holdfast
