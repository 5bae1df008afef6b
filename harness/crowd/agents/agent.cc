#include "harness/crowd/agents/agent.h"

#include <fmt/core.h>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/clock.h"
#include "harness/crowd/agents/queue.h"
#include "harness/history/doubt.h"
#include "harness/history/recorder.h"
#include "harness/linux/barrier.h"
#include "harness/linux/sealed_text.h"
#include "harness/scenario/plan/audience.h"
#include "harness/store/handles.h"

namespace holdfast {
namespace {

std::string agent_name(std::uint32_t index) {
  return fmt::format("agent-{}", index);
}

// What an agent did before it was killed, as another needs to know that goes on in its place.
struct Before {
  std::uint32_t next_broadcast = 0;
  std::uint32_t ok = 0;
  std::uint32_t failed = 0;
  std::int64_t start_ns = 0;  // what open loops count from; 0: nothing was begun

  void add(const Plan& plan, const Event& event) {
    if (event.function != Function::broadcast) return;
    if (event.type == EventType::invoke) {
      const MessageId id = MessageId::unpacked(event.op);
      next_broadcast = id.number + 1;
      start_ns = static_cast<std::int64_t>(event.value[0]) - intended_start_ns(plan, id);
    } else if (event.type == EventType::ok) {
      ++ok;
    } else if (event.type == EventType::fail || event.type == EventType::info) {
      ++failed;
    }
  }
};

class Agent {
 public:
  Agent(const Plan& plan, std::uint32_t index, std::uint32_t token, const std::filesystem::path& store,
        Recorder recorder, const Before& before)
      : plan_(plan),
        index_(index),
        token_(token),
        before_(before),
        tells_each_(is_victim(plan.scenario, index)),
        store_(std::filesystem::canonical(store)),
        recorder_(std::move(recorder)),
        queue_(make_queue(plan, index, store, [this](Duration wait) { return sleep(wait); })),
        ok_(before.ok),
        failed_(before.failed) {}

  Result<> run() {
    if (auto begun = queue_->begin(); !begun) return begun;
    if (auto recorded = record_warnings(); !recorded) return recorded;
    tell_status({StatusKind::ready, token_, 0, 0});
    if (wait_for_gate(start_descriptor)) {
      const bool sends = index_ < plan_.scenario.agents.count;
      if (auto done = sends ? broadcast_all() : read_until_stopped(); !done) return done;
      tell_status({StatusKind::done, token_, ok_, failed_, retries()});
      if (wait_for_turn()) {
        if (auto done = read(plan_.scenario.agents.broadcasts); !done) return done;
      }
    }
    queue_->finish();
    if (auto recorded = record_warnings(); !recorded) return recorded;
    return recorder_.close();
  }

 private:
  [[nodiscard]] std::uint32_t retries() const {
    return static_cast<std::uint32_t>(queue_->counters().retries);
  }

  Result<> broadcast_all() {
    const Agents& agents = plan_.scenario.agents;
    const std::int64_t start_ns = before_.start_ns != 0 ? before_.start_ns : monotonic_ns();
    for (std::uint32_t number = before_.next_broadcast; number < agents.broadcasts && !stop_requested();
         ++number) {
      if (auto done = broadcast({index_, number}, start_ns); !done) return done;
      if (number == agents.broadcasts / 2) {
        if (auto recorded = record_handles(); !recorded) return recorded;
      }
      if (agents.read_every == 0 || (number + 1) % agents.read_every != 0 || stop_requested()) continue;
      if (auto done = read(agents.broadcasts + 1 + number); !done) return done;
    }
    return {};
  }

  // What an agent does that only reads: as long as anybody sends.
  Result<> read_until_stopped() {
    for (std::uint32_t number = plan_.scenario.agents.broadcasts + 1; !is_over(); ++number) {
      if (auto done = read(number); !done) return done;
    }
    return {};
  }

