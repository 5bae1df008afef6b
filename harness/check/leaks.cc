// Leaks: an agent that has done everything still holds what it cannot need: a handle on a file that is gone, several
// on one file, or a lock.
//
// Under Windows' rules each such handle refuses everybody's replace (WINDOWS' sharing rules in harness/sharing), and a
// lock that stays taken stops the others for ever. Source: the design's "leaked handles and locks". Sound: the
// conductor looks when every agent has had its last broadcast answered and waits to be let in for its final read, so
// no operation is open. A store may keep its file open between operations, once; what was replaced or removed nobody
// else can reach, and nobody needs two handles of one file when idle. Indefinite outcomes do not matter: their
// operations have ended, one way or another; the dead hold nothing. Unknown if the run never came to rest.
#include <fmt/format.h>

#include "harness/check/checks.h"
#include "harness/check/prose.h"

namespace holdfast {

Finding check_leaks(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  if (history.idle_ns == 0) {
    finding.witness = "the agents never all came to rest, so what they held may have been in use";
    return finding;
  }
  finding.checked = evidence.plan.scenario.agents.everyone();
  for (const IdleHandles& idle : history.idle) {
    if (idle.of_gone_files == 0 && idle.most_of_one < 2) continue;
    if (finding.count++ != 0) continue;
    finding.witness =
        fmt::format("agent {} (pid {}) had nothing left to do, and held {} on the store's files", idle.agent,
                    idle.pid, counted(idle.handles, "handle"));
    *finding.witness +=
        idle.of_gone_files != 0
            ? fmt::format(", {} of them on files that are gone, such as {}", with_commas(idle.of_gone_files),
                          idle.path)
            : fmt::format(", {} of them on one file, {}", with_commas(idle.most_of_one), idle.path);
  }
  for (const std::string& file : history.locked) {
    if (finding.count++ == 0)
      finding.witness = fmt::format("every agent had nothing left to do, and {} was locked", file);
  }
  finding.verdict = finding.count == 0 ? Verdict::pass : Verdict::fail;
  return finding;
}

}  // namespace holdfast
