// Sentences about a series of trials, the same in every format. Plain text: renderers escape it.
#pragma once

#include <string>
#include <vector>

#include "reports/format/text_table.h"
#include "reports/trials/trials.h"

namespace holdfast {

std::vector<std::string> trials_reasons(const TrialsSummary& summary);   // why this verdict; never empty
std::string trials_headline(const TrialsSummary& summary);               // "lockstep: Eight writers …"
std::string variant_label(const TrialsPlan& plan, std::size_t variant);  // its name; "trials" if it has none
std::string design_sentence(
    const TrialsSummary& summary);  // what ended the series, and its kind of intervals
std::string sharing_sentence();     // why the trial is the unit
std::string comparison_sentence(const TrialsSummary& summary, const VariantComparison& comparison);
std::string trial_sentence(const TrialsSummary& summary, const Trial& trial);  // "fixed, seed 3: FAIL: why"
std::string keeping_sentence(const TrialsSummary& summary);                    // what is kept of the trials

// "fixed: subject.retry.jitter = none"; none if no variant has settings of its own.
std::vector<std::string> settings_sentences(const TrialsSummary& summary);
// "'lost' failed in 20 of 20 trials of 'fixed', 19 of 20 trials of 'equal'; the scenario waives it: …"
std::vector<std::string> waived_sentences(const TrialsSummary& summary);

TableRows trials_rows(const TrialsSummary& summary);  // variant, judged, trials, …; headed by trials_head()
std::vector<TableColumn> trials_head();
TableRows variants_rows(const TrialsSummary& summary);  // what, then a cell for each variant, then p
std::vector<TableColumn> variants_head(const TrialsSummary& summary);

}  // namespace holdfast
