// Saves that overwrote what others had saved, or moved what others were writing.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/cause/scene.h"
#include "harness/check/overlapping_saves.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

constexpr std::size_t most_losses_looked_at = 200;

// A lost broadcast whose file was put in place, and the changes of that name since.
struct LostPut {
  const Operation* broadcast = nullptr;
  const Call* put = nullptr;
  const std::vector<NameChange>* changes = nullptr;
  std::size_t place = 0;  // of the put among the changes
};

std::vector<LostPut> lost_puts(Scene& scene) {
  std::vector<LostPut> found;
  for (const Operation* broadcast : scene.lost()) {
    if (found.size() == most_losses_looked_at) break;
    const Call* put = scene.names.main_put(*broadcast);
    if (put == nullptr || !is_done(*put)) continue;
    const auto& changes = scene.names.changes_of(put->destination);
    const auto at = std::find_if(changes.begin(), changes.end(),
                                 [&](const NameChange& change) { return change.call == put; });
    if (at != changes.end())
      found.push_back({broadcast, put, &changes, static_cast<std::size_t>(at - changes.begin())});
  }
  return found;
}

bool is_broadcasts_put(const NameChange& change) {
  return change.puts && change.operation != nullptr && change.operation->function == Function::broadcast;
}

// Of the replaces by others after it, the first whose message is read in the end, else the next.
const NameChange* replaced_by(const Scene& scene, const LostPut& lost) {
  const NameChange* next = nullptr;
  for (std::size_t i = lost.place + 1; i < lost.changes->size(); ++i) {
    const NameChange& change = (*lost.changes)[i];
    if (!change.puts) return nullptr;
    if (!is_broadcasts_put(change) || change.operation == lost.broadcast) continue;
    if (scene.stays(change)) return &change;
    if (next == nullptr) next = &change;
  }
  return next;
}

// One pair of overlapping saves, with how many of the losses looked at have such a pair.
struct OverlapFound {
  LostPut lost;
  const NameChange* over = nullptr;
  std::size_t times = 0, looked_at = 0;
};

std::optional<OverlapFound> overlap(Scene& scene, bool with_removal) {
  OverlapFound found;
  for (const LostPut& lost : lost_puts(scene)) {
    ++found.looked_at;
    const OverlappingSaves saves(scene.evidence, *lost.changes);
    const NameChange* over = saves.over(lost.place);
    if (over == nullptr) continue;
    if (with_removal && !saves.any_removal((*lost.changes)[lost.place], *over)) continue;
    if (found.times++ == 0) {
      found.lost = lost;
      found.over = over;
    }
  }
  if (found.times == 0) return std::nullopt;
  return found;
}

Trace overlap_trace(const OverlapFound& found) {
  const Operation& lost = *found.lost.broadcast;
  const Operation& over = *found.over->operation;
  const std::string name = file_name_of(found.lost.put->destination);
  return {fmt::format("{} was ready to replace {} at {}, before {} had replaced it at {}; its file, put in "
                      "place at {}, was written without {}",
                      message_name(over), name, moment(found.over->call->received_ns), message_name(lost),
                      moment(found.lost.put->answered_ns), moment(found.over->call->answered_ns),
                      message_name(lost)),
          {{&lost, fmt::format("its {} was in place at {} and has {}", name,
                               moment(found.lost.put->answered_ns), message_name(lost))},
           {&over, fmt::format("its {}, in place at {}, was written before that and lacks {}", name,
                               moment(found.over->call->answered_ns), message_name(lost))}}};
}

}  // namespace

// A token that agents rename to and fro to take turns is none: only the file that becomes the queue counts.
std::optional<Trace> trace_temp_name_shared(Scene& scene) {
  std::size_t times = 0;
  const Operation* first = nullptr;
  const Operation* second = nullptr;
  const Call* missed = nullptr;
  for (const Call& call : scene.history.calls) {
    if (!puts_a_name(call) || call.os_error != ENOENT) continue;
    const Operation* by = scene.names.operation_of(call);
    if (by == nullptr || by->function != Function::broadcast) continue;
    const Call* own = scene.names.main_put(*by);
    if (own == nullptr || own->path != call.path || own->destination != call.destination) continue;
    for (const NameChange& change : scene.names.changes_of(call.path)) {
      if (change.call->answered_ns > call.answered_ns) break;
      const bool taken =
          !change.puts && change.call->function == Function::rename && change.operation != nullptr &&
          change.operation->agent != by->agent && change.operation->function == Function::broadcast &&
          change.call->destination == call.destination && change.call->answered_ns >= by->invoke_ns;
      if (!taken) continue;
      if (times++ == 0) {
        first = change.operation;
        second = by;
        missed = &call;
      }
      break;
    }
  }
  if (times == 0) return std::nullopt;
  const std::string name = file_name_of(missed->path);
  return Trace{
      fmt::format("{} moved {} while {} was using it, which then found it gone at {}; {}",
                  message_name(*first), name, message_name(*second), moment(missed->answered_ns),
                  times == 1 ? "it happened once" : fmt::format("it happened {} times", with_commas(times))),
      {{first, fmt::format("wrote {} and moved it into place", name)},
       {second, fmt::format("wrote the same {} and found it gone", name)}}};
}

