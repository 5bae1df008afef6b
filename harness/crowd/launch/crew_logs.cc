#include "harness/crowd/launch/crew_logs.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <fstream>

#include "harness/history/child_exit.h"

namespace holdfast {

std::string log_of(const std::filesystem::path& run_directory, const CrewMember& member) {
  constexpr std::size_t most_bytes = 2000;
  std::ifstream log(run_directory / "logs" / log_name(member), std::ios::binary);
  std::string text(most_bytes, '\0');
  log.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(log.gcount()));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string why_given_up(const CrewMember& member, std::string_view said) {
  constexpr std::string_view prefix = "holdfast: ";
  if (said.starts_with(prefix)) said.remove_prefix(prefix.size());
  if (!said.empty()) return std::string(said.substr(0, said.find('\n')));
  const std::string_view role = role_name(member.role);
  if (ran_out_of_disk(member.wait_status)) {
    return fmt::format("{} {} could not write down what it did: No space left on device", role, member.index);
  }
  return fmt::format("{} {} exited with {} and could not say why: is there space left on the disk?", role,
                     member.index, WEXITSTATUS(member.wait_status));
}

void remove_empty_logs(const std::filesystem::path& run_directory, const std::vector<CrewMember>& crew) {
  std::error_code ignored;
  for (const CrewMember& member : crew) {
    const auto log = run_directory / "logs" / log_name(member);
    if (std::filesystem::file_size(log, ignored) == 0) std::filesystem::remove(log, ignored);
  }
}

}  // namespace holdfast
