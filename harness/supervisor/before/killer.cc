#include "harness/supervisor/before/killer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "core/base/clock.h"
#include "harness/linux/barrier.h"
#include "harness/supervisor/before/touched_file.h"

namespace holdfast {
namespace {

// Copies `out` from the caller's memory; false if it cannot be read.
template <typename T>
bool read_value(const Caller& caller, std::uint64_t address, T& out) {
  const iovec local{&out, sizeof out};
  const iovec remote{reinterpret_cast<void*>(address), sizeof out};  // NOLINT(performance-no-int-to-ptr)
  return ::process_vm_readv(caller.process, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(sizeof out);
}

// As points are told apart: temporary files have other names in every save.
std::string file_of(const std::string& store, const std::string& path) {
  if (path.ends_with(".tmp")) return "*.tmp";
  return path.size() > store.size() ? path.substr(store.size() + 1) : ".";
}

Event fault(EventType type, std::uint32_t injector, std::uint64_t number, std::uint32_t victim) {
  Event event;
  event.type = type;
  event.process = injector;
  event.op = number;
  event.value[1] = victim;
  return event;
}

}  // namespace

Killer::Killer(const std::vector<KillRule>& plans, const std::filesystem::path& store,
               const Participants& participants)
    : store_(store.native()), participants_(participants) {
  for (const KillRule& plan : plans) {
    for (std::size_t number = 0; number < plan.before_call.size(); ++number) {
      announced_.push_back(
          fault(EventType::planned, plan.injector, number, plan.victims[number % plan.victims.size()]));
      announced_.back().value[0] = plan.before_call[number];
    }
    for (std::size_t place = 0; place < plan.victims.size(); ++place) {
      std::deque<std::uint64_t> before_call;
      std::vector<std::uint64_t> numbers;
      for (std::size_t number = place; number < plan.before_call.size(); number += plan.victims.size()) {
        before_call.push_back(plan.before_call[number]);
        numbers.push_back(number);
      }
      auto points = plan.every_call ? KillPoints::every_call(plan.broadcasts)
                                    : KillPoints::at_random(plan.broadcasts, std::move(before_call));
      victims_.emplace(plan.victims[place],
                       Victim{plan.injector, plan.every_call, std::move(points), std::move(numbers)});
    }
  }
}

void Killer::begin(const Record& record) {
  for (Event& event : announced_) {
    event.time_ns = monotonic_ns();
    record(event);
  }
  announced_.clear();
}

bool Killer::concerns(pid_t thread) const {
  if (std::all_of(victims_.begin(), victims_.end(), [](const auto& one) { return one.second.points.over(); }))
    return false;
  const auto participant = participants_.find(thread);
  if (!participant) return true;  // another thread or child of somebody's, or just started
  const auto victim = victims_.find(participant->index);
  return participant->role == Role::agent && victim != victims_.end() && !victim->second.points.over();
}

// Agents tell of each broadcast that was answered, by a write to the pipe of the barrier: it comes after the
// answer is on record, and before all that follows.
std::optional<bool> Killer::answer_told(Victim& victim, const seccomp_data& data, const Caller& caller) {
  StatusRecord status;
  const bool told = data.nr == SYS_write && static_cast<int>(data.args[0]) == status_descriptor &&
                    data.args[2] == sizeof status && read_value(caller, data.args[1], status) &&
                    status.kind == StatusKind::progress;
  if (!told) return std::nullopt;
  return status.ok > std::exchange(victim.ok, status.ok);
}

CallFate Killer::before(const AskedCall& asked, const Record& record) {
  const Caller& caller = asked.caller;
  const CallFate spared;
  const auto call = describe_store_call(asked.data);
  if (!call) return spared;
  if (!caller.participant) {
    const bool somebody_is_missed =
        std::any_of(victims_.begin(), victims_.end(), [](const auto& one) { return one.second.dead != 0; });
    const bool may_be_it = somebody_is_missed && !touched_file(*call, caller, store_).empty();
    return may_be_it ? CallFate{.kind = CallFate::Kind::wait} : spared;
  }
  const std::uint32_t agent = caller.participant->index;
  const auto found = victims_.find(agent);
  if (caller.participant->role != Role::agent || found == victims_.end()) return spared;
  Victim& victim = found->second;
  if (victim.points.over()) return spared;
  victim.dead = 0;

  std::string name, path;
  bool killed = false;
  if (const auto acknowledged = answer_told(victim, asked.data, caller)) {
    name = "its next call";
    killed = victim.points.kills_after_broadcast(*acknowledged);
  } else {
    path = touched_file(*call, caller, store_);
    if (path.empty()) return spared;
    name = call_name(*call, caller);
    killed = victim.points.kills_before(name, file_of(store_, path));
  }
  if (killed && asked.still_waiting()) kill(agent, victim, caller, name, path, record);
  if (victim.points.over()) tell_walk(agent, victim, record);
  return killed ? CallFate{.kind = CallFate::Kind::killed} : spared;
}

void Killer::kill(std::uint32_t agent, Victim& victim, const Caller& caller, const std::string& call,
                  const std::string& path, const Record& record) {
  constexpr int death_deadline_ms = 10'000;
  const std::int64_t now_ns = monotonic_ns();
  {
    const std::lock_guard lock(mutex_);
    killed_.insert(caller.process);
  }
  victim.dead = caller.process;
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, caller.process, 0)));
  ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
  // Readable once every thread is gone, and with them their handles and locks.
  pollfd gone{process.get(), POLLIN, 0};
  if (::poll(&gone, 1, death_deadline_ms) != 1) {
    Event event;
    event.type = EventType::warning;
    event.time_ns = now_ns;
    event.value = {1, static_cast<std::uint64_t>(DoubtKind::not_gone), 1, 0};
    event.text = fmt::format("agent {} (pid {}) was killed by plan and was not gone within 10 s", agent,
                             caller.process);
    record(event);
  }
  std::uint64_t& next = faults_[victim.injector];
  const std::uint64_t number = victim.every_call ? next++ : victim.numbers[victim.kills];
  ++victim.kills;
  if (victim.every_call) {
    Event planned = fault(EventType::planned, victim.injector, number, agent);
    planned.time_ns = now_ns;
    record(planned);
  }
  Event fired = fault(EventType::fired, victim.injector, number, agent);
  fired.time_ns = now_ns;
  fired.pid = caller.process;
  fired.text = call;
  fired.text.append(1, '\0').append(path);
  record(fired);
}

bool Killer::take_killed(pid_t process) {
  const std::lock_guard lock(mutex_);
  return killed_.erase(process) != 0;
}

void Killer::tell_walk(std::uint32_t agent, Victim& victim, const Record& record) {
  if (!victim.every_call || std::exchange(victim.told, true)) return;
  Event event;
  event.type = EventType::visited;
  event.process = victim.injector;
  event.time_ns = monotonic_ns();
  event.value = {agent, victim.points.points().size(), victim.points.visited(),
                 victim.points.complete() ? 1U : 0U};
  event.text = fmt::format("{}", fmt::join(victim.points.points(), std::string(1, '\0')));
  record(event);
}

void Killer::end(const Record& record) {
  for (auto& [agent, victim] : victims_) tell_walk(agent, victim, record);
}

}  // namespace holdfast
