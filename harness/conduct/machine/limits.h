// Whether the machine has room for a crowd: processes, descriptors, memory. limits.cc decides and is pure,
// limits_here.cc reads. (A full disk is reported where it happens, because what a run writes depends on its
// scenario.)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

enum class Resource { processes, descriptors, memory };

// One limit of the machine, as it is now.
struct Limit {
  Resource resource = Resource::processes;
  std::string whose;  // "this user", "this control group (pids.max)"
  std::uint64_t most = 0;
  std::uint64_t used = 0;  // how much of it all processes use now
  std::string advice;      // how to raise it; "{}" stands for the number needed; may be empty

  [[nodiscard]] std::uint64_t left() const { return most > used ? most - used : 0; }
};

// The most of a resource that `members` agents and injectors take, including everything else that a run needs.
std::uint64_t need_of(Resource resource, std::uint64_t members);

// One sentence for each limit that is too low, and by how much. An agent is one process, or more if it starts others;
// the memory of those is unknown.
std::vector<std::string> shortages(const std::vector<Limit>& limits, std::uint64_t agents,
                                   std::uint64_t injectors, std::uint64_t processes_each = 1);
inline constexpr std::uint64_t processes_of_a_command = 3;  // the agent, its thread, the program

// The number of agents, with an injector or two, that all limits together leave room for.
std::uint64_t room_for_agents(const std::vector<Limit>& limits);

// The current limits of this process. Those that do not bind it, or cannot be read, are left out.
std::vector<Limit> limits_here();

}  // namespace holdfast
