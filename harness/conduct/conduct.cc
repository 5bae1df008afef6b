#include "harness/conduct/conduct.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>
#include <thread>

#include "core/base/clock.h"
#include "harness/conduct/agents_holdings.h"
#include "harness/conduct/call_rules.h"
#include "harness/conduct/conductor_record.h"
#include "harness/conduct/crew.h"
#include "harness/conduct/crew_logs.h"
#include "harness/conduct/interrupts.h"
#include "harness/conduct/launcher_process.h"
#include "harness/conduct/leftovers.h"
#include "harness/conduct/store_watch.h"
#include "harness/history/child_exit.h"
#include "harness/history/doubt.h"
#include "harness/history/recorder.h"
#include "harness/supervisor/barrier.h"
#include "harness/supervisor/killer.h"
#include "harness/supervisor/launcher_messages.h"
#include "harness/supervisor/proc.h"
#include "harness/supervisor/reaper.h"
#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

// Why a wait ended.
enum class Woken { met, interrupted, timed_out };

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t startup_deadline_ns = 60 * second_ns;  // until every child is at the barrier
constexpr std::int64_t injector_grace_ns = 5 * second_ns;     // to let go after the stop gate
constexpr std::int64_t agent_grace_ns = 3 * second_ns;        // to come back after SIGTERM
constexpr std::int64_t launcher_grace_ns = 5 * second_ns;     // to kill everybody and go, once told to

Domain domain_of(const Plan& plan, const Profile& profile, const std::filesystem::path& store) {
  Domain domain;
  domain.directories = {store};
  domain.mode = plan.scenario.sharing.rules == Rules::windows ? Domain::Mode::enforce : Domain::Mode::posix;
  domain.profile = profile;
  domain.opens = opens_are_decided(plan.scenario);
  domain.cuts = opens_can_be_refused(plan.scenario);
  domain.deletion = plan.scenario.sharing.deletion;
  return domain;
}

class Conductor {
 public:
  Conductor(const Plan& plan, const std::filesystem::path& directory, const ConductOptions& options)
      : plan_(plan),
        directory_(directory),
        options_(options),
        crew_(crew_of(plan)),
        store_watch_(plan, directory / "store") {}

  Result<> run() {
    begun_ns_ = monotonic_ns();
    Result<> outcome;
    try {
      outcome = perform();
    } catch (const std::exception& error) {
      outcome = fail(Code::failed, error.what());
    }
    // Whatever happened: nobody stays, and what is on record stays readable.
    end_everyone();
    if (supervisor_) {
      if (auto stopped = supervisor_->stop(); !stopped && outcome) outcome = stopped;
    }
    if (record_) {
      if (outcome) outcome = record_->end_watch();
      if (outcome) outcome = record_->leftovers(store_watch_.files_in_use(), sweep_);
      if (outcome && finished_) outcome = record_->mark(Mark::finished, count_files(directory_ / "store"));
      if (auto closed = record_->close(); !closed && outcome) outcome = closed;
    }
    remove_empty_logs(directory_, crew_);
    return outcome;
  }

  // Of a run that was carried out.
  [[nodiscard]] RunEnding ending() const { return ending_; }

