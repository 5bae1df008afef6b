// Past runs as one page: what each came to, and how each scenario has fared over time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/summary/summary.h"

namespace holdfast {

struct ListedRun {
  std::string kind;                          // "run", "series" or "sweep"
  std::string place;                         // its directory, as people know it
  std::string report_address, text_address;  // as in href; empty: it has none
  std::string scenario, variant, title, started_at;
  std::uint64_t seed = 0;
  std::optional<RunVerdict> verdict;  // none: a sweep has none
  std::string reason;
  std::optional<double> success_rate, latency_p99_ms;  // of a run
};

// Newest first, whatever the order given; the same runs give the same bytes. `where` is the directory they lie in.
std::string render_run_list_html(std::vector<ListedRun> runs, const std::string& where);

}  // namespace holdfast
