// Who left a file: the rest of fate.h.
#include <fmt/format.h>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"

namespace holdfast {

const Kill* Fates::kill_that_left(const std::string& name, const Call* last) const {
  const Kill* found = nullptr;
  for (const Kill& kill : history_.kills) {
    if (!is_path_of(kill.path, name) || is_before_open(kill)) continue;
    if (found == nullptr || found->time_ns < kill.time_ns) found = &kill;
  }
  if (found == nullptr) return nullptr;
  const bool came_later =
      last != nullptr && last->answered_ns > found->time_ns;  // somebody else, to that file
  return came_later ? nullptr : found;
}

const Call* Fates::last_call_on(const std::string& name) const {
  const Call* last = nullptr;
  for (const Call& call : history_.calls) {
    const bool on_it = is_path_of(call.path, name) || is_path_of(call.destination, name);
    if (on_it && (last == nullptr || last->answered_ns <= call.answered_ns)) last = &call;
  }
  return last;
}

// The retry of a refused rename, where it came with another file.
std::string Fates::moved_instead(const Call& refused) const {
  const Operation* operation = names_.operation_of(refused);
  if (!is_refused(refused) || !puts_a_name(refused) || operation == nullptr) return "";
  for (const Call& call : calls_of(history_, *operation)) {
    const bool again = puts_a_name(call) && call.received_ns > refused.answered_ns &&
                       call.destination == refused.destination && call.path != refused.path;
    if (again)
      return fmt::format(", the next, at {}, was of {}", moment(call.answered_ns), file_name_of(call.path));
  }
  return "";
}

std::string Fates::of_leftover(const std::string& name) {
  const Call* last = last_call_on(name);
  if (const Kill* kill = kill_that_left(name, last))
    return fmt::format(": agent {} was killed at {} right before {}, and nobody removed it", kill->agent,
                       moment(kill->time_ns), doing(kill->call, "it"));
  if (last == nullptr) return "";
  const bool onto_it = is_path_of(last->destination, name);
  if (is_done(*last) && takes_a_name(*last) && !onto_it) return "";  // that file is gone: this is another
  const std::string what = is_refused(*last) ? refused_words(evidence_.plan, *last)
                           : is_done(*last)  ? "was done at " + moment(last->answered_ns)
                                             : fmt::format("failed at {} ({})", moment(last->answered_ns),
                                                           errno_words(last->os_error));
  const std::string call =
      onto_it ? fmt::format("{} onto it", last->function == Function::link ? "link" : "rename")
      : last->function == Function::rename ? "rename of it onto " + file_name_of(last->destination)
      : last->function == Function::link   ? "link of it as " + file_name_of(last->destination)
      : last->function == Function::open   ? std::string("open of it")
                                           : std::string("removal of it");
  return fmt::format(": the {} by {} {}{}, and nobody removed it", call,
                     actor_of(names_.operation_of(*last), *last), what, moved_instead(*last));
}

}  // namespace holdfast
