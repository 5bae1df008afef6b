// The children of a run as the conductor sees them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/event.h"
#include "harness/scenario/plan.h"

namespace holdfast {

struct CrewMember {
  Role role = Role::agent;
  std::uint32_t index = 0;
  pid_t process = 0;  // 0 = not started yet
  bool ready = false;
  bool done = false;  // agents: every broadcast answered
  bool exited = false;
  bool restarted = false;  // agents: one before it was killed by plan
  int wait_status = 0;
  std::uint32_t ok = 0;
  std::uint32_t failed = 0;
};

// Agents first, then the injectors that have a process (kills are the supervisor's); a member's token is its
// place + 1, its index that of the scenario.
std::vector<CrewMember> crew_of(const Plan& plan);

// argv of a member, without the program.
std::vector<std::string> arguments_of(const CrewMember& member, std::uint32_t token,
                                      const std::string& run_directory);

// "agent-3.log"
std::string log_name(const CrewMember& member);

}  // namespace holdfast
