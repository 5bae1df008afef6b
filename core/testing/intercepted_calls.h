// Answers a thread's file calls by hand, as the supervisor of a sharing domain does: real refusals of real
// calls, with no privileges.
//
// Installs a seccomp filter with a listener in a thread of its own, so that nothing outlives the call.
#pragma once

#include <functional>
#include <string>

namespace holdfast {

struct InterceptedCall {
  std::string name;    // "rename", "unlink", "open" (for reading), "open-write", "create" or "fdatasync"
  std::string path;    // the first path; empty for fdatasync
  std::string target;  // of rename: the new name
};

// Whether this kernel and user permit it; tests skip otherwise.
bool can_intercept_calls();

// Runs `work` in a new thread. `decide` gives the errno to answer, or 0 to let the call through; it is called
// from another thread, one call at a time.
void with_intercepted_calls(const std::function<int(const InterceptedCall&)>& decide,
                            const std::function<void()>& work);

}  // namespace holdfast
