// What an antivirus and an indexer have in common: they watch the store and its directories, open a file soon after something happened to
// it, and hold it for the planned time.
//
// Lock files are left alone: nothing ever replaces them, so a hold on one could not matter and would only pad the
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
  // A signalfd that tells by its signals' si_fd which held file somebody else wants; -1: nobody is heard.
  int wishes = -1;
};

Result<> follow_triggers(InjectorContext& context, const Interest& interest);

}  // namespace holdfast
