// Sentences about a sweep, the same in every format. Plain text: renderers escape it.
#pragma once

#include <string>

#include "reports/format/text_table.h"
#include "reports/sweep/sweep.h"

namespace holdfast {

std::string sweep_headline(const Sweep& sweep);                  // "retry-budget: How long …"
std::string sweep_label(const Sweep& sweep, std::size_t curve);  // the variant, or the store
std::string edge_sentence(const Sweep& sweep,
                          std::size_t curve);           // where survival ends, compared with the policy
std::string sweep_design_sentence(const Sweep& sweep);  // what the intervals are
std::string short_sweep_sentence();                     // for one that was cut short

TableRows sweep_rows(const SweepCurve& curve);  // hold, curve, survived, rate, interval, broadcasts
std::vector<TableColumn> sweep_head();

}  // namespace holdfast
