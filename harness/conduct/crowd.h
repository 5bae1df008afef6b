// The processes of a run: started behind a gate, heard, told to stop, and ended. The launcher starts them; who comes and
// goes is written down.
//
// The conductor says when; nothing of how processes are started, heard or ended is known above this.
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

// For one thread. What it is given must outlive it.
class Crowd {
 public:
  Crowd(const Plan& plan, const std::filesystem::path& run_directory, ConductorRecord& record,
        StoreWatch& watch)
      : plan_(plan), directory_(run_directory), record_(record), watch_(watch), crew_(crew_of(plan)) {}

  // Starts the launcher, `executable internal-launcher`. Returns where the kernel asks about trapped calls.
  Result<Descriptor> start_launcher(const std::filesystem::path& executable, Trap trap);
  // Whoever this rule kills is started again. Null: nobody is killed.
  void restart_killed_by(Killer* killer) { killer_ = killer; }

  // Asks for the next member that was not asked for yet; it waits behind the gate.
  Result<> start_next();
  [[nodiscard]] bool all_asked_for() const { return requested_ == crew_.size(); }
  [[nodiscard]] std::size_t under_way() const { return requested_ - spawned_; }
  [[nodiscard]] bool all_ready() const;

  void open_gate();
  void stop_injectors() { pipes_.stop.reset(); }
  // As many at once as keep all processors busy: reading a long queue takes a processor and memory.
  void begin_last_reads();
  void admit_readers();
  // A fresh process, which finds what was not there before; after all agents have ended.
  Result<> start_last_reader();

  // SIGTERM to everybody; deaths from here on are our doing.
  void tell_to_end();
  // Nobody is left afterwards, whether they obeyed or not.
  void end_all();

  // What to poll for, and what was said.
  [[nodiscard]] std::array<pollfd, 2> polled() const;
  Result<> hear(const std::array<pollfd, 2>& polled);

  // Whether it holds of every agent that has not ended.
  template <typename Test>
  [[nodiscard]] bool agents_are(Test test) const {
    return std::all_of(crew_.begin(), crew_.end(), [&](const CrewMember& member) {
      return member.role != Role::agent || member.exited || test(member);
    });
  }
  // Injectors, and in the end the fresh reader.
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
  std::uint64_t ended_ = 0;     // members that are no more
  std::uint64_t admitted_ = 0;  // permits given, for them and for those who read now
  bool stopping_ = false;
};

}  // namespace holdfast
