#include "harness/supervisor/supervisor.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "harness/linux/proc.h"
#include "harness/supervisor/decide/obliging_holders.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS  // Linux 6.6; Debian 12's headers are older
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace holdfast {

Result<std::unique_ptr<Supervisor>> Supervisor::start(Descriptor listener, Domain domain,
                                                      std::unique_ptr<CallLog> log,
                                                      const Participants& participants, CallRules rules,
                                                      std::unique_ptr<Schedule> schedule) {
  Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail(Code::failed, fmt::format("eventfd: {}", std::strerror(errno)), errno);
  // The caller sleeps until the answer: waking it on this processor saves a trip. Older kernels do without.
  ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  std::unique_ptr<Supervisor> supervisor(new Supervisor(std::move(listener), std::move(wake),
                                                        std::move(domain), std::move(log), participants,
                                                        std::move(rules), std::move(schedule)));
  for (const auto& rule : supervisor->rules_) rule->begin(supervisor->record_);
  supervisor->thread_ = std::thread([raw = supervisor.get()] { raw->run(); });
  return supervisor;
}

Supervisor::Supervisor(Descriptor listener, Descriptor wake, Domain domain, std::unique_ptr<CallLog> log,
                       const Participants& participants, CallRules rules, std::unique_ptr<Schedule> schedule)
    : listener_(std::move(listener)),
      wake_(std::move(wake)),
      log_(std::move(log)),
      participants_(participants),
      callers_(participants),
      decider_(std::move(domain), participants),
      rules_(std::move(rules)),
      record_([this](const Event& event) { log_->injected(event); }),
      schedule_(std::move(schedule)) {}

Supervisor::~Supervisor() {
  if (thread_.joinable()) static_cast<void>(stop());
}

void Supervisor::end_thread() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  decider_.settle_all_deletes();
  log_->counted(exactness_);
  if (exactness_.missed > 0) {
    log_->warned({DoubtKind::late_opener, missed_refusals_text(exactness_), exactness_.missed},
                 is_doubtful(exactness_));
  }
  for (const auto& rule : rules_) rule->end(record_);
  outcome_ = log_->close();
}

Result<> Supervisor::stop() {
  end_thread();
  listener_.reset();
  return outcome_;
}

Descriptor Supervisor::release() {
  end_thread();
  return std::move(listener_);
}

void Supervisor::run() {
  constexpr int probe_again_ms = 1;
  constexpr std::size_t settled_when_idle = 64, settled_between_calls = 2;  // at some 5 us each
  // Signals are for the conductor's thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  ::pthread_setname_np(::pthread_self(), supervisor_thread_name);
  // A umask of its own: files are made with that of the caller.
  ::unshare(CLONE_FS);

  bool listening = true;  // until the last process under the filter is gone
  for (;;) {
    pollfd polled[] = {{wake_.get(), POLLIN, 0}, {listening ? listener_.get() : -1, POLLIN, 0}};
    const bool soon = !pending_.empty() || decider_.has_pending_deletes();
    const int timeout_ms = !received_.empty() ? 0 : soon ? probe_again_ms : -1;
    const int ready = ::poll(polled, 2, timeout_ms);
    if (ready < 0) continue;
    decider_.settle_some_deletes(ready == 0 && received_.empty() ? settled_when_idle : settled_between_calls);
    if (polled[0].revents != 0) return;
    // All are received before one is decided: a caller whose call was not received yet may be interrupted by a
    // signal, and then hears EINTR where no kernel says so.
    if ((polled[1].revents & POLLIN) != 0) {
      receive();
      continue;
    }
    if ((polled[1].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) listening = false;
    if (!received_.empty()) {
      const std::size_t place = schedule_->next(received_);
      HOLDFAST_CHECK(place < received_.size());
      const auto chosen = received_.begin() + static_cast<std::ptrdiff_t>(place);
      WaitingCall next = std::move(*chosen);
      received_.erase(chosen);
      if (handle(next) == Step::again) pending_.push_back(std::move(next));
    }
    for (auto call = pending_.begin(); call != pending_.end();)
      call = handle(*call) == Step::over ? pending_.erase(call) : std::next(call);
  }
}

void Supervisor::receive() {
  seccomp_notif notification{};
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0)
    return;  // the caller is gone again
  received_.push_back(
      {notification.id, static_cast<pid_t>(notification.pid), notification.data, monotonic_ns()});
}

