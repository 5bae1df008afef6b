// The thread that answers trapped calls: one at a time, each told of before its caller goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "harness/history/exactness.h"
#include "harness/supervisor/call_log.h"
#include "harness/supervisor/decision.h"
#include "harness/supervisor/delay_rule.h"
#include "harness/supervisor/descriptor.h"
#include "harness/supervisor/killer.h"
#include "harness/supervisor/participants.h"

namespace holdfast {

// Calls refused on account of a holder; of injectors each for itself, of others all of a kind together.
struct HolderRefusals {
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;
  std::uint64_t refusals = 0;
};

class Supervisor {
 public:
  // Takes over the listener of install_filter() and the log. `participants` must outlive the supervisor. A domain
  // that decides opens needs a filter that traps them, `kills` one that traps store calls.
  static Result<std::unique_ptr<Supervisor>> start(Descriptor listener, Domain domain,
                                                   std::unique_ptr<CallLog> log,
                                                   const Participants& participants,
                                                   const std::vector<PlannedKills>& kills = {},
                                                   std::vector<DelayRule> delays = {});
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Ends the thread and closes the log; callers still waiting get ENOSYS. Returns what went wrong on the way, a
  // full disk for instance. Call it when every process of the domain is gone.
  Result<> stop();

  // The same, but callers are not given up: the listener is handed back.
  Descriptor release();

  // Whether this process, which has ended, was killed by plan; to be asked once; any thread.
  bool take_killed(pid_t process) { return killer_.take_killed(process); }

  // For progress; any thread.
  [[nodiscard]] std::vector<HolderRefusals> refusals_by_holder() const;
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

  // Calls that were looked at, those outside of the domain too; any thread.
  [[nodiscard]] std::uint64_t looked_at() const { return looked_at_.load(std::memory_order_relaxed); }

 private:
  struct Pending;
  Supervisor(Descriptor listener, Descriptor wake, Domain domain, std::unique_ptr<CallLog> log,
             const Participants& participants, const std::vector<PlannedKills>& kills,
             std::vector<DelayRule> delays);
  void run();
  void end_thread();
  void receive();
  bool handle(Pending& pending);  // false: ask again shortly
  // Injectors' opens are decided always, others' where the domain says so.
  [[nodiscard]] bool decides_open_of(pid_t thread) const;
  bool held_up(Pending& pending, const Caller& caller);
  [[nodiscard]] bool waiting(std::uint64_t id) const;
  void answer(std::uint64_t id, int error, bool pass_through);
  void hand_over(std::uint64_t id, const Decision& decision);
  void count_refusal(const Decision& decision);

  Descriptor listener_;
  Descriptor wake_;
  std::unique_ptr<CallLog> log_;
  const Participants& participants_;
  Callers callers_;
  Killer killer_;
  Delayer delayer_;
  Decider decider_;
  std::deque<Pending> received_;  // to be decided, in the order of their coming
  std::vector<Pending> pending_;  // to be asked again shortly
  Result<> outcome_;
  Exactness exactness_;  // of the thread alone, until it ends
  std::atomic<std::uint64_t> refused_{0};
  mutable std::mutex refusals_mutex_;
  std::map<std::pair<HolderKind, std::uint32_t>, std::uint64_t> refusals_;  // see HolderRefusals
  std::atomic<std::uint64_t> looked_at_{0};
  std::thread thread_;
};

}  // namespace holdfast
