// What may happen to a trapped call before it is decided. Rules are consulted in order, each until it lets the call
// pass; after the last, the call is decided. A rule that counts calls comes last, so that no rule can delay a call
// that was counted.
//
// Everything here is called from the thread that decides, except begin(), which comes first.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>

#include "harness/history/event.h"
#include "harness/supervisor/look/caller.h"

namespace holdfast {

struct AskedCall {
  std::uint64_t id = 0;  // unique within a run
  const seccomp_data& data;
  const Caller& caller;
  std::int64_t now_ns = 0;
  const std::function<bool()>& still_waiting;  // whether the caller still exists
};

struct CallFate {
  enum class Kind : std::uint8_t {
    pass,
    wait,    // consult the rule again at `until_ns` or soon after; other calls are answered in the meantime
    killed,  // there is no caller left to answer
    fail,    // not done: the caller gets `error`
  };
  Kind kind = Kind::pass;
  std::int64_t until_ns = 0;
  int error = 0;
};

class CallRule {
 public:
  using Record = std::function<void(const Event&)>;  // records an event

  virtual ~CallRule() = default;

  // Records what is planned; called once, before the first call.
  virtual void begin(const Record&) {}
  // Whether calls of this thread concern the rule: all others go on at no cost.
  [[nodiscard]] virtual bool concerns(pid_t thread) const = 0;
  virtual CallFate before(const AskedCall& call, const Record& record) = 0;
  // Called once, after the last call.
  virtual void end(const Record&) {}
};

}  // namespace holdfast