bool Supervisor::waiting(std::uint64_t id) const {
  return ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

bool Supervisor::decides_open_of(pid_t thread) const {
  if (decider_.decides_opens()) return true;
  const auto injector = participants_.find(thread);  // of one thread
  return decider_.enforces() && injector && injector->role == Role::injector;
}

std::optional<TrappedCall> Supervisor::to_decide(const WaitingCall& call) const {
  auto trapped = decode(call.data);
  const bool opens =
      trapped && (trapped->function == Function::open || trapped->function == Function::truncate);
  if (opens && !decides_open_of(call.thread)) trapped.reset();
  return trapped;
}

bool Supervisor::ruled(const WaitingCall& call) const {
  const auto left = rules_.begin() + static_cast<std::ptrdiff_t>(call.rules_passed);
  return std::any_of(left, rules_.end(), [&](const auto& rule) { return rule->concerns(call.thread); });
}

// None: they all let it pass.
std::optional<Supervisor::Step> Supervisor::ask_rules(WaitingCall& call, const Caller& caller) {
  const std::function<bool()> still_waiting = [&] { return waiting(call.id); };
  for (; call.rules_passed < rules_.size(); ++call.rules_passed) {
    CallRule& rule = *rules_[call.rules_passed];
    if (!rule.concerns(call.thread)) continue;
    const CallFate fate = rule.before({call.id, call.data, caller, monotonic_ns(), still_waiting}, record_);
    switch (fate.kind) {
      case CallFate::Kind::pass:
        break;
      case CallFate::Kind::wait:
        call.look_ns = fate.until_ns;
        return let_wait(call);
      case CallFate::Kind::killed:
        return Step::over;
      case CallFate::Kind::fail:
        HOLDFAST_CHECK(fate.error > 0);
        answer(call.id, fate.error, false);
        return Step::over;
    }
  }
  return std::nullopt;
}

Supervisor::Step Supervisor::pass_through(const WaitingCall& call) {
  answer(call.id, 0, true);
  return Step::over;
}

// For a caller that may not be inspected.
Supervisor::Step Supervisor::unseen(const WaitingCall& call, bool trapped) {
  const bool refused = trapped && !decider_.only_observes();
  if (trapped) {
    log_->warned({DoubtKind::unseen_caller,
                  fmt::format("thread {} could not be looked at ({}), so its call was {}", call.thread,
                              std::strerror(errno), refused ? "refused with ENOSYS" : "not judged")},
                 true);
  }
  answer(call.id, refused ? ENOSYS : 0, !refused);
  return Step::over;
}

// For 32-bit calls, any of which may change a file or an identity. Unless it only observes, none gets through; a process that
// got ENOSYS instead, even from exit(), might never end.
Supervisor::Step Supervisor::leave_unjudged(const WaitingCall& call) {
  callers_.identities_may_change();
  const bool goes_on = decider_.only_observes();
  const std::string program = program_of_process(call.thread);
  if (!waiting(call.id)) return Step::over;
  log_->warned(
      {DoubtKind::foreign_abi, fmt::format("{} (thread {}) made a 32-bit call, which cannot be judged{}",
                                           program, call.thread, goes_on ? "" : ", and was killed")},
      true);
  if (!goes_on) ::kill(call.thread, SIGKILL);  // all of its process
  answer(call.id, goes_on ? 0 : ENOSYS, goes_on);
  return Step::over;
}

Supervisor::Step Supervisor::handle(WaitingCall& call) {
  if (monotonic_ns() < call.look_ns) return let_wait(call);
  if (is_32_bit(call.data)) return leave_unjudged(call);
  if (is_identity_call(call.data)) callers_.identities_may_change();
  if (is_confinement_call(call.data) && !decider_.only_observes()) {
    answer(call.id, EOPNOTSUPP, false);  // as a kernel that was booted without it
    return Step::over;
  }
  const auto trapped = to_decide(call);
  if (!trapped && !ruled(call)) return pass_through(call);
  const Caller* caller = callers_.find(call.thread);
  // What was just read under that number is the caller's only if the caller still waits.
  if (!waiting(call.id)) return Step::over;
  if (caller == nullptr) return unseen(call, trapped.has_value());
  if (const auto step = ask_rules(call, *caller)) return *step;
  return trapped ? decide(call, *trapped, *caller) : pass_through(call);
}

Supervisor::Step Supervisor::decide(WaitingCall& call, const TrappedCall& trapped, const Caller& caller) {
  looked_at_.fetch_add(1, std::memory_order_relaxed);
  Decision decision = decider_.decide(trapped, caller, [&] { return waiting(call.id); });
  if (decision.kind == Decision::Kind::probe_again) return let_wait(call);
  if (decision.kind == Decision::Kind::abandoned) return Step::over;
  HOLDFAST_CHECK((decision.kind == Decision::Kind::handed_over) == static_cast<bool>(decision.opened));
  HOLDFAST_CHECK(decision.windows_code == 0 || decision.error > 0 || decider_.only_observes());
  if (decision.doubt) log_->warned(*decision.doubt, true);
  const std::int64_t now_ns = monotonic_ns(), waited_ns = now_ns - call.received_ns;
  if (shall_wait(decision, caller, participants_, waited_ns)) {
    call.look_ns = now_ns + next_look_after_ns(waited_ns);
    call.waited_for = std::move(decision.holders);
    return let_wait(call);
  }
  if (decision.windows_code == 0 && decision.kind != Decision::Kind::pass_through)
    decision.holders = std::move(call.waited_for);
  tell(call, trapped, caller, decision);
  if (decision.kind == Decision::Kind::handed_over) {
    hand_over(call.id, decision);
  } else {
    answer(call.id, decision.error, decision.kind == Decision::Kind::pass_through);
  }
  return Step::over;
}

void Supervisor::tell(const WaitingCall& call, const TrappedCall& trapped, const Caller& caller,
                      const Decision& decision) {
  if (!decision.path.empty())
    log_->decided(
        {trapped.function, caller.process, caller.thread, caller.participant, call.received_ns, decision});
  if (!decision.outside.empty()) log_->outside(decision.outside);
  if (decision.windows_code != 0) count_refusal(decision);
  const bool on_name = trapped.function == Function::rename || trapped.function == Function::unlink ||
                       trapped.function == Function::rmdir;
  if (on_name && decider_.enforces() && decision.kind == Decision::Kind::answered) ++exactness_.decided;
  if (decision.missed_refusal) ++exactness_.missed;
}

void Supervisor::count_refusal(const Decision& decision) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  std::set<std::pair<HolderKind, std::uint32_t>> holders;
  for (const NamedHolder& holder : decision.holders)
    holders.insert({holder.kind, holder.kind == HolderKind::injector ? holder.index : no_process});
  const std::lock_guard lock(refusals_mutex_);
  for (const auto& holder : holders) ++refusals_[holder];
}

std::vector<HolderRefusals> Supervisor::refusals_by_holder() const {
  const std::lock_guard lock(refusals_mutex_);
  std::vector<HolderRefusals> all;
  for (const auto& [holder, refusals] : refusals_) all.push_back({holder.first, holder.second, refusals});
  return all;
}

void Supervisor::hand_over(std::uint64_t id, const Decision& decision) {
  seccomp_notif_addfd handed{};
  handed.id = id;
  handed.flags = SECCOMP_ADDFD_FLAG_SEND;
  handed.srcfd = static_cast<std::uint32_t>(decision.opened.get());
  handed.newfd_flags = decision.close_on_exec ? O_CLOEXEC : 0;
  // ENOENT: the caller was killed meanwhile. Else it has no descriptor left, and gets that error.
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &handed) < 0 && errno != ENOENT)
    answer(id, errno, false);
}

void Supervisor::answer(std::uint64_t id, int error, bool pass_through) {
  seccomp_notif_resp response{};
  response.id = id;
  response.error = pass_through ? 0 : -error;
  response.flags = pass_through ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
  // ENOENT: the caller was killed meanwhile; what was done stays done, as on any system.
  ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
}

}  // namespace holdfast
