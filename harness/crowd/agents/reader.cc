#include "harness/crowd/agents/reader.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <vector>

#include "core/base/clock.h"
#include "harness/crowd/agents/queue.h"
#include "harness/history/recorder.h"
#include "harness/linux/barrier.h"
#include "harness/linux/sealed_text.h"

namespace holdfast {
namespace {

std::vector<std::uint32_t> parse_mailboxes(const std::string& text) {
  std::vector<std::uint32_t> mailboxes;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::uint32_t agent = 0;
    const auto [rest, problem] = std::from_chars(at, end, agent);
    if (problem != std::errc()) break;
    mailboxes.push_back(agent);
    at = rest == end ? rest : rest + 1;
  }
  return mailboxes;
}

class Reader {
 public:
  Reader(const Plan& plan, std::uint32_t index, std::filesystem::path store, Recorder recorder)
      : plan_(plan), index_(index), store_(std::move(store)), recorder_(std::move(recorder)) {}

  Result<> read_once(const std::vector<std::uint32_t>& mailboxes) {
    for (const std::uint32_t mailbox : mailboxes) {
      if (mailbox >= plan_.scenario.agents.everyone() || stop_requested()) continue;
      const auto queue = open(mailbox);
      if (auto done = read(*queue, mailbox); !done) return done;
    }
    return recorder_.close();
  }

 private:
  std::unique_ptr<Queue> open(std::uint32_t mailbox) const {
    return make_queue(plan_, mailbox, store_, [this](Duration wait) {
      const std::int64_t until_ns = monotonic_ns() + wait.count();
      return until_ns <= deadline_ns_ && sleep_until_ns(until_ns);
    });
  }

  Result<> read(Queue& queue, std::uint32_t mailbox) {
    const std::uint64_t op = MessageId{mailbox, number_++}.packed();
    const Event asked = event_of(EventType::invoke, op);
    if (auto recorded = recorder_.record(asked); !recorded) return recorded;
    deadline_ns_ = asked.time_ns + plan_.scenario.agents.operation_deadline.count();
    const auto entries = queue.receive(fmt::format("agent-{}", mailbox));
    auto torn = queue.swallowed_corruption();
    if (!entries && entries.error().code == Code::corrupt) torn = entries.error().message;
    if (!entries && entries.error().code == Code::cancelled && stop_requested()) return {};
    if (torn) {
      Event event = event_of(EventType::torn, op);
      event.text = *torn;
      if (auto recorded = recorder_.record(event); !recorded) return recorded;
    }
    if (!entries) {
      const Error& error = entries.error();
      Event event = event_of(error.code == Code::indefinite ? EventType::info : EventType::fail, op);
      event.code = static_cast<std::uint16_t>(error.os_code);
      event.text = error.message;
      return recorder_.record(event);
    }
    const Event answered = event_of(EventType::ok, op);
    std::uint64_t position = 0;
    for (const Entry& entry : *entries) {
      Event seen = answered;
      seen.type = EventType::seen;
      seen.value = seen_value(plan_, entry, position++, queue.told_bodies());
      if (auto recorded = recorder_.record(seen); !recorded) return recorded;
    }
    return recorder_.record(answered);
  }

  [[nodiscard]] Event event_of(EventType type, std::uint64_t op) const {
    Event event;
    event.type = type;
    event.function = Function::read;
    event.process = index_;
    event.pid = ::getpid();
    event.time_ns = monotonic_ns();
    event.op = op;
    return event;
  }

  const Plan& plan_;
  std::uint32_t index_;
  std::filesystem::path store_;
  Recorder recorder_;
  std::uint32_t number_ = 0;
  std::int64_t deadline_ns_ = 0;
};

Result<> run_reader(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
                    const std::string& mailboxes) {
  if (auto joined = join_run(); !joined) return joined;
  auto plan = load_plan(take_sealed_text(plan_descriptor), run_directory);
  if (!plan) return fail(plan.error());
  auto recorder = Recorder::open(run_directory / "events" / event_file_name(Role::reader, index),
                                 Role::reader, index, plan->run_id);
  if (!recorder) return fail(recorder.error());
  Reader reader(*plan, index, run_directory / "store", std::move(*recorder));
  tell_status({StatusKind::ready, token, 0, 0});
  if (!wait_for_gate(start_descriptor)) return {};
  return reader.read_once(parse_mailboxes(mailboxes));
}

}  // namespace

int reader_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
                const std::string& mailboxes) {
  const auto done = run_reader(run_directory, index, token, mailboxes);
  if (done) return 0;
  std::fputs(fmt::format("holdfast: reader {}: {}\n", index, done.error().message).c_str(), stderr);
  return child_exit_code(done.error());
}

}  // namespace holdfast
