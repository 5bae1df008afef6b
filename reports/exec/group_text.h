// A group of refusals in words, for the formats that are not the terminal.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reports/exec/groups.h"

namespace holdfast {

struct GroupText {
  std::string call;  // "rename (target held): 5 (access denied)"
  std::string file;
  std::vector<std::pair<std::string, std::string>>
      lines;  // "held by", "caller", "do": what terminal.cc shows
  std::string suppression;
};

GroupText group_text(const ExecReport& report, const ExecGroup& group);

// The summary's first sentence, and what else must be known to read the rest.
std::string exec_headline(const ExecReport& report);
std::vector<std::string> exec_notes(const ExecReport& report);

}  // namespace holdfast
