// The progress line on stderr: rewritten in place on a terminal, elsewhere a plain line now and then; nothing for
// runs of less than two seconds.
#pragma once

#include <string>

#include "harness/conduct/conduct.h"

namespace holdfast {

std::string progress_text(const Progress& progress);  // "12 s, broadcasting: 40 of 200 broadcasts, …"

std::string time_left_text(double seconds);  // "80 s", "3 min"

class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  // `elapsed_s`: since the work began.
  void show(const std::string& text, double elapsed_s);
  void clear();

 private:
  bool quiet_;
  bool live_;
  bool shown_ = false;
  double next_s_ = 2.0;
};

}  // namespace holdfast
