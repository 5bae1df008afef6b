// The processes of a run: starts them behind a gate through the launcher, follows their progress, stops them, and
// records each start and end.
//
// The conductor decides when. Only this layer knows how processes are started, report and end.
#pragma once

#include <poll.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "harness/conduct/conductor_record.h"
#include "harness/conduct/watch/agents_holdings.h"
#include "harness/conduct/watch/store_watch.h"
#include "harness/crowd/launch/crew.h"
#include "harness/crowd/launch/launcher_process.h"
#include "harness/linux/launcher_messages.h"
#include "harness/supervisor/before/killer.h"
#include "harness/supervisor/look/participants.h"

namespace holdfast {

// For one thread. Its arguments must outlive it.
class Crowd {
 public:
  Crowd(const Plan& plan, const std::filesystem::path& run_directory, ConductorRecord& record,
        StoreWatch& watch)
      : plan_(plan), directory_(run_directory), record_(record), watch_(watch), crew_(crew_of(plan)) {}

  // Starts the launcher, `executable internal-launcher`. Returns the descriptor on which the kernel reports trapped
  // calls.
  Result<Descriptor> start_launcher(const std::filesystem::path& executable, Trap trap);
  // Restarts each agent that this rule kills. Null: no agent is killed.
  void restart_killed_by(Killer* killer) { killer_ = killer; }

  // Requests the start of the next member, which then waits behind the gate.
  Result<> start_next();
  [[nodiscard]] bool all_asked_for() const { return requested_ == crew_.size(); }
  [[nodiscard]] std::size_t under_way() const { return requested_ - spawned_; }
  [[nodiscard]] bool all_ready() const;

  void open_gate();
  void stop_injectors() { pipes_.stop.reset(); }
  // Admits only as many at once as there are processors: reading a long queue takes processor time and memory.
  void begin_last_reads();
  void admit_readers();
  // A fresh process, without any cached state. Call it after all agents have ended.
  Result<> start_last_reader();

  // Sends SIGTERM to all; from here on, deaths are our doing.
  void tell_to_end();
  // Afterwards no process is left, whether or not it obeyed.
  void end_all();

  // The descriptors to poll, and the handler of what arrives.
  [[nodiscard]] std::array<pollfd, 2> polled() const;
  Result<> hear(const std::array<pollfd, 2>& polled);

  // Whether `test` holds for every agent that has not ended.
  template <typename Test>
  [[nodiscard]] bool agents_are(Test test) const {
    return std::all_of(crew_.begin(), crew_.end(), [&](const CrewMember& member) {
      return member.role != Role::agent || member.exited || test(member);
    });
  }
  // Whether the injectors have ended, and the fresh reader, once started.
  [[nodiscard]] bool others_ended() const;
  [[nodiscard]] std::vector<AgentProcess> agent_processes() const;
  [[nodiscard]] const std::vector<CrewMember>& members() const { return crew_; }
  // Any thread.
  [[nodiscard]] Participants& participants() { return participants_; }

 private:
  Result<> spawn(std::size_t place);
  void hear_status();
  Result<> hear_launcher();
  Result<> has_started(CrewMember& member, const LauncherMessage& message);
  Result<> has_ended(CrewMember& member, const LauncherMessage& message);
  Result<> restart(CrewMember& member, const LauncherMessage& message);
  Result<> record_end(const CrewMember& member, const LauncherMessage& message, bool stopped, bool restarted);
  Result<> quote(const CrewMember& member, const std::string& text);
  [[nodiscard]] Participant participant_of(const CrewMember& member) const;
  void expect_answers();

  const Plan& plan_;
  const std::filesystem::path& directory_;
  ConductorRecord& record_;
  StoreWatch& watch_;
  std::filesystem::path executable_;
  Participants participants_;
  RunPipes pipes_;
  std::optional<LauncherProcess> launcher_;
  Killer* killer_ = nullptr;
  std::vector<CrewMember> crew_;
  std::vector<pid_t> children_before_;  // not ours to end
  std::size_t requested_ = 0;
  std::size_t spawned_ = 0;
  std::uint64_t ended_ = 0;     // members that have ended
  std::uint64_t admitted_ = 0;  // permits given so far
  bool stopping_ = false;
};

}  // namespace holdfast
