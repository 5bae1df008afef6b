// A run as it goes, on a terminal: bars of its agents, who is in the way, and how long it will take. Elsewhere the plain
// lines of progress.h.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/terminal/progress.h"
#include "harness/conduct/conduct.h"

namespace holdfast {

// The lines of the view, none wider than `columns` (at least 40) and no more than `most_lines` (at least 4): agents
// share bars where there are too many.
std::vector<std::string> live_lines(const Progress& progress, const std::string& title, std::size_t columns,
                                    std::size_t most_lines);

class LiveView {
 public:
  LiveView(bool quiet, std::string title);
  void show(const Progress& progress);
  void clear();  // nothing of it stays

 private:
  ProgressLine line_;
  std::string title_;
  bool live_;
  std::size_t painted_ = 0;  // lines above the cursor
};

}  // namespace holdfast
