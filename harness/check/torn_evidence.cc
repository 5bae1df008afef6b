#include "harness/check/torn_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "harness/check/call_words.h"
#include "harness/check/name_changes.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

bool delays_writes(const Injector& injector) {
  return injector.kind == InjectorKind::delay && (injector.call == "write" || injector.call == "pwrite");
}

bool is_moved(const History& history, const std::string& path) {
  return std::any_of(history.calls.begin(), history.calls.end(),
                     [&](const Call& call) { return puts_a_name(call) && call.path == path; });
}

// The file that was loaded: the one that the error names, else the one onto which most is renamed; or "".
std::string loaded_path(const Evidence& evidence, std::string_view error) {
  const History& history = evidence.history;
  std::map<std::string, std::uint64_t> times_put;
  for (const Call& call : history.calls) {
    if (puts_a_name(call) && is_done(call)) ++times_put[call.destination];
  }
  std::map<std::string, std::uint64_t> paths = times_put;
  for (const Kill& kill : history.kills) {
    if (is_before_write(kill)) paths.try_emplace(kill.path, 0);
  }
  for (const InjectorRecord& injector : history.injectors) {
    const auto& planned = evidence.plan.scenario.injectors;
    if (injector.index >= planned.size() || !delays_writes(planned[injector.index])) continue;
    for (const Fault& fault : injector.faults) paths.try_emplace(fault.path, 0);
  }
  const std::string* most = nullptr;
  for (const auto& [path, times] : paths) {
    if (names_file(error, file_name_of(path))) return path;
    if (times != 0 && (most == nullptr || times > times_put[*most])) most = &path;
  }
  return most == nullptr ? "" : *most;
}

// Whether anybody loaded the file well between a kill and a load: then that kill did not tear it.
bool was_whole_between(const History& history, std::int64_t from_ns, std::int64_t until_ns) {
  return std::any_of(history.operations.begin(), history.operations.end(), [&](const Operation& operation) {
    return operation.outcome == Outcome::ok && operation.complete_ns != 0 && operation.invoke_ns >= from_ns &&
           operation.complete_ns <= until_ns;
  });
}

const Kill* kill_in_a_write(const History& history, const std::string& path, std::int64_t from_ns,
                            const Operation& load, std::int64_t until_ns) {
  const Kill* last = nullptr;
  for (const Kill& kill : history.kills) {
    const bool fits =
        is_before_write(kill) && kill.path == path && kill.time_ns > from_ns && kill.time_ns <= until_ns;
    if (fits && (last == nullptr || last->time_ns < kill.time_ns)) last = &kill;
  }
  return last == nullptr || was_whole_between(history, last->time_ns, load.invoke_ns) ? nullptr : last;
}

// Who had put there what was loaded, and whether its writer had been killed before it was through.
std::string put_there(const History& history, const NameChange& put, const Operation& load) {
  const Call& call = *put.call;
  const Kill* killed = nullptr;
  for (const Kill& kill : history.kills) {
    if (is_before_write(kill) && kill.path == call.path && kill.time_ns <= call.received_ns) killed = &kill;
  }
  const std::string who = actor_of(put.operation, call), doer = doer_of(put.operation, call);
  if (killed != nullptr)
    return fmt::format("; agent {} was killed at {} {}, and {} had put that file there, by its {}, at {}",
                       killed->agent, moment(killed->time_ns), right_before(*killed), who, named_call(call),
                       moment(call.answered_ns));
  if (call.answered_ns >= load.invoke_ns)
    return fmt::format("; {}'s {} was done at {}, during that operation", doer, named_call(call),
                       moment(call.answered_ns));
  return fmt::format("; {} had put that file there, by its {}, at {}", who, named_call(call),
                     moment(call.answered_ns));
}

}  // namespace

std::string under_way(const History& history, std::int64_t from_ns, std::int64_t until_ns,
                      const Operation* except) {
  std::vector<std::string> names;
  for (const Operation& operation : history.operations) {
    const bool overlaps = &operation != except && operation.function == Function::broadcast &&
                          operation.invoke_ns <= until_ns &&
                          (operation.complete_ns == 0 || operation.complete_ns >= from_ns);
    if (overlaps)
      names.push_back(fmt::format("agent {}'s {}", operation.agent,
                                  to_string(MessageId{operation.agent, operation.number})));
  }
  if (names.empty() || names.size() > 2) return "";
  return fmt::format("; {} {} being broadcast then, and nothing else", fmt::join(names, " and "),
                     names.size() == 1 ? "was" : "were");
}

std::string delayed_write(const Evidence& evidence, std::string_view name, std::int64_t from_ns,
                          std::int64_t until_ns) {
  const auto& planned = evidence.plan.scenario.injectors;
  for (const InjectorRecord& record : evidence.history.injectors) {
    if (record.index >= planned.size() || !delays_writes(planned[record.index])) continue;
    const Injector& injector = planned[record.index];
    for (const Fault& fault : record.faults) {
      const bool then = fault.fired_ns != 0 && fault.fired_ns <= until_ns && fault.released_ns >= from_ns;
      const bool on_it = !fault.path.empty() && (name.empty() || file_name_of(fault.path) == name);
      if (!then || !on_it || is_moved(evidence.history, fault.path)) continue;
      return fmt::format(
          "; {} write to {}, which the run delayed, was under way from {} to {}",
          injector.victims.size() == 1 ? fmt::format("agent {}'s", injector.victims.front()) : "a",
          file_name_of(fault.path), moment(fault.fired_ns), moment(fault.released_ns));
    }
  }
  return "";
}

std::string how_torn(const Evidence& evidence, const Operation& load, std::string_view error) {
  const History& history = evidence.history;
  const std::int64_t until_ns = load.complete_ns != 0 ? load.complete_ns : load.invoke_ns;
  const std::string path = loaded_path(evidence, error);
  const NameChange* last = nullptr;
  NameChanges names(history);
  const auto& changes = names.changes_of(path);
  for (const NameChange& change : changes) {
    if (change.call->answered_ns <= until_ns) last = &change;
  }
  if (!path.empty()) {
    const std::int64_t since_ns = last != nullptr ? last->call->answered_ns : history.started_ns;
    if (const Kill* kill = kill_in_a_write(history, path, since_ns, load, until_ns))
      return fmt::format("; agent {} was killed at {} {}", kill->agent, moment(kill->time_ns),
                         right_before(*kill));
  }
  const bool ever_put =
      std::any_of(changes.begin(), changes.end(), [](const NameChange& change) { return change.puts; });
  if (ever_put) return last != nullptr && last->puts ? put_there(history, *last, load) : "";
  const bool any_put = std::any_of(history.calls.begin(), history.calls.end(), puts_a_name);
  if (history.calls_in_doubt || (path.empty() && any_put)) return "";
  return (path.empty()
              ? std::string("; nothing was renamed or linked in this run: saves write in place")
              : fmt::format("; nothing was renamed or linked onto {} in this run: it is written in place",
                            file_name_of(path))) +
         delayed_write(evidence, file_name_of(path), load.invoke_ns, until_ns) +
         under_way(history, load.invoke_ns, until_ns, &load);
}

}  // namespace holdfast
