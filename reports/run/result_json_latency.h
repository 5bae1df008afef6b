// The part of result.json that says how long broadcasts took, read back.
#pragma once

#include "reports/format/json_fields.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Fills in latency_p999_ms, latency_histogram, series and series_step_s, which older files lack, from the
// fields of the whole document. Needs the counts of broadcasts and refusals in `summary`: a histogram or a
// series that does not add up to them is a problem.
void read_latency(const JsonFields& fields, Summary& summary);

}  // namespace holdfast
