#include "harness/cli/runs/clean_environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace holdfast {
namespace {

// docs/trust.md lists them. The last two are for the reports of Holdfast itself.
constexpr std::array<std::string_view, 12> staying{"HOME", "LANG",  "LANGUAGE", "LOGNAME",
                                                   "PATH", "SHELL", "TERM",     "TMPDIR",
                                                   "TZ",   "USER",  "COLUMNS",  "NO_COLOR"};

}  // namespace

bool stays_in_clean_environment(const std::string& name) {
  return name.starts_with("LC_") || std::find(staying.begin(), staying.end(), name) != staying.end();
}

void clean_environment() {
  std::vector<std::string> names;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : names) {
    if (!stays_in_clean_environment(name)) ::unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  }
}

}  // namespace holdfast
