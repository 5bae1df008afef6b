// The children of a run as the conductor sees them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/event.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

struct CrewMember {
  Role role = Role::agent;
  std::uint32_t index = 0;
  pid_t process = 0;  // 0 = not started yet
  bool ready = false;
  bool done = false;  // agents: every broadcast answered; readers: they have seen the stop gate open
  bool exited = false;
  bool restarted = false;                  // agents: replaces one that was killed by plan
  std::vector<std::uint32_t> mailboxes{};  // for the last reader: whose mail it reads
  int wait_status = 0;
  std::uint32_t ok = 0;
  std::uint32_t failed = 0;
  std::uint32_t retries = 0;
};

// Whether it is an agent that broadcasts, not one that only reads.
bool sends(const Plan& plan, const CrewMember& member);

// Agents first, including those that only read, then the injectors that have a process (kills and delays belong to
// the supervisor). A member's token is its place + 1, its index that of the scenario.
std::vector<CrewMember> crew_of(const Plan& plan);

// The last reader, for when every agent has ended: a fresh process that reads the mail of the first few agents, and
// of those that ended abnormally and may not have read it themselves.
CrewMember last_reader(const std::vector<CrewMember>& crew);

// argv of a member, without the program.
std::vector<std::string> arguments_of(const CrewMember& member, std::uint32_t token,
                                      const std::string& run_directory);

std::string_view role_name(Role role);  // "agent", "injector", "reader"

// "agent-3.log"
std::string log_name(const CrewMember& member);

}  // namespace holdfast
