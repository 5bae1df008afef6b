// Recovered: broadcasts that may or may not be done, of which it turned out that they were.
//
// After Jepsen's set-full and total-queue ("recovered" = an indefinite enqueue that was dequeued all the same). Legal:
// an indefinite outcome may take effect at any later time, or never, so this check counts, and never fails. `checked`
// are the broadcasts without a definite answer (info, unanswered, cut short by a death), `count` those that somebody
// finally read. Not applicable if every broadcast had a definite answer; unknown if nobody read anything.
#include "harness/check/checks.h"
#include "harness/check/delivery.h"

namespace holdfast {

Finding check_recovered(const Evidence& evidence) {
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    if (delivery.sent().operation(ordinal).outcome != Outcome::info) continue;
    ++finding.checked;
    finding.count += delivery.was_read(ordinal) ? 1 : 0;
  }
  if (finding.checked == 0) {
    finding.verdict = Verdict::not_applicable;
    return finding;
  }
  bool read_any = false;
  for (std::uint32_t agent = 0; agent < evidence.plan.scenario.agents.everyone(); ++agent)
    read_any = read_any || delivery.final_read(agent) != not_there;
  finding.verdict = read_any ? Verdict::pass : Verdict::unknown;
  if (!read_any) finding.witness = "no agent made a successful final read";
  return finding;
}

}  // namespace holdfast
