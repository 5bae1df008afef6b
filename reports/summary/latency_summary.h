// How long broadcasts took, over the run and second by second.
#pragma once

#include "harness/history/history.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Both count from the intended start, not from when an agent got round to it: an agent that stalls delays the
// broadcasts due in the meantime, and this must show ("coordinated omission", G. Tene, "How NOT to measure latency",
// 2013).

// Fills in latency_ms, latency_p999_ms and latency_histogram.
void summarise_latency(const History& history, Summary& summary);

// Fills in series and series_step_s. Without a recorded barrier there is no series.
void summarise_series(const History& history, Summary& summary);

}  // namespace holdfast
