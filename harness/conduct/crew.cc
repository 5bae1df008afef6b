#include "harness/conduct/crew.h"

#include <fmt/core.h>

namespace holdfast {

std::vector<CrewMember> crew_of(const Plan& plan) {
  std::vector<CrewMember> crew;
  const auto add = [&](Role role, std::size_t index) {
    CrewMember& member = crew.emplace_back();
    member.role = role;
    member.index = static_cast<std::uint32_t>(index);
  };
  for (std::size_t i = 0; i < plan.scenario.agents.count; ++i) add(Role::agent, i);
  const auto& injectors = plan.scenario.injectors;
  for (std::size_t i = 0; i < injectors.size(); ++i) {
    if (injectors[i].kind != InjectorKind::kill) add(Role::injector, i);
  }
  return crew;
}

std::vector<std::string> arguments_of(const CrewMember& member, std::uint32_t token,
                                      const std::string& run_directory) {
  std::vector<std::string> arguments = {member.role == Role::agent ? "internal-agent" : "internal-injector",
                                        run_directory, fmt::format("{}", member.index),
                                        fmt::format("{}", token)};
  if (member.restarted) arguments.emplace_back("restarted");
  return arguments;
}

std::string log_name(const CrewMember& member) {
  return fmt::format("{}-{}.log", member.role == Role::agent ? "agent" : "injector", member.index);
}

}  // namespace holdfast