 private:
  Result<> perform() {
    auto recorder = Recorder::open(directory_ / "events" / event_file_name(Role::conductor), Role::conductor,
                                   0, plan_.run_id);
    if (!recorder) return fail(recorder.error());
    record_.emplace(plan_, directory_, std::move(*recorder));
    if (auto ready = become_subreaper(); !ready) return ready;
    if (auto started = start_launcher(); !started) return started;

    auto woken = start_crew();
    if (!woken) return fail(woken.error());
    if (*woken == Woken::met) {
      if (auto measured = record_->measure(Beside::before); !measured) return measured;
      phase_ = "broadcasting";
      if (auto timed = record_->measure_disk(); !timed) return timed;
      record_->begin_watch();
      if (auto marked = record_->mark(Mark::released); !marked) return marked;
      pipes_.start.reset();
      watch_agents();
      store_watch_.load_begins();
      woken = wait_for(begun_ns_ + plan_.scenario.run_deadline.count(),
                       [&] { return agents_are([&](const auto& m) { return m.done || !sends(plan_, m); }); });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met) {
      phase_ = "stopping injectors";
      pipes_.stop.reset();
      woken = wait_for(monotonic_ns() + injector_grace_ns, [&] { return others_ended(); });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met && plan_.scenario.agents.readers != 0) {
      phase_ = "stopping readers";  // each may be in the middle of a read
      woken = wait_for(begun_ns_ + plan_.scenario.run_deadline.count(),
                       [&] { return agents_are([](const auto& m) { return m.done; }); });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met) {
      store_watch_.load_ended();
      if (auto looked = record_->record_all(store_watch_.look_at_rest(agent_processes())); !looked)
        return looked;
      if (auto marked = record_->mark(Mark::idle); !marked) return marked;
      phase_ = "reading";
      if (auto marked = record_->mark(Mark::quiesced); !marked) return marked;
      if (auto ended = record_->end_watch(); !ended) return ended;
      if (auto measured = record_->measure(Beside::after); !measured) return measured;
      record_->begin_watch();
      admitted_ = ended_;
      watch_agents();
      woken = wait_for(begun_ns_ + plan_.scenario.run_deadline.count(), [&] {
        admit_readers();
        return agents_are([](const auto&) { return false; });
      });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met) {
      woken = read_afresh();
      if (!woken) return fail(woken.error());
    }
    finished_ = *woken == Woken::met;
    if (finished_) return {};

    phase_ = "stopping";
    stopping_ = true;
    const Mark why = *woken == Woken::interrupted ? Mark::interrupted : Mark::timed_out;
    ending_ = *woken == Woken::interrupted ? RunEnding::interrupted : RunEnding::timed_out;
    if (auto marked = record_->mark(why); !marked) return marked;
    signal_everyone(SIGTERM);
    for (std::size_t i = requested_; i < crew_.size(); ++i)
      crew_[i].exited = true;  // was never to be started
    woken = wait_for(monotonic_ns() + agent_grace_ns,
                     [&] { return agents_are([](const auto&) { return false; }) && others_ended(); });
    if (!woken) return fail(woken.error());
    sweep_ = true;
    return {};
  }

  Result<> start_launcher() {
    phase_ = "starting";
    children_before_ = children();
    const auto kills = kill_rules(plan_);
    auto delays = delay_rules(plan_);
    const bool store_calls = !kills.empty() || std::any_of(delays.begin(), delays.end(), needs_store_calls);
    const Trap trap = store_calls                         ? Trap::store_calls
                      : opens_are_decided(plan_.scenario) ? Trap::opens
                                                          : Trap::decided_calls;
    auto launcher = LauncherProcess::start(options_.executable, pipes_, trap);
    if (!launcher) return fail(launcher.error());
    launcher_.emplace(std::move(*launcher));
    use_all_descriptors();
    auto hello = receive_message(pipes_.socket.get());
    if (!hello) return fail(hello.error());
    if (!*hello) return fail(Code::failed, "the launcher ended before it was ready");
    if ((*hello)->kind == LauncherMessageKind::refused) {
      return fail(
          Code::unsupported,
          (*hello)->arguments.empty() ? "the launcher could not set the trap" : (*hello)->arguments[0],
          (*hello)->error);
    }
    const auto profile = find_profile(plan_.scenario.sharing.profile);
    if (!profile)
      return fail(Code::invalid, fmt::format("there is no profile {}", plan_.scenario.sharing.profile));
    auto recorder = Recorder::open(directory_ / "events" / event_file_name(Role::supervisor),
                                   Role::supervisor, 0, plan_.run_id);
    if (!recorder) return fail(recorder.error());
    const std::filesystem::path store = directory_ / "store";
    Supervisor::CallRules rules;
    if (!delays.empty()) rules.push_back(std::make_unique<Delayer>(std::move(delays), store));
    if (!kills.empty()) {
      auto killer = std::make_unique<Killer>(kills, store, participants_);
      killer_ = killer.get();
      rules.push_back(std::move(killer));
    }
    auto supervisor =
        Supervisor::start(std::move((*hello)->descriptor), domain_of(plan_, *profile, store),
                          std::make_unique<EventLog>(std::move(*recorder)), participants_, std::move(rules));
    if (!supervisor) return fail(supervisor.error());
    supervisor_ = std::move(*supervisor);
    return {};
  }