  // Pauses, unless it is over before.
  [[nodiscard]] bool is_over() const {
    const std::int64_t pause_ns = plan_.scenario.agents.reader_pause.count();
    const timespec pause{pause_ns / 1'000'000'000, pause_ns % 1'000'000'000};
    pollfd polled[] = {{stop_descriptor, POLLIN, 0}, {stop_signal_descriptor(), POLLIN, 0}};
    return ::ppoll(polled, 2, &pause, nullptr) > 0 || stop_requested();
  }

  // Back-off ends early when the run is stopped, and where it would outlast the operation's deadline.
  bool sleep(Duration wait) {
    const std::int64_t until_ns = monotonic_ns() + wait.count();
    return until_ns <= deadline_ns_ && sleep_until_ns(until_ns);
  }

  Result<> broadcast(MessageId id, std::int64_t start_ns) {
    const std::int64_t due_ns = start_ns + intended_start_ns(plan_, id);
    const bool open_loop = plan_.scenario.agents.rate_per_s.has_value();
    if (open_loop && !sleep_until_ns(due_ns)) return {};

    const auto to = recipients(plan_, id);
    std::vector<std::string> names;
    names.reserve(to.size());
    for (const std::uint32_t recipient : to) names.push_back(agent_name(recipient));
    Entry message;
    message.id = to_string(id);
    message.sender = agent_name(id.sender);
    message.body = message_body(plan_, id);
    message.created_at = plan_.started_at;

    Event event = begin(EventType::invoke, Function::broadcast, id.packed());
    event.value = {static_cast<std::uint64_t>(open_loop ? due_ns : event.time_ns), to.size(), 0, 0};
    if (auto recorded = recorder_.record(event); !recorded) return recorded;
    const RetryCounters before = queue_->counters();
    deadline_ns_ = event.time_ns + plan_.scenario.agents.operation_deadline.count();
    const auto outcome = queue_->broadcast(message, names);
    (outcome ? ok_ : failed_) += 1;
    auto recorded = complete(Function::broadcast, id.packed(), outcome, before);

    constexpr std::int64_t progress_every_ns = 250'000'000;
    // Who may be killed says at once that a broadcast was answered: the supervisor knows saves apart by it.
    if (const std::int64_t now_ns = monotonic_ns(); tells_each_ || now_ns - told_ns_ > progress_every_ns) {
      told_ns_ = now_ns;
      tell_status({StatusKind::progress, token_, ok_, failed_, retries()});
    }
    return recorded;
  }

  // `number` is above those of broadcasts.
  Result<> read(std::uint32_t number) {
    const std::uint64_t op = MessageId{index_, number}.packed();
    const Event event = begin(EventType::invoke, Function::read, op);
    if (auto recorded = recorder_.record(event); !recorded) return recorded;
    const RetryCounters before = queue_->counters();
    deadline_ns_ = event.time_ns + plan_.scenario.agents.operation_deadline.count();
    const auto entries = queue_->receive(agent_name(index_));
    if (!entries) return complete(Function::read, op, fail(entries.error()), before);
    std::uint64_t position = 0;
    for (const Entry& entry : *entries) {
      Event seen = begin(EventType::seen, Function::read, op);
      seen.value = seen_value(plan_, entry, position++, queue_->told_bodies());
      if (auto recorded = recorder_.record(seen); !recorded) return recorded;
    }
    return complete(Function::read, op, {}, before);
  }

  Event begin(EventType type, Function function, std::uint64_t op) const {
    Event event;
    event.type = type;
    event.function = function;
    event.process = index_;
    event.pid = ::getpid();
    event.time_ns = monotonic_ns();
    event.op = op;
    return event;
  }

