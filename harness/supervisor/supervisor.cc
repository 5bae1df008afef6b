#include "harness/supervisor/supervisor.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/clock.h"
#include "harness/supervisor/obliging_holders.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS  // Linux 6.6; Debian 12's headers are older
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace holdfast {

struct Supervisor::Pending {
  std::uint64_t id = 0;
  pid_t thread = 0;
  seccomp_data data{};
  std::int64_t received_ns = 0;
  std::optional<Delay> delay{};           // by a rule, once it is known whether one holds it up
  bool spared = false;                    // by the killer, who counts calls
  std::int64_t look_ns = 0;               // it waits until then, whoever makes it wait
  std::vector<NamedHolder> waited_for{};  // see obliging_holders.h
};

Result<std::unique_ptr<Supervisor>> Supervisor::start(Descriptor listener, Domain domain,
                                                      std::unique_ptr<CallLog> log,
                                                      const Participants& participants,
                                                      const std::vector<PlannedKills>& kills,
                                                      std::vector<DelayRule> delays) {
  Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail(Code::failed, fmt::format("eventfd: {}", std::strerror(errno)), errno);
  // The caller sleeps until the answer: waking it on this processor saves a trip. Older kernels do without.
  ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  std::unique_ptr<Supervisor> supervisor(new Supervisor(std::move(listener), std::move(wake),
                                                        std::move(domain), std::move(log), participants,
                                                        kills, std::move(delays)));
  supervisor->killer_.announce();
  supervisor->thread_ = std::thread([raw = supervisor.get()] { raw->run(); });
  return supervisor;
}

Supervisor::Supervisor(Descriptor listener, Descriptor wake, Domain domain, std::unique_ptr<CallLog> log,
                       const Participants& participants, const std::vector<PlannedKills>& kills,
                       std::vector<DelayRule> delays)
    : listener_(std::move(listener)),
      wake_(std::move(wake)),
      log_(std::move(log)),
      participants_(participants),
      callers_(participants),
      killer_(kills, domain.directories.front(), participants,
              [this](const Event& event) { log_->injected(event); }),
      delayer_(std::move(delays), domain.directories.front(),
               [this](const Event& event) { log_->injected(event); }),
      decider_(std::move(domain), participants) {}

Supervisor::~Supervisor() {
  if (thread_.joinable()) static_cast<void>(stop());
}

void Supervisor::end_thread() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  decider_.settle_deletes();
  log_->counted(exactness_);
  if (exactness_.missed > 0) {
    log_->warned({DoubtKind::late_opener, missed_refusals_text(exactness_), exactness_.missed},
                 is_doubtful(exactness_));
  }
  killer_.finish();
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
  // Signals are for the conductor's thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  // A umask of its own: files are made with that of the caller.
  ::unshare(CLONE_FS);

  bool listening = true;  // until the last process under the filter is gone
  for (;;) {
    pollfd polled[] = {{wake_.get(), POLLIN, 0}, {listening ? listener_.get() : -1, POLLIN, 0}};
    const bool soon = !pending_.empty() || decider_.has_pending_deletes();
    const int timeout_ms = !received_.empty() ? 0 : soon ? probe_again_ms : -1;
    if (::poll(polled, 2, timeout_ms) < 0) continue;
    decider_.settle_deletes();
    if (polled[0].revents != 0) return;
    // All are received before one is decided: a caller whose call was not received yet may be interrupted by a
    // signal, and then hears EINTR where no kernel says so.
    if ((polled[1].revents & POLLIN) != 0) {
      receive();
      continue;
    }
    if ((polled[1].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) listening = false;
    if (!received_.empty()) {
      Pending next = std::move(received_.front());
      received_.pop_front();
      if (!handle(next)) pending_.push_back(std::move(next));
    }
    for (auto pending = pending_.begin(); pending != pending_.end();)
      pending = handle(*pending) ? pending_.erase(pending) : std::next(pending);
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

// Whether a rule makes the call wait. It is asked once a call, and heard of once more when the time is over.
bool Supervisor::held_up(Pending& pending, const Caller& caller) {
  if (pending.delay) {
    if (pending.delay->until_ns == 0) return false;
    delayer_.passed(std::exchange(*pending.delay, Delay{}), monotonic_ns());
    return false;
  }
  pending.delay = delayer_.delay_of(pending.data, caller, monotonic_ns());
  pending.look_ns = pending.delay->until_ns;
  return pending.look_ns != 0;
}

bool Supervisor::decides_open_of(pid_t thread) const {
  if (decider_.decides_opens()) return true;
  const auto injector = participants_.find(thread);  // of one thread
  return decider_.enforces() && injector && injector->role == Role::injector;
}

bool Supervisor::handle(Pending& pending) {
  if (monotonic_ns() < pending.look_ns) return !waiting(pending.id);
  auto call = decode(pending.data);
  if (!call && is_identity_call(pending.data)) {
    callers_.identities_may_change();
    answer(pending.id, 0, true);
    return true;
  }
  const bool opens = call && (call->function == Function::open || call->function == Function::truncate);
  if (opens && !decides_open_of(pending.thread)) call.reset();
  const bool may_be_killed = killer_.concerns(pending.thread);
  if (!call && !may_be_killed && !delayer_.has_rules()) {
    answer(pending.id, 0, true);
    return true;
  }
  const Caller* caller = callers_.find(pending.thread);
  // What was just read under that number is the caller's only if the caller still waits.
  if (!waiting(pending.id)) return true;
  if (caller == nullptr) {
    const bool refused = call && !decider_.only_observes();
    if (call) {
      log_->warned({DoubtKind::unseen_caller,
                    fmt::format("thread {} could not be looked at ({}), so its call was {}", pending.thread,
                                std::strerror(errno), refused ? "refused with ENOSYS" : "not judged")},
                   true);
    }
    answer(pending.id, refused ? ENOSYS : 0, !refused);
    return true;
  }
  // Before a kill is thought of: that counts calls, and must not be done long before the call is.
  if (delayer_.has_rules() && held_up(pending, *caller)) return !waiting(pending.id);
  if (may_be_killed && !std::exchange(pending.spared, true)) {
    switch (killer_.before(pending.data, *caller, [&] { return waiting(pending.id); })) {
      case Killer::Fate::killed:
        return true;
      case Killer::Fate::not_known_yet:
        pending.spared = false;
        return !waiting(pending.id);
      case Killer::Fate::spared:
        break;
    }
  }
  if (!call) {
    answer(pending.id, 0, true);
    return true;
  }
  looked_at_.fetch_add(1, std::memory_order_relaxed);
  Decision decision = decider_.decide(*call, *caller, [&] { return waiting(pending.id); });
  if (decision.kind == Decision::Kind::probe_again) return !waiting(pending.id);
  if (decision.kind == Decision::Kind::abandoned) return true;
  if (decision.doubt) log_->warned(*decision.doubt, true);
  if (const auto now_ns = monotonic_ns();
      shall_wait(decision, *caller, participants_, now_ns - pending.received_ns)) {
    pending.look_ns = now_ns + next_look_after_ns(now_ns - pending.received_ns);
    pending.waited_for = std::move(decision.holders);
    return !waiting(pending.id);
  }
  if (decision.windows_code == 0 && decision.kind != Decision::Kind::pass_through)
    decision.holders = std::move(pending.waited_for);
  if (!decision.path.empty())
    log_->decided({call->function, caller->process, caller->participant, pending.received_ns, decision});
  if (decision.windows_code != 0) count_refusal(decision);
  const bool on_name = call->function == Function::rename || call->function == Function::unlink ||
                       call->function == Function::rmdir;
  if (on_name && decider_.enforces() && decision.kind == Decision::Kind::answered) ++exactness_.decided;
  if (decision.missed_refusal) ++exactness_.missed;
  if (decision.kind == Decision::Kind::handed_over) {
    hand_over(pending.id, decision);
  } else {
    answer(pending.id, decision.error, decision.kind == Decision::Kind::pass_through);
  }
  return true;
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
