// Past runs as one page: what each came to, and how each scenario has fared over time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/summary/summary.h"

namespace holdfast {

struct ListedRun {
  std::string kind;                          // "run", "series", "sweep" or "unreadable"
  std::string place;                         // its directory, as people know it
  std::string report_address, text_address;  // as in href; empty: it has none
  std::string scenario, variant, started_at;
  std::optional<std::uint64_t> seed;
  std::optional<RunVerdict> verdict;  // a sweep has none
  std::string reason;
  std::optional<double> success_rate, latency_p99_ms;  // of a run
};

// What cannot be read, and so has no time, before all others.
void sort_newest_first(std::vector<ListedRun>& runs);

// The page and the JSON of a sorted list. The same runs give the same bytes.
std::string render_run_list_html(const std::vector<ListedRun>& runs);
std::string run_list_json(const std::vector<ListedRun>& runs, const std::string& page);

// Whether this is how such a page begins.
bool is_run_list(std::string_view html);

}  // namespace holdfast
