// Kills agents right before calls of theirs, from the thread that decides.
//
// Only there can a dead agent's call not be done after others went on: its caller waits for the answer, is
// killed instead, and nobody else is answered until it is gone with all that it held.
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
  // Waits for who may be a victim that was started again, and is not known yet.
  CallFate before(const AskedCall& call, const Record& record) override;
  // Writes down how far those got that are not through.
  void end(const Record& record) override;

  // Whether this process was killed here; any thread. Its number is forgotten, for it may be given again.
  bool take_killed(pid_t process);

 private:
  struct Victim {
    std::uint32_t injector = 0;
    bool every_call = true;
    KillPoints points;
    std::vector<std::uint64_t> numbers;  // at random: of its kills, among the injector's
    std::uint64_t kills = 0;
    std::uint32_t ok = 0;  // broadcasts acknowledged, as it told last
    pid_t dead = 0;        // killed, and not yet seen again; 0: none
    bool told = false;     // how far it got is on record
  };

  // Whether a broadcast was acknowledged, if this call tells of one that was answered.
  static std::optional<bool> answer_told(Victim& victim, const seccomp_data& data, const Caller& caller);
  void kill(std::uint32_t agent, Victim& victim, const Caller& caller, const std::string& call,
            const std::string& path, const Record& record);
  static void tell_walk(std::uint32_t agent, Victim& victim, const Record& record);

  std::string store_;
  const Participants& participants_;
  std::vector<Event> announced_;
  std::map<std::uint32_t, Victim> victims_;        // by agent
  std::map<std::uint32_t, std::uint64_t> faults_;  // by injector: how many are on record
  std::mutex mutex_;                               // of killed_
  std::set<pid_t> killed_;
};

}  // namespace holdfast