  Result<Woken> start_crew() {
    // The launcher answers each request; a bounded number under way keeps both sockets from filling up.
    constexpr std::size_t most_under_way = 64;
    const std::int64_t deadline_ns =
        begun_ns_ + std::min<std::int64_t>(startup_deadline_ns, plan_.scenario.run_deadline.count());
    for (std::size_t i = 0; i < crew_.size(); ++i) {
      if (auto sent = spawn(i); !sent) return fail(sent.error());
      requested_ = i + 1;
      auto woken = wait_for(deadline_ns, [&] { return i + 1 - spawned_ < most_under_way; });
      if (!woken || *woken != Woken::met) return woken;
    }
    // A member may say that it is ready before the launcher has said who it is; until that is known, its
    // calls and handles would count as a stranger's.
    return wait_for(deadline_ns, [&] {
      return std::all_of(crew_.begin(), crew_.end(),
                         [](const CrewMember& m) { return (m.ready && m.process != 0) || m.exited; });
    });
  }

  // Asks the launcher for member `place` of the crew.
  Result<> spawn(std::size_t place) {
    LauncherMessage request{.kind = LauncherMessageKind::spawn,
                            .token = static_cast<std::uint32_t>(place + 1)};
    request.arguments = {(directory_ / "logs" / log_name(crew_[place])).string(),
                         options_.executable.string()};
    for (auto& argument : arguments_of(crew_[place], request.token, directory_.string())) {
      request.arguments.push_back(std::move(argument));
    }
    return send_message(pipes_.socket.get(), request);
  }

  template <typename Test>
  bool agents_are(Test test) const {
    return std::all_of(crew_.begin(), crew_.end(), [&](const CrewMember& member) {
      return member.role != Role::agent || member.exited || test(member);
    });
  }

  // Reading a long queue takes a processor and memory: no more at once than keep all processors busy.
  void admit_readers() {
    const std::uint64_t at_once = std::max<std::uint64_t>(2, 2 * std::thread::hardware_concurrency());
    const std::uint64_t one = 1;
    for (; admitted_ < ended_ + at_once; ++admitted_) {
      static_cast<void>(!::write(pipes_.finish.get(), &one, sizeof one));
    }
  }

  // Injectors, and in the end the fresh reader.
  bool others_ended() const {
    return std::all_of(crew_.begin(), crew_.end(),
                       [](const CrewMember& member) { return member.role == Role::agent || member.exited; });
  }

  [[nodiscard]] std::vector<AgentProcess> agent_processes() const {
    std::vector<AgentProcess> processes;
    for (const CrewMember& member : crew_) {
      if (member.role == Role::agent && !member.exited && member.process != 0)
        processes.push_back({member.index, member.process});
    }
    return processes;
  }

  // From now on each of them has an operation under way, or soon will.
  void watch_agents() {
    for (const CrewMember& member : crew_) {
      if (member.role == Role::agent && !member.exited && (sends(plan_, member) || member.done))
        store_watch_.heard(member.index);
    }
  }

  // What a process finds that was not there before.
  Result<Woken> read_afresh() {
    crew_.push_back(last_reader(crew_));
    if (auto sent = spawn(crew_.size() - 1); !sent) return fail(sent.error());
    requested_ = crew_.size();
    return wait_for(begun_ns_ + plan_.scenario.run_deadline.count(), [&] { return others_ended(); });
  }

