// What may happen to a trapped call before it is decided. Rules are asked in order, each until it lets the call pass; the
// next is asked then, and after the last the call is decided. A rule that counts calls comes last: none may hold up a
// call that was counted.
//
// Everything here is called from the thread that decides, but for begin(), which comes before it.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>

#include "harness/history/event.h"
#include "harness/supervisor/look/caller.h"

namespace holdfast {

struct AskedCall {
  std::uint64_t id = 0;  // no two calls of a run have the same
  const seccomp_data& data;
  const Caller& caller;
  std::int64_t now_ns = 0;
  const std::function<bool()>& still_waiting;  // whether the caller is there yet
};

struct CallFate {
  enum class Kind : std::uint8_t {
    pass,
    wait,    // the rule is asked again at `until_ns`, or soon after; others are answered meanwhile
    killed,  // there is nobody to answer any more
    fail,    // not done: the caller gets `error`
  };
  Kind kind = Kind::pass;
  std::int64_t until_ns = 0;
  int error = 0;
};

class CallRule {
 public:
  using Record = std::function<void(const Event&)>;  // writes an event down

  virtual ~CallRule() = default;

  // What is planned; once, before the first call.
  virtual void begin(const Record&) {}
  // Whether calls of this thread need to be looked at: those of others go on at no cost.
  [[nodiscard]] virtual bool concerns(pid_t thread) const = 0;
  virtual CallFate before(const AskedCall& call, const Record& record) = 0;
  // Once, after the last call.
  virtual void end(const Record&) {}
};

}  // namespace holdfast
