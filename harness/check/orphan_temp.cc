// Orphan temp: after the run a file is left in the store directory that does not belong there.
//
// A save must remove its temporary file on every path, the failing ones too; what is left fills the disk and,
// under a name that all share, is published by somebody else's save. Sound only when all saves have ended:
// before the run was quiet, a temporary file may be in use. Agents that the conductor ended may leave theirs:
// such a run tells nothing. Indefinite outcomes leave no file either.
#include <fmt/format.h>

#include "harness/check/checks.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"

namespace holdfast {

Finding check_orphan_temp(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  if (history.quiesced_ns == 0) {
    finding.witness = "the run never became quiet, so a temporary file may still have been in use";
    return finding;
  }
  finding.count = history.leftovers.size();
  if (finding.count != 0) {
    finding.checked = 1;
    finding.verdict = Verdict::fail;
    const std::string& left = history.leftovers.front();
    finding.witness = told(history, fmt::format("{} in the store directory after the run: {}{}",
                                                counted(finding.count, "file") + " left", left,
                                                Fates(evidence).of_leftover(left)));
  } else if (history.complete) {
    finding.checked = 1;
    finding.verdict = Verdict::pass;
  } else {
    finding.witness = "the run did not finish, so its store directory was not looked at";
  }
  return finding;
}

}  // namespace holdfast
