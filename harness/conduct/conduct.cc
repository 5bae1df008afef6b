#include "harness/conduct/conduct.h"

#include <fmt/core.h>
#include <poll.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "core/base/clock.h"
#include "harness/conduct/call_rules.h"
#include "harness/conduct/conductor_record.h"
#include "harness/conduct/crowd.h"
#include "harness/conduct/files_opened.h"
#include "harness/conduct/watch/leftovers.h"
#include "harness/conduct/watch/store_watch.h"
#include "harness/crowd/launch/crew_logs.h"
#include "harness/history/recorder.h"
#include "harness/linux/interrupts.h"
#include "harness/linux/private_process.h"
#include "harness/supervisor/before/delayer.h"
#include "harness/supervisor/before/killer.h"
#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

// Why a wait ended.
enum class Woken { met, interrupted, timed_out };

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t startup_deadline_ns = 60 * second_ns;  // until every child is at the barrier
constexpr std::int64_t injector_grace_ns = 5 * second_ns;     // to let go after the stop gate
constexpr std::int64_t agent_grace_ns = 3 * second_ns;        // to come back after SIGTERM

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
      : plan_(plan), directory_(directory), options_(options), store_watch_(plan, directory / "store") {}

  Result<> run() {
    begun_ns_ = monotonic_ns();
    Result<> outcome;
    try {
      outcome = perform();
    } catch (const std::exception& error) {
      outcome = fail(Code::failed, error.what());
    }
    // Whatever happened: nobody stays, and what is on record stays readable.
    if (crowd_) crowd_->end_all();
    if (supervisor_) {
      if (auto stopped = supervisor_->stop(); !stopped && outcome) outcome = stopped;
    }
    if (record_) {
      if (outcome) outcome = record_->end_watch();
      // A core store names its files; one that looks into others' temporary files does not keep them by that.
      if (plan_.scenario.subject.kind == SubjectKind::command) store_watch_.opened(opened_.by_several());
      if (outcome) outcome = record_->leftovers(store_watch_.files_in_use(), sweep_);
      if (outcome && finished_) outcome = record_->mark(Mark::finished, count_files(directory_ / "store"));
      if (auto closed = record_->close(); !closed && outcome) outcome = closed;
    }
    if (crowd_) remove_empty_logs(directory_, crowd_->members());
    return outcome;
  }

  // For a completed run.
  [[nodiscard]] RunEnding ending() const { return ending_; }

 private:
  Result<> perform() {
    auto recorder = Recorder::open(directory_ / "events" / event_file_name(Role::conductor), Role::conductor,
                                   0, plan_.run_id);
    if (!recorder) return fail(recorder.error());
    record_.emplace(plan_, directory_, std::move(*recorder));
    crowd_.emplace(plan_, directory_, *record_, store_watch_);
    if (auto started = start_supervisor(); !started) return started;

    auto woken = start_crew();
    if (!woken) return fail(woken.error());
    if (*woken == Woken::met) {
      if (auto measured = record_->measure(Beside::before); !measured) return measured;
      phase_ = "broadcasting";
      if (auto timed = record_->measure_disk(); !timed) return timed;
      record_->begin_watch();
      if (auto marked = record_->mark(Mark::released); !marked) return marked;
      crowd_->open_gate();
      store_watch_.load_begins();
      woken = wait_for(begun_ns_ + plan_.scenario.run_deadline.count(), [&] {
        return crowd_->agents_are([&](const auto& m) { return m.done || !sends(plan_, m); });
      });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met) {
      phase_ = "stopping injectors";
      crowd_->stop_injectors();
      woken = wait_for(monotonic_ns() + injector_grace_ns, [&] { return crowd_->others_ended(); });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met && plan_.scenario.agents.readers != 0) {
      phase_ = "stopping readers";  // each may be in the middle of a read
      woken = wait_for(begun_ns_ + plan_.scenario.run_deadline.count(),
                       [&] { return crowd_->agents_are([](const auto& m) { return m.done; }); });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met) {
      store_watch_.load_ended();
      if (auto looked = record_->record_all(store_watch_.look_at_rest(crowd_->agent_processes())); !looked)
        return looked;
      if (auto marked = record_->mark(Mark::idle); !marked) return marked;
      phase_ = "reading";
      if (auto marked = record_->mark(Mark::quiesced); !marked) return marked;
      if (auto ended = record_->end_watch(); !ended) return ended;
      if (auto measured = record_->measure(Beside::after); !measured) return measured;
      record_->begin_watch();
      crowd_->begin_last_reads();
      woken = wait_for(begun_ns_ + plan_.scenario.run_deadline.count(), [&] {
        crowd_->admit_readers();
        return crowd_->agents_are([](const auto&) { return false; });
      });
      if (!woken) return fail(woken.error());
    }
    if (*woken == Woken::met) {
      if (auto started = crowd_->start_last_reader(); !started) return started;
      woken =
          wait_for(begun_ns_ + plan_.scenario.run_deadline.count(), [&] { return crowd_->others_ended(); });
      if (!woken) return fail(woken.error());
    }
    finished_ = *woken == Woken::met;
    if (finished_) return {};

    phase_ = "stopping";
    stopping_ = true;
    const Mark why = *woken == Woken::interrupted ? Mark::interrupted : Mark::timed_out;
    ending_ = *woken == Woken::interrupted ? RunEnding::interrupted : RunEnding::timed_out;
    if (auto marked = record_->mark(why); !marked) return marked;
    crowd_->tell_to_end();
    woken = wait_for(monotonic_ns() + agent_grace_ns, [&] {
      return crowd_->agents_are([](const auto&) { return false; }) && crowd_->others_ended();
    });
    if (!woken) return fail(woken.error());
    sweep_ = true;
    return {};
  }

  // And the launcher, whose trapped calls it decides.
  Result<> start_supervisor() {
    phase_ = "starting";
    const auto kills = kill_rules(plan_);
    auto delays = delay_rules(plan_);
    const bool store_calls = !kills.empty() || std::any_of(delays.begin(), delays.end(), needs_store_calls);
    const Trap trap = store_calls                         ? Trap::store_calls
                      : opens_are_decided(plan_.scenario) ? Trap::opens
                                                          : Trap::decided_calls;
    auto listener = crowd_->start_launcher(options_.executable, trap);
    if (!listener) return fail(listener.error());
    close_to_others();
    const auto profile = find_profile(plan_.scenario.sharing.profile);
    if (!profile)
      return fail(Code::invalid, fmt::format("unknown profile {}", plan_.scenario.sharing.profile));
    auto recorder = Recorder::open(directory_ / "events" / event_file_name(Role::supervisor),
                                   Role::supervisor, 0, plan_.run_id);
    if (!recorder) return fail(recorder.error());
    const std::filesystem::path store = directory_ / "store";
    Supervisor::CallRules rules;
    if (!delays.empty()) rules.push_back(std::make_unique<Delayer>(std::move(delays), store));
    if (!kills.empty()) {
      auto killer = std::make_unique<Killer>(kills, store, crowd_->participants());
      crowd_->restart_killed_by(killer.get());
      rules.push_back(std::move(killer));
    }
    auto supervisor =
        Supervisor::start(std::move(*listener), domain_of(plan_, *profile, store),
                          noting_opens(std::make_unique<EventLog>(std::move(*recorder)), opened_),
                          crowd_->participants(), std::move(rules));
    if (!supervisor) return fail(supervisor.error());
    supervisor_ = std::move(*supervisor);
    return {};
  }

  Result<Woken> start_crew() {
    // The launcher answers each request; a bounded number under way keeps both sockets from filling up.
    constexpr std::size_t most_under_way = 64;
    const std::int64_t deadline_ns =
        begun_ns_ + std::min<std::int64_t>(startup_deadline_ns, plan_.scenario.run_deadline.count());
    while (!crowd_->all_asked_for()) {
      if (auto sent = crowd_->start_next(); !sent) return fail(sent.error());
      auto woken = wait_for(deadline_ns, [&] { return crowd_->under_way() < most_under_way; });
      if (!woken || *woken != Woken::met) return woken;
    }
    return wait_for(deadline_ns, [&] { return crowd_->all_ready(); });
  }

  // Listens to everybody until `condition` holds.
  template <typename Condition>
  Result<Woken> wait_for(std::int64_t deadline_ns, Condition condition) {
    constexpr int tick_ms = 250;
    for (;;) {
      if (condition()) return Woken::met;
      const std::int64_t now_ns = monotonic_ns();
      if (now_ns >= store_watch_.due_ns()) {
        auto looked = record_->record_all(store_watch_.look(crowd_->agent_processes()));
        if (!looked) return fail(looked.error());
      }
      if (now_ns >= deadline_ns) return Woken::timed_out;
      const std::int64_t left_ns = std::min(deadline_ns, store_watch_.due_ns()) - now_ns;
      const int timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left_ns / 1'000'000 + 1, 0, tick_ms));
      const auto crowd = crowd_->polled();
      std::array<pollfd, 3> polled = {crowd[0], crowd[1], pollfd{interrupts_.descriptor(), POLLIN, 0}};
      ::poll(polled.data(), polled.size(), timeout_ms);
      if (auto heard = crowd_->hear({polled[0], polled[1]}); !heard) return fail(heard.error());
      if (polled[2].revents != 0 && interrupts_.arrived() && !stopping_) return Woken::interrupted;
      show_progress();
    }
  }

  void show_progress() {
    constexpr std::int64_t every_ns = 200'000'000;
    const std::int64_t now_ns = monotonic_ns();
    if (!options_.on_progress || now_ns - shown_ns_ < every_ns) return;
    shown_ns_ = now_ns;
    Progress progress =
        progress_of(plan_, crowd_->members(),
                    supervisor_ ? supervisor_->refusals_by_holder() : std::vector<HolderRefusals>());
    progress.phase = phase_;
    progress.refused = supervisor_ ? supervisor_->refused() : 0;
    progress.elapsed_s = static_cast<double>(now_ns - begun_ns_) * 1e-9;
    options_.on_progress(progress);
  }

  const Plan& plan_;
  const std::filesystem::path& directory_;
  const ConductOptions& options_;
  Interrupts interrupts_;
  StoreWatch store_watch_;
  FilesOpened opened_;
  std::optional<ConductorRecord> record_;
  std::optional<Crowd> crowd_;
  std::unique_ptr<Supervisor> supervisor_;  // which looks at the crowd's participants
  std::int64_t begun_ns_ = 0;
  std::int64_t shown_ns_ = 0;
  const char* phase_ = "starting";
  RunEnding ending_ = RunEnding::finished;
  bool stopping_ = false;
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
