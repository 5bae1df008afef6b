// The thread that answers trapped calls: one at a time, each logged before its caller goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "harness/history/exactness.h"
#include "harness/linux/descriptor.h"
#include "harness/supervisor/before/call_rule.h"
#include "harness/supervisor/before/schedule.h"
#include "harness/supervisor/call_log.h"
#include "harness/supervisor/decide/decider.h"
#include "harness/supervisor/look/participants.h"

namespace holdfast {

// Calls refused because of a holder: per injector, and for other holders per kind.
struct HolderRefusals {
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;
  std::uint64_t refusals = 0;
};

class Supervisor {
 public:
  using CallRules = std::vector<std::unique_ptr<CallRule>>;

  // Takes over the listener of install_filter() and the log. `participants` must outlive the supervisor. A domain
  // that decides opens needs a filter that traps them, and rules need one that traps the calls they concern.
  static Result<std::unique_ptr<Supervisor>> start(
      Descriptor listener, Domain domain, std::unique_ptr<CallLog> log, const Participants& participants,
      CallRules rules = {}, std::unique_ptr<Schedule> schedule = std::make_unique<FirstComeFirstServed>());
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Ends the thread and closes the log; callers still waiting get ENOSYS. Returns what went wrong, for instance a
  // full disk. Call it when every process of the domain is gone.
  Result<> stop();

  // The same, but callers keep waiting: returns the listener.
  Descriptor release();

  // For progress; any thread.
  [[nodiscard]] std::vector<HolderRefusals> refusals_by_holder() const;
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

  // The number of calls examined, including those outside the domain; any thread.
  [[nodiscard]] std::uint64_t looked_at() const { return looked_at_.load(std::memory_order_relaxed); }

 private:
  Supervisor(Descriptor listener, Descriptor wake, Domain domain, std::unique_ptr<CallLog> log,
             const Participants& participants, CallRules rules, std::unique_ptr<Schedule> schedule);
  void run();
  void end_thread();
  void receive();
  // The result of a step: the call was answered or abandoned, or must be taken up again shortly.
  enum class Step : std::uint8_t { over, again };
  Step handle(WaitingCall& call);
  Step decide(WaitingCall& call, const TrappedCall& trapped, const Caller& caller);
  std::optional<Step> ask_rules(WaitingCall& call, const Caller& caller);
  [[nodiscard]] bool ruled(const WaitingCall& call) const;
  Step let_wait(const WaitingCall& call) const { return waiting(call.id) ? Step::again : Step::over; }
  Step pass_through(const WaitingCall& call);
  Step unseen(const WaitingCall& call, bool trapped);
  Step leave_unjudged(const WaitingCall& call);
  [[nodiscard]] std::optional<TrappedCall> to_decide(const WaitingCall& call) const;
  void tell(const WaitingCall& call, const TrappedCall& trapped, const Caller& caller,
            const Decision& decision);
  // Injectors' opens are always decided, others' if the domain says so.
  [[nodiscard]] bool decides_open_of(pid_t thread) const;
  [[nodiscard]] bool waiting(std::uint64_t id) const;
  void answer(std::uint64_t id, int error, bool pass_through);
  void hand_over(std::uint64_t id, const Decision& decision);
  void count_refusal(const Decision& decision);

  Descriptor listener_;
  Descriptor wake_;
  std::unique_ptr<CallLog> log_;
  const Participants& participants_;
  Callers callers_;
  Decider decider_;
  CallRules rules_;
  CallRule::Record record_;
  std::unique_ptr<Schedule> schedule_;
  std::deque<WaitingCall> received_;  // in order of arrival
  std::vector<WaitingCall> pending_;  // to be taken up again shortly
  Result<> outcome_;
  Exactness exactness_;  // only for the thread, until it ends
  std::atomic<std::uint64_t> refused_{0};
  mutable std::mutex refusals_mutex_;
  std::map<std::pair<HolderKind, std::uint32_t>, std::uint64_t> refusals_;  // see HolderRefusals
  std::atomic<std::uint64_t> looked_at_{0};
  std::thread thread_;
};

}  // namespace holdfast
