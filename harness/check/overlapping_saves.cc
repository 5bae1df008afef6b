#include "harness/check/overlapping_saves.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check/call_words.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

bool is_put(const NameChange& change) {
  return change.puts && change.operation != nullptr;
}

// By another agent: what one does itself comes one after the other.
bool was_asked_for_before(const NameChange& change, const NameChange& done) {
  return is_put(change) && change.operation->agent != done.operation->agent &&
         change.call->received_ns < done.call->answered_ns;
}

std::string save_of(const NameChange& change) {
  return doer_of(change.operation, *change.call);
}

const char* word_of(const NameChange& change) {
  return change.call->function == Function::link ? "link" : "rename";
}

}  // namespace

const NameChange* OverlappingSaves::over(std::size_t place) const {
  const NameChange& done = changes_[place];
  if (!is_put(done)) return nullptr;
  const NameChange* longest = nullptr;
  const auto span = [](const NameChange& change) {
    return change.call->answered_ns - change.call->received_ns;
  };
  for (std::size_t i = place + 1; i < changes_.size(); ++i) {
    const bool fits = was_asked_for_before(changes_[i], done);
    if (fits && (longest == nullptr || span(*longest) < span(changes_[i]))) longest = &changes_[i];
  }
  return longest;
}

const Call* OverlappingSaves::removal_before(const NameChange& inside, const NameChange& let_in) const {
  const Call& call = *inside.call;
  const auto& calls = evidence_.history.calls;
  const auto is_moved_or_put = [&](const std::string& path) {
    return std::any_of(calls.begin(), calls.end(), [&](const Call& other) {
      return puts_a_name(other) && (other.path == path || other.destination == path);
    });
  };
  const Call* first = nullptr;
  for (const Call& other : calls) {
    const bool meanwhile = other.function == Function::unlink && is_done(other) &&
                           other.agent != call.agent && call.received_ns < other.received_ns &&
                           other.answered_ns < std::min(call.answered_ns, let_in.call->received_ns);
    if (meanwhile && (first == nullptr || other.answered_ns < first->answered_ns) &&
        !is_moved_or_put(other.path))
      first = &other;
  }
  return first;
}

std::size_t OverlappingSaves::saves() const {
  return static_cast<std::size_t>(std::count_if(changes_.begin(), changes_.end(), is_put));
}

std::size_t OverlappingSaves::overlapped() const {
  std::size_t found = 0;
  const NameChange* last = nullptr;        // done so far
  const NameChange* of_another = nullptr;  // the last by another agent than that one's
  for (const NameChange& change : changes_) {
    if (!is_put(change)) continue;
    const bool same = last != nullptr && last->operation->agent == change.operation->agent;
    const NameChange* before = same ? of_another : last;
    found += before != nullptr && was_asked_for_before(change, *before) ? 1 : 0;
    if (!same) of_another = last;
    last = &change;
  }
  return found;
}

// Whether any delay of calls that put a name in place was such, of those that fired on this one.
template <typename Test>
bool OverlappingSaves::any_delay(const std::string& name, Test test) const {
  const auto& planned = evidence_.plan.scenario.injectors;
  return std::any_of(
      evidence_.history.injectors.begin(), evidence_.history.injectors.end(),
      [&](const InjectorRecord& record) {
        if (record.index >= planned.size()) return false;
        const Injector& injector = planned[record.index];
        if (injector.kind != InjectorKind::delay || (injector.call != "rename" && injector.call != "link"))
          return false;
        return std::any_of(record.faults.begin(), record.faults.end(), [&](const Fault& fault) {
          return fault.fired_ns != 0 && fault.path == name && test(injector, fault);
        });
      });
}

bool OverlappingSaves::held_up(const Call& call) const {
  return any_delay(call.destination, [&](const Injector& injector, const Fault& fault) {
    return std::find(injector.victims.begin(), injector.victims.end(), call.agent) !=
               injector.victims.end() &&
           call.received_ns <= fault.fired_ns && fault.fired_ns <= call.answered_ns;
  });
}

std::string OverlappingSaves::meanwhile(const NameChange& lost, const NameChange& over) const {
  for (const NameChange* inside : {&over, &lost}) {
    const Call* removal = removal_before(*inside, inside == &over ? lost : over);
    if (removal == nullptr) continue;
    const auto calls = static_cast<std::size_t>(
        std::count_if(evidence_.history.calls.begin(), evidence_.history.calls.end(), [&](const Call& call) {
          return call.function == Function::unlink && call.path == removal->path && is_done(call);
        }));
    return fmt::format("; in the middle of {}'s {} agent {} removed {} at {}{}", save_of(*inside),
                       word_of(*inside), removal->agent, file_name_of(removal->path),
                       moment(removal->answered_ns),
                       calls > 1 ? fmt::format(", one of {} removals of it", with_commas(calls)) : "");
  }
  return "";
}

std::string OverlappingSaves::told(const NameChange& lost, const NameChange& over) const {
  const std::size_t overlapping = overlapped();
  const std::string late = save_of(over), word = word_of(over);
  return fmt::format(
      "; {}'s {} was asked for at {}, before {}'s was done; when it was done, at {}{}, it put there a file "
      "written "
      "without {}: the two saves were inside at once{}{}",
      late, word, moment(over.call->received_ns), save_of(lost), moment(over.call->answered_ns),
      held_up(*over.call) ? " (the run held it up)" : "", save_of(lost),
      overlapping < 2 ? ""
                      : fmt::format("; of all {} {}s onto it, {} overlapped another's like this",
                                    with_commas(saves()), word, with_commas(overlapping)),
      meanwhile(lost, over));
}

// A rename takes no time, so that none overlap says something only where one was made to last.
std::string OverlappingSaves::none_overlapped() const {
  const auto put = std::find_if(changes_.begin(), changes_.end(), is_put);
  const bool any_held_up =
      put != changes_.end() && any_delay(put->call->destination, [](const auto&...) { return true; });
  if (!any_held_up || overlapped() != 0) return "";
  return fmt::format(
      "; no two of the {} renames onto it overlapped, though the run held some up, so saves took turns: this "
      "one had "
      "read before its turn, or not at all",
      with_commas(saves()));
}

}  // namespace holdfast
