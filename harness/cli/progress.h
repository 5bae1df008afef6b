// The line that shows a run under way, on stderr: rewritten in place on a terminal, a plain line now and then
// elsewhere; nothing for runs of less than two seconds.
#pragma once

#include "harness/conduct/conduct.h"

namespace holdfast {

class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  void show(const Progress& progress);
  void clear();

 private:
  bool quiet_;
  bool live_;
  bool shown_ = false;
  double next_s_ = 2.0;
};

}  // namespace holdfast
