// Reads back the latencies of result.json.
#pragma once

#include "reports/format/json_fields.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Fills in latency_p999_ms, latency_histogram, series and series_step_s, which older files lack, from the fields of
// the whole document. Needs the counts of broadcasts and refusals in `summary`: the histogram and the series must add
// up to them.
void read_latency(const JsonFields& fields, Summary& summary);

}  // namespace holdfast
