#include "harness/check/check.h"

#include <exception>

#include "harness/check/checks.h"

namespace holdfast {

const std::vector<NamedCheck>& all_checks() {
  static const std::vector<NamedCheck> checks = {
      {"delivered", "Every agent succeeded: all its broadcasts were acknowledged and reached everyone once",
       check_delivered},
      {"lost", "Nothing acknowledged was lost", check_lost},
      {"phantom", "Nobody read a message that was never sent to them", check_phantom},
      {"duplicate", "Nobody read a message twice", check_duplicate},
      {"order", "Messages arrived in the order in which they were sent", check_order},
      {"divergent-order", "All reads agree on one order of the messages", check_divergent_order},
      {"torn-read", "Every load found a whole queue", check_torn_read},
      {"vanished", "What a read had shown was there in every later one", check_vanished},
      {"stale-read", "Every read held what was acknowledged before it", check_stale_read},
      {"resurrected", "Nothing is there of which its sender was told that it failed", check_resurrected},
      {"recovered", "What had no definite answer may be there or not", check_recovered},
      {"durability", "What was acknowledged survived every death", check_durability},
      {"orphan-temp", "No temporary file was left behind", check_orphan_temp},
      {"leaks", "Agents that had nothing left to do held no lock, and no handle without need", check_leaks},
      {"retry-discipline", "Retries kept to the policy", check_retry_discipline},
      {"bounded-wait", "No operation took longer than its deadline and its policy allow", check_bounded_wait},
      {"progress", "Once faults had stopped, everything succeeded", check_progress},
      {"faults-fired", "Every injector fired as often as the scenario asks", check_faults_fired},
  };
  return checks;
}

Finding run_check(const NamedCheck& check, const Evidence& evidence) {
  Finding finding;
  try {
    finding = check.run(evidence);
  } catch (const std::exception& problem) {
    finding = {};
    finding.witness = std::string("the check itself failed: ") + problem.what();
  } catch (...) {
    finding = {};
    finding.witness = "the check itself failed";
  }
  finding.name = check.name;
  for (const Waiver& waiver : evidence.plan.scenario.waivers) {
    if (waiver.check == check.name) finding.waived = waiver.reason;
  }
  return finding;
}

std::vector<Finding> run_checks(const Plan& plan, const History& history) {
  const Evidence evidence(plan, history);
  std::vector<Finding> findings;
  for (const NamedCheck& check : all_checks()) findings.push_back(run_check(check, evidence));
  return findings;
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::unknown:
      return "unknown";
    case Verdict::not_applicable:
      return "not-applicable";
  }
  return "unknown";
}

}  // namespace holdfast
