// Whether the machine has room for a crowd: processes, descriptors, memory. limits.cc decides and
// is pure, limits_here.cc reads. (A disk that gets full is said where it happens: what a run writes
// is its scenario's.)
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
  std::uint64_t used = 0;  // of it, by whomever
  std::string advice;      // how to raise it; "{}" stands for the number wanted; may be empty

  [[nodiscard]] std::uint64_t left() const { return most > used ? most - used : 0; }
};

// What `members` agents and injectors take of a resource at most, everything else that a run needs included.
std::uint64_t need_of(Resource resource, std::uint64_t members);

// One sentence for each limit that is too low, with by how much. An agent is one process, or more if it starts
// others; what memory those take nobody knows.
std::vector<std::string> shortages(const std::vector<Limit>& limits, std::uint64_t agents,
                                   std::uint64_t injectors, std::uint64_t processes_each = 1);
inline constexpr std::uint64_t processes_of_a_command = 3;  // the agent, its thread, the program

// How many agents, with an injector or two, all limits together leave room for.
std::uint64_t room_for_agents(const std::vector<Limit>& limits);

// The limits that this process is under, now. Those that do not bind it, or cannot be read, are left out.
std::vector<Limit> limits_here();

}  // namespace holdfast
