// The layout of a Summary in JSON; shared by result.json and the comparison. Heavy to include.
//
// result.json, "holdfast.result/1": UTF-8, one object. Its public fields:
//   schema  scenario  seed  verdict ("pass", "fail", "inconclusive")  reasons[]  trials
//   agents       total  succeeded  each[]: id attempted ok failed unknown
//   broadcasts   attempted  ok  failed  unknown  success_rate  ci95[2]  runs_needed
//   retries      histogram{"<retries>": broadcasts}  waits_ms
//   latency_ms   p50 p90 p99 max, as in all quantiles; of nothing they are 0
//   refusals     total  by_code{"<Windows code>": refusals}  by_holder[]: holder program count
//   injectors[]  name  planned  fired
//   checks[]     name  verdict ("pass", "fail", "unknown", "not-applicable")  checked  count  witness or null
// Fields added later, which a file may lack:
//   labels{"<key>": text}, as given by --label
//   title  duration_s  warnings[]  not_modelled[]  tolerated[]
//   doubts[] (of the warnings, those that made it inconclusive): kind (a word of harness/history/doubts.def) text times
//   environment  version kernel filesystem store rules profile opens started_at command
//   agents.each: retries waited_ms share longest_gap_ms succeeded ended    broadcasts: planned
//   latency_ms: p999, latency_histogram: upper_ms[], counts[] (a bucket's greatest latency, and how many)
//   series_step_s  series[], from the barrier on, a row a step: at_s started ok failed unknown refusals
//            latency_ms: p50 p99 max
//   retries: total policy planned_budget_ms
//            steps[]: retry planned planned_least_ms planned_greatest_ms observed observed_ms
//   refusals.by_holder: share, pids[] (the first 32)    injectors: kind min_fired hold_ms
//   variant (of the scenario, where it has some)    checks: waived (why this one does not count)
//   injectors: made_wait made_wait_max_ms (calls that waited for it and were then done; if there are any)
//   injectors of kind "kill": cut_short recovered (broadcasts); at every call: points (file calls of a save)
//            visited calls[]
//   cause (why it failed, where that is known): name check sentence evidence advice
//   moment[] (operations and holders that show it, microseconds after the start): who operation ("3-1", or empty) holds
//            from_us until_us (null: no end on record) end below marks[]: at_us text bad
//   expectations[]: figure relation ("at_least", "at_most", "equals") threshold value (null: no data) met
// ok + failed + unknown = attempted, and the histogram of retries sums to it, that of latencies to ok; so do
// the rows of the series. Counts are whole numbers up to 10^12, times are milliseconds to the microsecond
// (bounds of buckets to the nanosecond), shares lie between 0 and 1. Quantiles of latencies are up to 1/256
// above the exact ones, never below; their maximum is exact. There is no NaN and no infinity.
//
// "holdfast.compare/1": conclusion, cautions[], fisher_p_agents, fisher_p_broadcasts, and a whole result each
// as before and after.
#pragma once

#include "reports/format/ordered_json.h"
#include "reports/summary/summary.h"

namespace holdfast {

OrderedJson summary_json(const Summary& summary);

}  // namespace holdfast