  Result<> complete(Function function, std::uint64_t op, const Result<>& outcome,
                    const RetryCounters& before) {
    auto torn = queue_->swallowed_corruption();
    if (!outcome && outcome.error().code == Code::corrupt) torn = outcome.error().message;
    // Cut short because the run is being stopped: the subject did not fail, so the
    // operation stays unanswered.
    if (!outcome && outcome.error().code == Code::cancelled && stop_requested()) return {};
    if (torn) {
      Event event = begin(EventType::torn, function, op);
      event.text = *torn;
      if (auto recorded = recorder_.record(event); !recorded) return recorded;
    }
    const RetryCounters now = queue_->counters();
    Event event = begin(EventType::ok, function, op);
    event.value = {now.attempts - before.attempts,
                   static_cast<std::uint64_t>((now.waited - before.waited).count()), 0, 0};
    if (!outcome) {
      const Error& error = outcome.error();
      event.type = error.code == Code::indefinite ? EventType::info : EventType::fail;
      event.code = static_cast<std::uint16_t>(error.os_code);
      event.text = error.message;
    }
    if (auto recorded = recorder_.record(event); !recorded) return recorded;
    return record_warnings();
  }

  Result<> record_warnings() {
    for (const pid_t program : queue_->take_ended()) {
      Event event = begin(EventType::ended_program, Function::none, 0);
      event.pid = program;
      if (auto recorded = recorder_.record(event); !recorded) return recorded;
    }
    for (const std::string& warning : queue_->take_warnings()) {
      Event event = begin(EventType::warning, Function::none, 0);
      event.value = {0, static_cast<std::uint64_t>(DoubtKind::subject_warning), 1, 0};
      event.text = fmt::format("agent {}: {}", index_, warning);
      if (auto recorded = recorder_.record(event); !recorded) return recorded;
    }
    return {};
  }

  // What it has open when it needs nothing, so that what grows until the end shows.
  Result<> record_handles() {
    const auto handles = tree_handles(store_, ::getpid());
    Event event = begin(EventType::handles, Function::none, 0);
    event.value = {most_of_one_file(handles), gone_handles(handles).removed, 0, 0};
    return recorder_.record(event);
  }

  const Plan& plan_;
  std::uint32_t index_;
  std::uint32_t token_;
  Before before_;
  bool tells_each_;
  std::filesystem::path store_;
  Recorder recorder_;
  std::unique_ptr<Queue> queue_;
  std::int64_t deadline_ns_ = 0;
  std::int64_t told_ns_ = 0;
  std::uint32_t ok_;
  std::uint32_t failed_;
};

Result<> run_agent(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
                   bool restarted) {
  if (auto joined = join_run(); !joined) return joined;
  auto plan = load_plan(take_sealed_text(plan_descriptor), run_directory);
  if (!plan) return fail(plan.error());
  const auto path = run_directory / "events" / event_file_name(Role::agent, index);
  Before before;
  auto recorder = restarted ? Recorder::resume(path, Role::agent, index, plan->run_id,
                                               [&](const Event& event) { before.add(*plan, event); })
                            : Recorder::open(path, Role::agent, index, plan->run_id);
  if (!recorder) return fail(recorder.error());
  if (restarted) {
    Event event;
    event.type = EventType::restarted;
    event.process = index;
    event.pid = ::getpid();
    event.time_ns = monotonic_ns();
    if (auto recorded = recorder->record(event); !recorded) return recorded;
  }
  return Agent(*plan, index, token, run_directory / "store", std::move(*recorder), before).run();
}

}  // namespace

int agent_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
               bool restarted) {
  // A queue's text goes back to the system once it is saved. Otherwise each of a thousand keeps the largest
  // it had, 2 GiB in all.
  constexpr int own_mapping_bytes = 128 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, own_mapping_bytes);
  const auto done = run_agent(run_directory, index, token, restarted);
  if (done) return 0;
  // Not fmt::print, which throws where the disk is full.
  std::fputs(fmt::format("holdfast: agent {}: {}\n", index, done.error().message).c_str(), stderr);
  return child_exit_code(done.error());
}

}  // namespace holdfast
