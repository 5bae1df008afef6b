#include "harness/crowd/launch/crew.h"
#include "harness/scenario/injector_traits.h"

#include <fmt/format.h>

namespace holdfast {

std::string_view role_name(Role role) {
  return role == Role::agent ? "agent" : role == Role::injector ? "injector" : "reader";
}

bool sends(const Plan& plan, const CrewMember& member) {
  return member.role == Role::agent && member.index < plan.scenario.agents.count;
}

std::vector<CrewMember> crew_of(const Plan& plan) {
  std::vector<CrewMember> crew;
  const auto add = [&](Role role, std::size_t index) {
    CrewMember& member = crew.emplace_back();
    member.role = role;
    member.index = static_cast<std::uint32_t>(index);
  };
  for (std::size_t i = 0; i < plan.scenario.agents.everyone(); ++i) add(Role::agent, i);
  const auto& injectors = plan.scenario.injectors;
  for (std::size_t i = 0; i < injectors.size(); ++i) {
    if (has_process(injectors[i].kind)) add(Role::injector, i);
  }
  return crew;
}

CrewMember last_reader(const std::vector<CrewMember>& crew) {
  constexpr std::uint32_t read_of_the_well = 8;
  constexpr std::size_t most = 64;
  CrewMember reader;
  reader.role = Role::reader;
  for (const CrewMember& member : crew) {
    if (member.role != Role::agent || reader.mailboxes.size() == most) continue;
    if (member.index < read_of_the_well || member.wait_status != 0) reader.mailboxes.push_back(member.index);
  }
  return reader;
}

std::vector<std::string> arguments_of(const CrewMember& member, std::uint32_t token,
                                      const std::string& run_directory) {
  std::vector<std::string> arguments = {fmt::format("internal-{}", role_name(member.role)), run_directory,
                                        fmt::format("{}", member.index), fmt::format("{}", token)};
  if (member.restarted) arguments.emplace_back("restarted");
  if (!member.mailboxes.empty()) arguments.push_back(fmt::format("{}", fmt::join(member.mailboxes, ",")));
  return arguments;
}

std::string log_name(const CrewMember& member) {
  return fmt::format("{}-{}.log", role_name(member.role), member.index);
}

}  // namespace holdfast
