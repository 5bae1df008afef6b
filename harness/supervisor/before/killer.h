// Kills agents right before their calls, from the thread that decides.
//
// Only this thread can ensure that a dead agent's call is not done after others have gone on: the caller waits for
// the answer, is killed instead, and no other call is answered until it is gone with everything it held.
#pragma once

#include <linux/seccomp.h>

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/history/event.h"
#include "harness/supervisor/before/call_rule.h"
#include "harness/supervisor/before/kill_points.h"
#include "harness/supervisor/look/caller.h"
#include "harness/supervisor/trap/store_calls.h"

namespace holdfast {

class Killer : public CallRule {
 public:
  // `store` is absolute and canonical; `participants` must outlive it.
  Killer(const std::vector<KillRule>& plans, const std::filesystem::path& store,
         const Participants& participants);

  void begin(const Record& record) override;
  [[nodiscard]] bool concerns(pid_t thread) const override;
  // Holds back callers that may be restarted victims not yet known.
  CallFate before(const AskedCall& call, const Record& record) override;
  // Records how far unfinished victims got.
  void end(const Record& record) override;

  // Whether this process was killed here; any thread. Forgets the pid, since it may be reused.
  bool take_killed(pid_t process);

 private:
  struct Victim {
    std::uint32_t injector = 0;
    bool every_call = true;
    KillPoints points;
    std::vector<std::uint64_t> numbers;  // at random: the numbers of its kills among the injector's
    std::uint64_t kills = 0;
    std::uint32_t ok = 0;  // broadcasts acknowledged, by its last report
    pid_t dead = 0;        // killed, and not yet seen again; 0: none
    bool told = false;     // how far it got is recorded
  };

  // If this call reports an answered broadcast: whether it was acknowledged.
  static std::optional<bool> answer_told(Victim& victim, const seccomp_data& data, const Caller& caller);
  void kill(std::uint32_t agent, Victim& victim, const Caller& caller, const std::string& call,
            const std::string& path, const Record& record);
  static void tell_walk(std::uint32_t agent, Victim& victim, const Record& record);

  std::string store_;
  const Participants& participants_;
  std::vector<Event> announced_;
  std::map<std::uint32_t, Victim> victims_;        // by agent
  std::map<std::uint32_t, std::uint64_t> faults_;  // by injector: number recorded
  std::mutex mutex_;                               // of killed_
  std::set<pid_t> killed_;
};

}  // namespace holdfast
