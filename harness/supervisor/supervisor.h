// The thread that answers trapped calls: one at a time, each on record before its caller goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "core/base/result.h"
#include "harness/history/recorder.h"
#include "harness/supervisor/decision.h"
#include "harness/supervisor/descriptor.h"
#include "harness/supervisor/killer.h"
#include "harness/supervisor/participants.h"

namespace holdfast {

class Supervisor {
 public:
  // Takes over the listener of install_filter() and the recorder. `participants` must outlive the supervisor.
  // `kills` need a filter that traps store calls.
  static Result<std::unique_ptr<Supervisor>> start(Descriptor listener, Domain domain, Recorder recorder,
                                                   const Participants& participants,
                                                   const std::vector<PlannedKills>& kills = {});
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Ends the thread and closes the record; callers still waiting get ENOSYS. Returns what went wrong on the
  // way, a full disk for instance. Call it when every process of the domain is gone.
  Result<> stop();

  // Whether this process, which has ended, was killed by plan; to be asked once; any thread.
  bool take_killed(pid_t process) { return killer_.take_killed(process); }

  // For progress lines; any thread.
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  struct Pending;
  Supervisor(Descriptor listener, Descriptor wake, Domain domain, Recorder recorder,
             const Participants& participants, const std::vector<PlannedKills>& kills);
  void run();
  void receive();
  bool handle(const Pending& pending);  // false: ask again shortly
  void record(const Pending& pending, const Caller& caller, const Decision& decision);
  void record(const Event& event);
  void warn(const std::string& text, bool doubtful);
  [[nodiscard]] bool waiting(std::uint64_t id) const;
  void answer(std::uint64_t id, int error, bool pass_through);

  Descriptor listener_;
  Descriptor wake_;
  Recorder recorder_;
  Callers callers_;
  Killer killer_;
  Decider decider_;
  std::vector<Pending> pending_;
  Result<> trouble_;  // the first failure to record
  std::atomic<std::uint64_t> refused_{0};
  std::thread thread_;
};

}  // namespace holdfast
