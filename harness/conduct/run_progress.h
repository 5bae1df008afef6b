// How far a run has come.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/crowd/launch/crew.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

struct HolderRefusals;

struct AgentProgress {
  std::uint32_t ok = 0, failed = 0;  // broadcasts that were answered
};

struct RefusedBy {
  std::string name;  // an injector's name, "other agents", "the caller itself" or "others"
  std::uint64_t refusals = 0;
};

struct Progress {
  const char* phase = "";  // "starting", "broadcasting", …
  std::uint64_t done = 0;  // broadcasts completed, out of `total`
  std::uint64_t total = 0;
  std::uint64_t failed = 0;
  std::uint64_t refused = 0;
  std::uint64_t retries = 0;
  std::vector<AgentProgress> agents;  // by id
  std::vector<RefusedBy> refused_by;  // most first; a call with several holders counts for each
  double elapsed_s = 0;
};

// Progress as reported by the crew; phase, refused and elapsed_s are left to the caller.
Progress progress_of(const Plan& plan, const std::vector<CrewMember>& crew,
                     const std::vector<HolderRefusals>& refusals);

}  // namespace holdfast
