// Which runs decide every open.

#include <algorithm>

#include "harness/scenario/injector_traits.h"
#include "harness/scenario/scenario.h"
#include "harness/sharing/profile.h"

namespace holdfast {
namespace {

bool denies(FileBits share) {
  constexpr FileBits read_and_write = read_bit | write_bit;
  return (share & read_and_write) != read_and_write;
}

// The core's store opens queue.json under its lock, but for reads: while nobody reads beside the broadcasts, no open of
// its own can fall into a replace, and a save is spared the cost.
bool opens_under_a_lock(const Scenario& scenario) {
  const Subject& subject = scenario.subject;
  return subject.kind == SubjectKind::core && subject.store == StoreKind::snapshot &&
         scenario.agents.readers == 0 && scenario.agents.read_every == 0;
}

}  // namespace

bool opens_can_be_refused(const Scenario& scenario) {
  if (scenario.sharing.deletion == Deletion::classic) return true;
  const auto profile = find_profile(scenario.sharing.profile);
  return (profile && denies(profile->share)) ||
         std::any_of(scenario.injectors.begin(), scenario.injectors.end(), [](const Injector& injector) {
           return has_process(injector.kind) && denies(parse_letters(injector.share).value_or(0));
         });
}

bool opens_are_decided(const Scenario& scenario) {
  if (scenario.sharing.rules != Rules::windows) return false;
  if (opens_can_be_refused(scenario)) return true;
  return scenario.sharing.opens.value_or(opens_under_a_lock(scenario) ? Opens::untrapped : Opens::decided) ==
         Opens::decided;
}

}  // namespace holdfast
