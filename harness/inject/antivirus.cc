// A virus scanner: opens a file soon after a writer closed it, after a replace or at an open, and holds it while it
// "scans". Whether the calls of others are refused meanwhile or wait for the end of the scan is the supervisor's
// business (obliging_holders.h).
//
// A model, and reports call it one: nobody has published how long real scanners hold files (docs/windows-rules.md).
#include <fcntl.h>

#include "harness/inject/follow_triggers.h"

namespace holdfast {

Result<> inject_antivirus(InjectorContext& context) {
  Interest interest;
  interest.open = [](const std::string& path) {
    return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  };
  return follow_triggers(context, interest);
}

}  // namespace holdfast
