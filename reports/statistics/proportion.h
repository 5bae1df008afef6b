// What a count of successes says about the true rate.
#pragma once

#include <cstdint>

namespace holdfast {

struct Interval {
  double lower = 0, upper = 1;
};

// The exact two-sided interval of Clopper and Pearson (Biometrika 26, 1934): it covers the true rate with at
// least the `confidence` asked for, whatever that rate is. For 0 trials it is [0, 1]; 0 of n has lower bound 0
// and n of n upper bound 1, exactly. Needs successes <= trials and 0 < confidence < 1.
Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence);

// The number of trials, all successful, that shows a true rate of at least `rate`: the least n with rate^n <= 1 -
// confidence (one-sided: 59 for 95 %, 299 for 99 %, 2,995 for 99.9 %, all at 95 % confidence). Needs 0 < rate < 1 and
// 0 < confidence < 1.
std::uint64_t clean_runs_needed(double rate, double confidence);

// The inverse: the rate shown by `clean` successes in a row, one-sided; 0 for none.
double rate_shown_by(std::uint64_t clean, double confidence);

}  // namespace holdfast
