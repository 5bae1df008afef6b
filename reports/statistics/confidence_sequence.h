// What can be said about a rate when the data decided when to stop.
#pragma once

#include <cstdint>

#include "reports/statistics/proportion.h"

namespace holdfast {

// A time-uniform interval: with at least the `confidence` asked for, the intervals after 1, 2, 3 ... trials all cover
// the true rate, so it is valid to look after every trial and stop at any time. (The Clopper–Pearson interval is only
// valid after a number of trials fixed beforehand.) The price is width: it is some 1.6 times as wide after 100
// trials.
//
// It contains the rates p whose likelihood is more than 1 - confidence times that of the successes' mixture over all
// rates, weighted by Beta(1/2, 1/2); that ratio is a martingale if p is true, and Ville's inequality bounds how often
// it ever gets large (Robbins, Annals of Mathematical Statistics 41, 1970; the mixture is the beta-binomial one of
// Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021).
//
// For 0 trials it is [0, 1]; 0 of n has lower bound 0 and n of n upper bound 1, exactly. Good to some nine
// digits for up to 10^9 trials. Needs successes <= trials and 0 < confidence < 1.
Interval confidence_sequence(std::uint64_t successes, std::uint64_t trials, double confidence);

}  // namespace holdfast
