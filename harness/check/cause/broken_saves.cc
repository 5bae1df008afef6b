// Saves that leave the queue missing, half written or unsaved, and answers that do not say what was done.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/cause/scene.h"
#include "harness/check/cut_short.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

bool is_acknowledged(const Operation& operation) {
  return operation.function == Function::broadcast && operation.outcome == Outcome::ok;
}

// The call of an operation that took the queue's name away, and the one that put another there later; null if it never
// did.
struct Gap {
  const Call* removal = nullptr;
  const Call* put = nullptr;
};

Gap gap_of(const History& history, const Operation& operation, const std::string& queue) {
  Gap gap;
  for (const Call& call : calls_of(history, operation)) {
    if (!is_done(call)) continue;
    if (takes_a_name(call) && call.path == queue) gap = {&call, nullptr};
    if (puts_a_name(call) && call.destination == queue && gap.removal != nullptr) {
      gap.put = &call;
      return gap;
    }
  }
  return gap;
}

// Whether the bytes of a load that did not parse are those of a file that had been put in place whole.
struct TornLoad {
  const Operation* load = nullptr;
  const NameChange* put = nullptr;
};

const Operation* operation_named(const History& history, MessageId id) {
  const auto found =
      std::lower_bound(history.operations.begin(), history.operations.end(), id.sender,
                       [](const Operation& one, std::uint32_t agent) { return one.agent < agent; });
  for (auto one = found; one != history.operations.end() && one->agent == id.sender; ++one) {
    if (one->number == id.number) return &*one;
  }
  return nullptr;
}

std::vector<TornLoad> torn_loads(Scene& scene) {
  std::vector<TornLoad> loads;
  const auto& changes = scene.names.changes_of(scene.queue());
  for (const auto& [id, error] : scene.history.torn) {
    const Operation* load = operation_named(scene.history, id);
    if (load == nullptr) continue;
    const std::int64_t until_ns = load->complete_ns != 0 ? load->complete_ns : load->invoke_ns;
    const NameChange* last = nullptr;
    for (const NameChange& change : changes) {
      if (change.call->answered_ns <= until_ns) last = &change;
    }
    if (last != nullptr && last->puts) loads.push_back({load, last});
  }
  return loads;
}

}  // namespace

// Not one broadcast was acknowledged, no call was refused, and all have the same error.
std::optional<Trace> trace_subject_fails(Scene& scene) {
  const History& history = scene.history;
  const Operation* first = nullptr;
  std::uint64_t times = 0;
  for (const Operation& operation : history.operations) {
    if (operation.function != Function::broadcast) continue;
    if (operation.outcome == Outcome::ok) return std::nullopt;
    if (operation.error == 0) continue;
    if (first != nullptr && history.texts[operation.error] != history.texts[first->error])
      return std::nullopt;
    if (first == nullptr) first = &operation;
    ++times;
  }
  const bool any_refused = std::any_of(history.calls.begin(), history.calls.end(), is_refused);
  if (times < 2 || any_refused) return std::nullopt;
  const std::string& error = history.texts[first->error];
  constexpr std::string_view said = "last words: ";
  const std::size_t at = error.find(said);
  return Trace{
      fmt::format("{} failed: {} (logs/agent-{}.log)", counted(times, "broadcast"), error, first->agent),
      {{first, "failed like all others"}},
      ": " + (at == std::string::npos ? error : error.substr(at + said.size()))};
}

std::optional<Trace> trace_refusal_swallowed(Scene& scene) {
  if (scene.failed("swallowed-refusal") == nullptr) return std::nullopt;
  for (const Operation& operation : scene.history.operations) {
    if (!is_acknowledged(operation) || operation.calls == 0 || scene.is_read_in_the_end(&operation)) continue;
    for (const Call* call : attempts_of(scene.history, operation).given_up) {
      if (!puts_a_name(*call)) continue;
      return Trace{
          fmt::format("the {} for {} {} and was not repeated, and {} was acknowledged at {}",
                      named_call(*call), message_name(operation), refused_words(scene.evidence.plan, *call),
                      message_name(operation), moment(operation.complete_ns)),
          {{&operation, "its rename was refused and never repeated"}}};
    }
  }
  return std::nullopt;
}

