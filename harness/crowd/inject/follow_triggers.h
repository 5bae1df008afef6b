// What an antivirus and an indexer have in common: they watch the store and its directories, open a file soon after
// something happens to it, and hold it for the planned time.
//
// Lock files are left alone: they are never replaced, so a hold on one could not matter and would only inflate the
// count of faults fired.
#pragma once

#include <functional>
#include <string>

#include "harness/crowd/inject/injector.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

struct Interest {
  // Opens a file to hold it; errno if it cannot.
  std::function<Descriptor(const std::string& path)> open;
  // A signalfd whose signals' si_fd names a held file that another process wants; -1: no notifications.
  int wishes = -1;
};

Result<> follow_triggers(InjectorContext& context, const Interest& interest);

}  // namespace holdfast
