#include "harness/conduct/crowd.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <utility>

#include "core/base/clock.h"
#include "harness/crowd/launch/crew_logs.h"
#include "harness/history/child_exit.h"
#include "harness/history/doubt.h"
#include "harness/linux/barrier.h"
#include "harness/linux/proc.h"
#include "harness/linux/reaper.h"
#include "harness/linux/sealed_text.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {
namespace {

constexpr std::int64_t launcher_grace_ns = 5'000'000'000;  // to kill everybody and go, once told to

// The supervisor keeps one for each process it has met; the children keep the limit they were given.
void use_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<Descriptor> Crowd::start_launcher(const std::filesystem::path& executable, Trap trap) {
  if (auto ready = become_subreaper(); !ready) return fail(ready.error());
  children_before_ = children();
  executable_ = executable;
  auto plan = sealed_text(to_json(plan_));
  if (!plan) return fail(plan.error());
  pipes_.plan = std::move(*plan);
  auto launcher = LauncherProcess::start(executable_, pipes_, trap);
  if (!launcher) return fail(launcher.error());
  launcher_.emplace(std::move(*launcher));
  use_all_descriptors();
  auto hello = receive_message(pipes_.socket.get());
  if (!hello) return fail(hello.error());
  if (!*hello) return fail(Code::failed, "the launcher ended before it was ready");
  if ((*hello)->kind == LauncherMessageKind::refused) {
    return fail(Code::unsupported,
                (*hello)->arguments.empty() ? "the launcher could not set the trap" : (*hello)->arguments[0],
                (*hello)->error);
  }
  return std::move((*hello)->descriptor);
}

Result<> Crowd::start_next() {
  if (auto sent = spawn(requested_); !sent) return sent;
  ++requested_;
  return {};
}

// A member may say that it is ready before the launcher has said who it is; until that is known, its calls and handles
// would count as a stranger's.
bool Crowd::all_ready() const {
  return std::all_of(crew_.begin(), crew_.end(),
                     [](const CrewMember& m) { return (m.ready && m.process != 0) || m.exited; });
}

// Asks the launcher for member `place` of the crew.
Result<> Crowd::spawn(std::size_t place) {
  LauncherMessage request{.kind = LauncherMessageKind::spawn, .token = static_cast<std::uint32_t>(place + 1)};
  request.arguments = {(directory_ / "logs" / log_name(crew_[place])).string(), executable_.string()};
  for (auto& argument : arguments_of(crew_[place], request.token, directory_.string())) {
    request.arguments.push_back(std::move(argument));
  }
  return send_message(pipes_.socket.get(), request);
}

void Crowd::open_gate() {
  pipes_.start.reset();
  expect_answers();
}

void Crowd::begin_last_reads() {
  admitted_ = ended_;
  expect_answers();
}

// From now on each of them has an operation under way, or soon will.
void Crowd::expect_answers() {
  for (const CrewMember& member : crew_) {
    if (member.role == Role::agent && !member.exited && (sends(plan_, member) || member.done))
      watch_.heard(member.index);
  }
}

void Crowd::admit_readers() {
  const std::uint64_t at_once = std::max<std::uint64_t>(2, 2 * std::thread::hardware_concurrency());
  const std::uint64_t one = 1;
  for (; admitted_ < ended_ + at_once; ++admitted_) {
    static_cast<void>(!::write(pipes_.finish.get(), &one, sizeof one));
  }
}

Result<> Crowd::start_last_reader() {
  crew_.push_back(last_reader(crew_));
  return start_next();
}

bool Crowd::others_ended() const {
  return std::all_of(crew_.begin(), crew_.end(),
                     [](const CrewMember& member) { return member.role == Role::agent || member.exited; });
}

std::vector<AgentProcess> Crowd::agent_processes() const {
  std::vector<AgentProcess> processes;
  for (const CrewMember& member : crew_) {
    if (member.role == Role::agent && !member.exited && member.process != 0)
      processes.push_back({member.index, member.process});
  }
  return processes;
}

std::array<pollfd, 2> Crowd::polled() const {
  return {pollfd{pipes_.socket.get(), POLLIN, 0}, pollfd{pipes_.status.get(), POLLIN, 0}};
}

Result<> Crowd::hear(const std::array<pollfd, 2>& polled) {
  if ((polled[1].revents & POLLIN) != 0) hear_status();
  return polled[0].revents != 0 ? hear_launcher() : Result<>();
}

void Crowd::hear_status() {
  std::array<StatusRecord, 256> records;
  const ssize_t got = ::read(pipes_.status.get(), records.data(), sizeof records);
  for (std::size_t i = 0; got > 0 && i < static_cast<std::size_t>(got) / sizeof(StatusRecord); ++i) {
    const StatusRecord& record = records[i];
    if (record.token == 0 || record.token > crew_.size()) continue;
    CrewMember& member = crew_[record.token - 1];
    member.ready = true;
    member.done = member.done || record.kind == StatusKind::done;
    member.ok = record.ok;
    member.failed = record.failed;
    member.retries = record.retries;
    if (member.role != Role::agent) continue;
    if (member.done) {
      watch_.forget(member.index);
    } else if (record.kind == StatusKind::progress) {
      watch_.heard(member.index);
    }
  }
}

Result<> Crowd::hear_launcher() {
  auto received = receive_message(pipes_.socket.get());
  if (!received) return fail(received.error());
  if (!*received) return fail(Code::failed, "the launcher died, and with it the run; its agents were ended");
  const LauncherMessage& message = **received;
  if (message.token == 0 || message.token > crew_.size()) return {};
  CrewMember& member = crew_[message.token - 1];
  if (message.kind == LauncherMessageKind::spawned) return has_started(member, message);
  if (message.kind == LauncherMessageKind::exited) return has_ended(member, message);
  return {};
}

Result<> Crowd::has_started(CrewMember& member, const LauncherMessage& message) {
  if (message.error != 0) {
    return fail(Code::failed, message.arguments.empty() ? "cannot start a process" : message.arguments[0],
                message.error);
  }
  ++spawned_;
  member.process = message.process;
  participants_.add(message.process, participant_of(member));
  return record_.record({.type = EventType::spawned,
                         .process = member.index,
                         .pid = member.process,
                         .value = {static_cast<std::uint64_t>(member.role), 0, 0, 0}});
}

Result<> Crowd::has_ended(CrewMember& member, const LauncherMessage& message) {
  hear_status();  // what it said before it ended
  if (killer_ != nullptr && killer_->take_killed(message.process) && !stopping_)
    return restart(member, message);
  member.exited = true;
  if (member.role == Role::agent) watch_.forget(member.index);
  ++ended_;
  member.wait_status = message.status;
  participants_.remove(message.process);
  const std::string said = member.wait_status != 0 && !stopping_ ? log_of(directory_, member) : std::string();
  if (auto quoted = quote(member, said); !quoted) return quoted;
  if (auto recorded = record_end(member, message, stopping_, false); !recorded) return recorded;
  // That it could not do its part, or not write it down, says nothing about the subject.
  if (!stopping_ && gave_up(member.wait_status))
    return fail(WEXITSTATUS(member.wait_status) == child_refused_arguments ? Code::invalid : Code::failed,
                why_given_up(member, said));
  return {};
}

// An agent was killed by plan: another goes on in its place.
Result<> Crowd::restart(CrewMember& member, const LauncherMessage& message) {
  participants_.remove(message.process);
  member.process = 0;
  member.restarted = true;
  if (auto recorded = record_end(member, message, false, true); !recorded) return recorded;
  return spawn(message.token - 1);
}

Result<> Crowd::record_end(const CrewMember& member, const LauncherMessage& message, bool stopped,
                           bool restarted) {
  return record_.record(
      {.type = EventType::exited,
       .process = member.index,
       .pid = message.process,
       .value = {static_cast<std::uint64_t>(member.role), static_cast<std::uint64_t>(message.status),
                 stopped ? 1U : 0U, restarted ? 1U : 0U}});
}

Participant Crowd::participant_of(const CrewMember& member) const {
  if (member.role != Role::injector) return {member.role, member.index};
  const Injector& injector = plan_.scenario.injectors[member.index];
  return {member.role, member.index, parse_letters(injector.share).value_or(0), makes_wait(injector)};
}

Result<> Crowd::quote(const CrewMember& member, const std::string& text) {
  if (text.empty()) return {};
  // Without an injector or a reader that works, the rest of the run proves nothing.
  Event event{.type = EventType::warning,
              .value = {member.role == Role::agent ? 0U : 1U,
                        static_cast<std::uint64_t>(DoubtKind::process_failed), 1, 0}};
  event.text = fmt::format("{} {} said: {}", role_name(member.role), member.index, text);
  return record_.record(std::move(event));
}

void Crowd::tell_to_end() {
  stopping_ = true;
  static_cast<void>(
      send_message(pipes_.socket.get(), {.kind = LauncherMessageKind::signal, .status = SIGTERM}));
  for (std::size_t i = requested_; i < crew_.size(); ++i) crew_[i].exited = true;  // was never to be started
}

void Crowd::end_all() {
  if (!launcher_) return;
  stopping_ = true;
  if (pipes_.socket) {
    static_cast<void>(send_message(pipes_.socket.get(), {.kind = LauncherMessageKind::shutdown}));
    const std::int64_t deadline_ns = monotonic_ns() + launcher_grace_ns;
    for (;;) {  // hear of the exits, until the launcher is gone too
      pollfd polled{pipes_.socket.get(), POLLIN, 0};
      const std::int64_t left_ns = deadline_ns - monotonic_ns();
      if (left_ns <= 0) {  // it hangs; what it started dies with it or is ended below
        ::kill(launcher_->pid(), SIGKILL);
        break;
      }
      if (::poll(&polled, 1, static_cast<int>(left_ns / 1'000'000 + 1)) <= 0) continue;
      if (!hear_launcher()) break;
    }
    pipes_.socket.reset();  // a launcher that still lives takes this as the end
  }
  launcher_->wait();
  // Only if the launcher was killed is anybody left: its children are ours now.
  end_all_descendants(children_before_, [](pid_t, int) {});
}

}  // namespace holdfast
