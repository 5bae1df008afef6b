// Answers a thread's file calls by hand, as the supervisor of a sharing domain does: real refusals of real
// calls, with no privileges.
//
// A seccomp filter with a listener is installed in a thread of its own, so nothing of it outlives the call.
#pragma once

#include <functional>
#include <string>

namespace holdfast {

struct InterceptedCall {
  std::string name;    // "rename", "unlink", "open" (for reading), "open-write", "create" or "fdatasync"
  std::string path;    // the first path; empty for fdatasync
  std::string target;  // of rename: the new name
};

// Whether this kernel and user can; tests skip where not.
bool can_intercept_calls();

// Runs `work` in a new thread. `decide` gives the errno to answer, or 0 to let the call through; it is called
// from another thread, one call at a time.
void with_intercepted_calls(const std::function<int(const InterceptedCall&)>& decide,
                            const std::function<void()>& work);

}  // namespace holdfast
