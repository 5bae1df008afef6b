#include "harness/conduct/crew.h"

#include <fmt/core.h>

namespace holdfast {

std::vector<CrewMember> crew_of(const Plan& plan) {
  std::vector<CrewMember> crew(plan.scenario.agents.count + plan.scenario.injectors.size());
  for (std::uint32_t i = 0; i < crew.size(); ++i) {
    const bool agent = i < plan.scenario.agents.count;
    crew[i].role = agent ? Role::agent : Role::injector;
    crew[i].index = agent ? i : i - plan.scenario.agents.count;
  }
  return crew;
}

std::vector<std::string> arguments_of(const CrewMember& member, std::uint32_t token,
                                      const std::string& run_directory) {
  return {member.role == Role::agent ? "internal-agent" : "internal-injector", run_directory,
          fmt::format("{}", member.index), fmt::format("{}", token)};
}

std::string log_name(const CrewMember& member) {
  return fmt::format("{}-{}.log", member.role == Role::agent ? "agent" : "injector", member.index);
}

}  // namespace holdfast