// For what is lost for good, the one that removed it must have been unable to put another there.
std::optional<Trace> trace_gone_between_remove_and_move(Scene& scene) {
  if (scene.queue().empty()) return std::nullopt;
  const std::string name = file_name_of(scene.queue());
  const bool for_good = scene.failed("lost") != nullptr || scene.failed("durability") != nullptr;
  const bool in_between = scene.failed("vanished") != nullptr || scene.failed("stale-read") != nullptr ||
                          scene.failed("torn-read") != nullptr;
  for (const Operation& operation : scene.history.operations) {
    if (operation.function != Function::broadcast || operation.calls == 0) continue;
    const Gap gap = gap_of(scene.history, operation, scene.queue());
    if (gap.removal == nullptr) continue;
    const char* const removed = puts_a_name(*gap.removal) ? "moved away" : "removed";
    const Kill* const kill = kill_of(scene.history, operation);
    if (gap.put == nullptr && for_good && (kill != nullptr || operation.outcome == Outcome::fail)) {
      return Trace{fmt::format("{} {} {} at {}, and {}", message_name(operation), removed, name,
                               moment(gap.removal->answered_ns),
                               kill != nullptr ? fmt::format("was killed at {} before it put another there",
                                                             moment(kill->time_ns))
                                               : std::string("then failed to put another there")),
                   {{&operation, fmt::format("{} {} and put no other there", removed, name)}}};
    }
    if (gap.put == nullptr || for_good || !in_between) continue;
    return Trace{fmt::format("{} {} {} at {} and put the next there at {}", message_name(operation), removed,
                             name, moment(gap.removal->answered_ns), moment(gap.put->answered_ns)),
                 {{&operation, fmt::format("from {} to {} there was no {}", moment(gap.removal->answered_ns),
                                           moment(gap.put->answered_ns), name)}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_denied_taken_for_empty(Scene& scene) {
  if (scene.queue().empty()) return std::nullopt;
  const std::string name = file_name_of(scene.queue());
  for (const Operation& operation : scene.history.operations) {
    if (operation.outcome != Outcome::ok || operation.calls == 0) continue;
    const Call* denied = nullptr;
    const Call* put = nullptr;
    for (const Call& call : calls_of(scene.history, operation)) {
      if (call.function == Function::open && call.path == scene.queue()) {
        if (is_refused_by_holder(call)) denied = &call;
        if (is_done(call)) denied = nullptr;
      }
      if (puts_a_name(call) && is_done(call) && call.destination == scene.queue()) {
        put = &call;
        break;
      }
    }
    const bool saved_over = operation.function == Function::broadcast && put != nullptr;
    const bool read_nothing = operation.function == Function::read && operation.seen == 0;
    if (denied == nullptr || !(saved_over || read_nothing)) continue;
    const std::string who =
        saved_over ? message_name(operation) : fmt::format("agent {}'s read", operation.agent);
    return Trace{
        fmt::format("the open of {} for {} {} and was not repeated{}", name, who,
                    refused_words(scene.evidence.plan, *denied),
                    saved_over ? fmt::format("; it replaced {} at {}", name, moment(put->answered_ns))
                               : std::string("; it returned no message")),
        {{&operation, saved_over ? fmt::format("could not read {}, and replaced it", name)
                                 : fmt::format("could not read {}, and returned no message", name)}}};
  }
  return std::nullopt;
}

// Acknowledged although nothing became of the queue while it ran; what it had to save came with a later operation.
std::optional<Trace> trace_acknowledged_early(Scene& scene) {
  if (scene.queue().empty()) return std::nullopt;
  const auto& changes = scene.names.changes_of(scene.queue());
  const auto& operations = scene.history.operations;
  const auto own_put = [&](const Operation& operation) -> const Call* {
    for (const Call& call : calls_of(scene.history, operation)) {
      if (puts_a_name(call) && is_done(call) && call.destination == scene.queue()) return &call;
    }
    return nullptr;
  };
  // Of each operation, the agent's next one that puts a queue in place.
  std::vector<const Operation*> next_put(operations.size(), nullptr);
  for (std::size_t i = operations.size(); i-- > 1;) {
    if (operations[i - 1].agent != operations[i].agent) continue;
    next_put[i - 1] = own_put(operations[i]) != nullptr ? &operations[i] : next_put[i];
  }
  std::size_t times = 0, reads_that_save = 0;
  const Operation* early = nullptr;
  const Operation* later = nullptr;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    if (operation.function == Function::read && own_put(operation) != nullptr) ++reads_that_save;
    if (!is_acknowledged(operation) || scene.names.main_put(operation) != nullptr) continue;
    const Operation* const next = next_put[i];
    if (next == nullptr) continue;
    const bool changed = std::any_of(changes.begin(), changes.end(), [&](const NameChange& change) {
      return change.call->received_ns <= operation.complete_ns &&
             change.call->answered_ns >= operation.invoke_ns;
    });
    if (changed && early != nullptr) continue;
    if (!changed) ++times;
    early = &operation;
    later = next;
  }
  if (early == nullptr || (times == 0 && reads_that_save == 0)) return std::nullopt;
  const std::string name = file_name_of(scene.queue());
  return Trace{
      fmt::format(
          "{} was acknowledged at {} without a rename of its own, and agent {} next replaced {} at {}",
          message_name(*early), moment(early->complete_ns), early->agent, name,
          moment(own_put(*later)->answered_ns)),
      {{early, "acknowledged, and nothing put in place"}, {later, fmt::format("put {} in place", name)}}};
}

std::optional<Trace> trace_leftover_published(Scene& scene) {
  for (const Kill& kill : scene.history.kills) {
    if (!is_before_write(kill)) continue;
    for (const Call& call : scene.history.calls) {
      const bool published = puts_a_name(call) && is_done(call) && call.path == kill.path &&
                             call.destination == scene.queue() && call.received_ns > kill.time_ns;
      if (!published) continue;
      const Operation* by = scene.names.operation_of(call);
      return Trace{fmt::format("agent {} was killed at {} {}, and {} renamed that file onto {} at {}",
                               kill.agent, moment(kill.time_ns), right_before(kill), actor_of(by, call),
                               file_name_of(call.destination), moment(call.answered_ns)),
                   {{by, fmt::format("put in place what agent {} had left unfinished", kill.agent)}}};
    }
  }
  return std::nullopt;
}

// In a store of one file that nothing was ever renamed or linked onto.
std::optional<Trace> trace_written_in_place(Scene& scene) {
  const History& history = scene.history;
  constexpr std::uint64_t queue_and_lock = 2;
  // Loads that do not parse show it; without them a file that comes and goes may be what readers missed.
  const bool any_change = std::any_of(history.calls.begin(), history.calls.end(), [&](const Call& call) {
    return is_done(call) && (puts_a_name(call) || (takes_a_name(call) && history.torn.empty()));
  });
  if (any_change || history.files_left > queue_and_lock) return std::nullopt;
  if (scene.failed("torn-read") != nullptr && history.torn.empty()) return std::nullopt;
  const auto saved = std::find_if(history.operations.begin(), history.operations.end(), is_acknowledged);
  if (saved == history.operations.end()) return std::nullopt;
  Trace trace{"nothing was renamed or linked in this run", {}};
  if (history.torn.empty()) return trace;
  const Operation* load = operation_named(history, history.torn.front().first);
  if (load == nullptr) return trace;
  const std::int64_t until_ns = load->complete_ns != 0 ? load->complete_ns : load->invoke_ns;
  for (const Operation& operation : history.operations) {
    const bool writes = operation.function == Function::broadcast && operation.agent != load->agent &&
                        operation.invoke_ns <= until_ns &&
                        (operation.complete_ns == 0 || operation.complete_ns >= load->invoke_ns);
    if (!writes) continue;
    trace.operations.push_back({&operation, "wrote the queue in place"});
    break;
  }
  trace.operations.push_back({load, "read it half written"});
  return trace;
}

// All damaged bodies end after the same number of bytes.
std::optional<Trace> trace_body_cut(Scene& scene) {
  constexpr std::uint64_t few = 3;
  std::uint64_t damaged = 0;
  std::uint16_t size = 0;
  if (!scene.history.torn.empty() && scene.queue().empty()) return std::nullopt;
  for (const Seen& seen : scene.history.seen) {
    if (seen.intact || !seen.body_told) continue;
    if (seen.torn_size < 2 || (size != 0 && seen.torn_size != size)) return std::nullopt;
    size = seen.torn_size;
    ++damaged;
  }
  if (damaged < few) return std::nullopt;
  return Trace{fmt::format("all {} damaged bodies that were read end after {}", with_commas(damaged),
                           counted(size - 1U, "byte"))};
}

// Nobody could read what a rename had put in place until the next one: the file itself was incomplete.
std::optional<Trace> trace_incomplete_put(Scene& scene) {
  if (scene.queue().empty() || !scene.history.kills.empty()) return std::nullopt;
  const auto& changes = scene.names.changes_of(scene.queue());
  std::map<const Call*, std::vector<const Operation*>> by_put;
  for (const TornLoad& torn : torn_loads(scene)) by_put[torn.put->call].push_back(torn.load);
  for (const auto& each : by_put) {  // not bindings: clang 14 has none of them in lambdas
    const Call* put = each.first;
    const std::vector<const Operation*>& loads = each.second;
    const bool by_several = std::any_of(loads.begin(), loads.end(), [&](const Operation* load) {
      return load->agent != loads.front()->agent;
    });
    if (!by_several) continue;
    const auto next = std::find_if(changes.begin(), changes.end(), [&, call = put](const NameChange& change) {
      return change.call->answered_ns > call->answered_ns;
    });
    const std::int64_t until_ns = next != changes.end() ? next->call->received_ns : INT64_MAX;
    const bool read_well =
        std::any_of(scene.history.operations.begin(), scene.history.operations.end(),
                    [&, call = put](const Operation& read) {
                      return read.function == Function::read && read.outcome == Outcome::ok &&
                             read.invoke_ns >= call->answered_ns && read.complete_ns <= until_ns;
                    });
    if (read_well) continue;
    const Operation* by = scene.names.operation_of(*put);
    return Trace{fmt::format("{} put {} in place at {}, and {} of it by several agents found it incomplete",
                             actor_of(by, *put), file_name_of(put->destination), moment(put->answered_ns),
                             counted(loads.size(), "load")),
                 {{by, "put its file in place"}, {loads.front(), "read it and found it incomplete"}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_saved_in_parts(Scene& scene) {
  for (const Operation& operation : scene.history.operations) {
    if (operation.function != Function::broadcast || operation.outcome != Outcome::fail) continue;
    if (!scene.is_read_in_the_end(&operation)) continue;
    std::size_t done = 0;
    const Call* last = nullptr;
    for (const Call& call : calls_of(scene.history, operation)) {
      if (!puts_a_name(call) || call.destination != scene.queue()) continue;
      done += is_done(call) ? 1 : 0;
      last = &call;
    }
    if (done == 0 || is_done(*last)) continue;
    return Trace{
        fmt::format("{} replaced {} {}, then its next rename was not done, and it was reported as failed",
                    message_name(operation), file_name_of(scene.queue()),
                    done == 1 ? "once" : fmt::format("{} times", done)),
        {{&operation, "saved a part, then failed"}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_failed_after_saving(Scene& scene) {
  for (const Operation& operation : scene.history.operations) {
    if (operation.function != Function::broadcast || operation.outcome != Outcome::fail) continue;
    const Call* put = scene.names.main_put(operation);
    if (put == nullptr || !is_done(*put) || !scene.is_read_in_the_end(&operation)) continue;
    return Trace{fmt::format("the {} for {} was done at {}, and {} was reported as failed at {}",
                             named_call(*put), message_name(operation), moment(put->answered_ns),
                             message_name(operation), moment(operation.complete_ns)),
                 {{&operation, "its file was in place, and it was reported as failed"}}};
  }
  return std::nullopt;
}

}  // namespace holdfast