std::optional<Trace> trace_lock_file_removed(Scene& scene) {
  const auto found = overlap(scene, true);
  if (!found) return std::nullopt;
  return overlap_trace(*found);
}

std::optional<Trace> trace_saved_over_each_other(Scene& scene) {
  const auto found = overlap(scene, false);
  if (!found) return std::nullopt;
  return overlap_trace(*found);
}

// No two renames overlapped, but the broadcasts did: what was lost stood there only after the other had begun. A save that
// began later would show another cause, so nearly all must be like this.
// Not where reads were served from a cache: there a lock may have been held, and an older version saved all the same.
std::optional<Trace> trace_saved_older_version(Scene& scene) {
  if (trace_read_from_cache(scene)) return std::nullopt;
  std::size_t looked_at = 0, overlapped = 0;
  const LostPut* shown = nullptr;
  const NameChange* by = nullptr;
  const std::vector<LostPut> all = lost_puts(scene);
  for (const LostPut& lost : all) {
    const NameChange* change = replaced_by(scene, lost);
    if (change == nullptr) continue;
    ++looked_at;
    const bool began_before = change->operation->agent != lost.broadcast->agent &&
                              change->operation->invoke_ns <= lost.put->answered_ns;
    if (!began_before) continue;
    if (overlapped++ == 0) {
      shown = &lost;
      by = change;
    }
  }
  if (overlapped == 0 || overlapped * 10 < looked_at * 9) return std::nullopt;
  const std::string name = file_name_of(shown->put->destination);
  const std::string lost = message_name(*shown->broadcast), other = message_name(*by->operation);
  return Trace{fmt::format("{} had begun at {}, before {} replaced {} at {}, and replaced it at {} with one "
                           "that lacks {}",
                           other, moment(by->operation->invoke_ns), lost, name,
                           moment(shown->put->answered_ns), moment(by->call->answered_ns), lost),
               {{shown->broadcast, fmt::format("its {} was in place at {} and has {}", name,
                                               moment(shown->put->answered_ns), lost)},
                {by->operation, fmt::format("its {}, in place at {}, lacks {}", name,
                                            moment(by->call->answered_ns), lost)}}};
}

// A save that was asked for when what it lacks stood there already, with nothing in between and nothing refused, cannot
// have read it.
std::optional<Trace> trace_saved_from_memory(Scene& scene) {
  if (scene.queue().empty()) return std::nullopt;
  const auto& changes = scene.names.changes_of(scene.queue());
  std::size_t times = 0;
  const NameChange* stood = nullptr;
  const NameChange* lacks = nullptr;
  for (std::size_t i = 1; i < changes.size(); ++i) {
    const NameChange& before = changes[i - 1];
    const NameChange& save = changes[i];
    if (!is_broadcasts_put(before) || !is_broadcasts_put(save)) continue;
    if (before.operation->agent == save.operation->agent || scene.stays(before) || !scene.stays(save) ||
        before.operation->outcome != Outcome::ok || before.call->answered_ns >= save.operation->invoke_ns)
      continue;
    const auto calls = calls_of(scene.history, *save.operation);
    const bool read_it = std::any_of(calls.begin(), calls.end(), [&](const Call& call) {
      return is_refused(call) || (call.function == Function::open && call.path == scene.queue());
    });
    if (read_it || times++ != 0) continue;
    stood = &before;
    lacks = &save;
  }
  constexpr std::size_t few = 2;
  if (times < few) return std::nullopt;
  const std::string name = file_name_of(scene.queue());
  return Trace{
      fmt::format("{} stood in {} from {}, {} was asked for at {}, and the file it put in place at {} "
                  "lacks it; {} saves did so",
                  message_name(*stood->operation), name, moment(stood->call->answered_ns),
                  message_name(*lacks->operation), moment(lacks->operation->invoke_ns),
                  moment(lacks->call->answered_ns), with_commas(times)),
      {{stood->operation, fmt::format("its {} was in place at {}", name, moment(stood->call->answered_ns))},
       {lacks->operation, fmt::format("began after that, and put a {} in place that lacks {}", name,
                                      message_name(*stood->operation))}}};
}

}  // namespace holdfast
