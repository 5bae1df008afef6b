#include "harness/check/prose.h"

#include <fmt/format.h>
#include <sys/wait.h>

namespace holdfast {

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one) {
  std::string noun(one);
  if (number != 1) {
    const bool ends_in_y = noun.ends_with("ry");
    if (ends_in_y) noun.pop_back();
    noun += ends_in_y ? "ies" : "s";
  }
  return with_commas(number) + ' ' + noun;
}

std::string in_seconds(std::int64_t duration_ns) {
  return fmt::format("{:.3f} s", static_cast<double>(duration_ns) * 1e-9);
}

std::string at_time(const History& history, std::int64_t time_ns) {
  return in_seconds(time_ns - history.started_ns);
}

std::string how_ended(const ProcessRecord& process) {
  if (!process.exited) return "was not seen to end";
  if (WIFSIGNALED(process.wait_status))
    return fmt::format("was killed by signal {}", WTERMSIG(process.wait_status));
  return fmt::format("exited with {}", WEXITSTATUS(process.wait_status));
}

}  // namespace holdfast
