// The parts of report.html that need no script. Each is a <section>, or empty if there is nothing to show.
#pragma once

#include <string>
#include <string_view>

#include "reports/page/timeline.h"
#include "reports/summary/summary.h"

namespace holdfast {

std::string_view verdict_sign(RunVerdict verdict);  // so that colour is not the only sign
std::string html_verdict(RunVerdict verdict);       // the sign and the word
std::string html_header(const Summary& summary);    // verdict, reasons, key figures
std::string html_checks(const Summary& summary);
std::string html_holders(const Summary& summary, const Timeline* timeline);
std::string html_refusals(const Timeline& timeline);  // no <section>: a table that is folded
std::string html_retries(const Summary& summary, const Timeline* timeline);
std::string html_latency(const Summary& summary);
std::string html_faults(const Summary& summary);
std::string html_agents(const Summary& summary);
std::string html_limits(const Summary& summary);  // warnings, and what was not modelled
std::string html_how(const Summary& summary);     // environment, and the command to repeat

}  // namespace holdfast
