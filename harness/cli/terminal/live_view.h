// A live view of a run on a terminal: bars for its agents, holders in the way, and time left. Elsewhere, the plain
// lines of progress.h.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/terminal/progress.h"
#include "harness/conduct/conduct.h"

namespace holdfast {

// The lines of the view, at most `columns` wide (at least 40) and `most_lines` in number (at least 4): if there are
// too many agents, they share bars.
std::vector<std::string> live_lines(const Progress& progress, const std::string& title, std::size_t columns,
                                    std::size_t most_lines);

class LiveView {
 public:
  LiveView(bool quiet, std::string title);
  void show(const Progress& progress);
  void clear();  // removes it from the screen

 private:
  ProgressLine line_;
  std::string title_;
  bool live_;
  std::size_t painted_ = 0;  // lines above the cursor
};

}  // namespace holdfast
