// A virus scanner: opens a file soon after a writer closed it, after a replace or at an open, and holds it while it
// "scans". Whether the calls of others are refused meanwhile or wait for the end of the scan is the supervisor's
// business (obliging_holders.h).
//
// A model, and reports call it one: nobody has published how long real scanners hold files (docs/windows-rules.md).
#include "harness/crowd/inject/follow_triggers.h"
#include "harness/crowd/inject/open_file.h"

namespace holdfast {

Result<> inject_antivirus(InjectorContext& context) {
  Interest interest;
  interest.open = [](const std::string& path) { return open_to_hold(path); };
  return follow_triggers(context, interest);
}

}  // namespace holdfast