  // Listens to everybody until `condition` holds.
  template <typename Condition>
  Result<Woken> wait_for(std::int64_t deadline_ns, Condition condition) {
    constexpr int tick_ms = 250;
    for (;;) {
      if (condition()) return Woken::met;
      const std::int64_t now_ns = monotonic_ns();
      if (now_ns >= store_watch_.due_ns()) {
        auto looked = record_->record_all(store_watch_.look(agent_processes()));
        if (!looked) return fail(looked.error());
      }
      if (now_ns >= deadline_ns) return Woken::timed_out;
      const std::int64_t left_ns = std::min(deadline_ns, store_watch_.due_ns()) - now_ns;
      const int timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left_ns / 1'000'000 + 1, 0, tick_ms));
      pollfd polled[] = {{pipes_.socket.get(), POLLIN, 0},
                         {pipes_.status.get(), POLLIN, 0},
                         {interrupts_.descriptor(), POLLIN, 0}};
      ::poll(polled, 3, timeout_ms);
      if ((polled[1].revents & POLLIN) != 0) hear_status();
      if (polled[0].revents != 0) {
        if (auto heard = hear_launcher(); !heard) return fail(heard.error());
      }
      if (polled[2].revents != 0 && interrupts_.arrived() && !stopping_) return Woken::interrupted;
      show_progress();
    }
  }

  void hear_status() {
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
        store_watch_.forget(member.index);
      } else if (record.kind == StatusKind::progress) {
        store_watch_.heard(member.index);
      }
    }
  }

  Result<> hear_launcher() {
    auto received = receive_message(pipes_.socket.get());
    if (!received) return fail(received.error());
    if (!*received)
      return fail(Code::failed, "the launcher died, and with it the run; its agents were ended");
    const LauncherMessage& message = **received;
    if (message.token == 0 || message.token > crew_.size()) return {};
    CrewMember& member = crew_[message.token - 1];
    if (message.kind == LauncherMessageKind::spawned) {
      if (message.error != 0) {
        return fail(Code::failed, message.arguments.empty() ? "cannot start a process" : message.arguments[0],
                    message.error);
      }
      ++spawned_;
      member.process = message.process;
      participants_.add(message.process, participant_of(member));
      return record_->record({.type = EventType::spawned,
                              .process = member.index,
                              .pid = member.process,
                              .value = {static_cast<std::uint64_t>(member.role), 0, 0, 0}});
    }
    if (message.kind == LauncherMessageKind::exited) {
      hear_status();  // what it said before it ended
      if (killer_ != nullptr && killer_->take_killed(message.process) && !stopping_) return restart(message);
      member.exited = true;
      if (member.role == Role::agent) store_watch_.forget(member.index);
      ++ended_;
      member.wait_status = message.status;
      participants_.remove(message.process);
      const std::string said =
          member.wait_status != 0 && !stopping_ ? log_of(directory_, member) : std::string();
      if (auto quoted = quote(member, said); !quoted) return quoted;
      auto recorded =
          record_->record({.type = EventType::exited,
                           .process = member.index,
                           .pid = message.process,
                           .value = {static_cast<std::uint64_t>(member.role),
                                     static_cast<std::uint64_t>(message.status), stopping_ ? 1U : 0U, 0}});
      // That it could not do its part, or not write it down, says nothing about the subject.
      if (recorded && !stopping_ && gave_up(member.wait_status))
        return fail(WEXITSTATUS(member.wait_status) == child_refused_arguments ? Code::invalid : Code::failed,
                    why_given_up(member, said));
      return recorded;
    }
    return {};
  }

  // An agent was killed by plan: another goes on in its place.
  Result<> restart(const LauncherMessage& message) {
    CrewMember& member = crew_[message.token - 1];
    participants_.remove(message.process);
    member.process = 0;
    member.restarted = true;
    auto recorded = record_->record({.type = EventType::exited,
                                     .process = member.index,
                                     .pid = message.process,
                                     .value = {static_cast<std::uint64_t>(member.role),
                                               static_cast<std::uint64_t>(message.status), 0, 1}});
    return recorded ? spawn(message.token - 1) : recorded;
  }

  // The supervisor keeps one for each process it has met; the children keep the limit they were given.
  static void use_all_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }

  [[nodiscard]] Participant participant_of(const CrewMember& member) const {
    if (member.role != Role::injector) return {member.role, member.index};
    const Injector& injector = plan_.scenario.injectors[member.index];
    return {member.role, member.index, parse_letters(injector.share).value_or(0), makes_wait(injector)};
  }

  Result<> quote(const CrewMember& member, const std::string& text) {
    if (text.empty()) return {};
    // Without an injector or a reader that works, the rest of the run proves nothing.
    Event event{.type = EventType::warning,
                .value = {member.role == Role::agent ? 0U : 1U,
                          static_cast<std::uint64_t>(DoubtKind::process_failed), 1, 0}};
    event.text = fmt::format("{} {} said: {}", role_name(member.role), member.index, text);
    return record_->record(std::move(event));
  }

  void signal_everyone(int signal) {
    static_cast<void>(
        send_message(pipes_.socket.get(), {.kind = LauncherMessageKind::signal, .status = signal}));
  }

  void end_everyone() {
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
        if (!record_ || !hear_launcher()) break;
      }
      pipes_.socket.reset();  // a launcher that still lives takes this as the end
    }
    launcher_->wait();
    // Only if the launcher was killed is anybody left: its children are ours now.
    end_all_descendants(children_before_, [](pid_t, int) {});
  }

  void show_progress() {
    constexpr std::int64_t every_ns = 200'000'000;
    const std::int64_t now_ns = monotonic_ns();
    if (!options_.on_progress || now_ns - shown_ns_ < every_ns) return;
    shown_ns_ = now_ns;
    Progress progress = progress_of(
        plan_, crew_, supervisor_ ? supervisor_->refusals_by_holder() : std::vector<HolderRefusals>());
    progress.phase = phase_;
    progress.refused = supervisor_ ? supervisor_->refused() : 0;
    progress.elapsed_s = static_cast<double>(now_ns - begun_ns_) * 1e-9;
    options_.on_progress(progress);
  }

  const Plan& plan_;
  const std::filesystem::path& directory_;
  const ConductOptions& options_;
  Interrupts interrupts_;
  Participants participants_;
  RunPipes pipes_;
  std::optional<LauncherProcess> launcher_;
  std::unique_ptr<Supervisor> supervisor_;
  Killer* killer_ = nullptr;  // one of the supervisor's rules; null: nobody is killed
  std::optional<ConductorRecord> record_;
  std::vector<CrewMember> crew_;
  StoreWatch store_watch_;
  std::vector<pid_t> children_before_;  // not ours to end
  std::size_t requested_ = 0;
  std::size_t spawned_ = 0;
  std::uint64_t ended_ = 0;     // members that are no more
  std::uint64_t admitted_ = 0;  // permits given, for them and for those who read now
  std::int64_t begun_ns_ = 0;
  std::int64_t shown_ns_ = 0;
  const char* phase_ = "starting";
  RunEnding ending_ = RunEnding::finished;
  bool stopping_ = false;  // deaths from here on are our doing
  bool finished_ = false;
  bool sweep_ = false;  // the run was cut short: temp files of the agents we ended are ours to remove
};

}  // namespace

Result<RunEnding> conduct(const Plan& plan, const std::filesystem::path& run_directory,
                          const ConductOptions& options) {
  Conductor conductor(plan, run_directory, options);
  if (auto done = conductor.run(); !done) return fail(done.error());
  return conductor.ending();
}

}  // namespace holdfast
