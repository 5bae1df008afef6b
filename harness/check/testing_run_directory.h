// For tests and benchmarks only: the events of a run of a correct store, of any size, as files.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/history/codec.h"
#include "harness/history/message_id.h"
#include "harness/history/recorder.h"
#include "harness/scenario/plan/audience.h"

namespace holdfast {

// One event file, in blocks of a megabyte.
class EventFileWriter {
 public:
  EventFileWriter(const std::filesystem::path& events, Role role, std::uint32_t process, std::uint64_t run_id)
      : out_(events / event_file_name(role, process), std::ios::binary | std::ios::trunc) {
    encode_header(FileHeader{role, process, 1, run_id, 0, 0}, next_record());
  }
  EventFileWriter(const EventFileWriter&) = delete;
  EventFileWriter& operator=(const EventFileWriter&) = delete;
  ~EventFileWriter() {
    add(EventType::end, Function::none, 0);
    flush();
    if (!out_) std::abort();  // a disk too small
  }

  void add(EventType type, Function function, std::int64_t time_ns, std::uint64_t op = 0,
           std::array<std::uint64_t, 4> value = {}, std::uint32_t process = no_process) {
    Event event;
    event.type = type;
    event.function = function;
    event.process = process;
    event.time_ns = time_ns;
    event.op = op;
    event.value = value;
    encode_event(event, next_record());
  }

 private:
  char* next_record() {
    if (used_bytes_ == block_.size()) flush();
    used_bytes_ += record_bytes;
    return block_.data() + used_bytes_ - record_bytes;
  }
  void flush() {
    out_.write(block_.data(), static_cast<std::streamsize>(used_bytes_));
    used_bytes_ = 0;
  }

  std::ofstream out_;
  std::string block_ = std::string(std::size_t{1} << 20, '\0');
  std::size_t used_bytes_ = 0;
};

// Agents broadcast in rounds, one a microsecond; an answer comes right before the sender's next broadcast, and
// messages stand in the queue in the order sent. In the end every agent reads its mail. No call is trapped: a store
// that reaches millions of operations makes none.
inline void write_correct_run(const Plan& plan, const std::filesystem::path& run_directory) {
  const std::uint32_t agents = plan.scenario.agents.count;
  const std::uint32_t broadcasts = plan.scenario.agents.broadcasts;
  constexpr std::int64_t step_ns = 1000;
  const std::int64_t round_ns = step_ns * agents;
  const std::int64_t quiet_ns = round_ns * (std::int64_t{broadcasts} + 2);
  const auto events = run_directory / "events";
  std::filesystem::create_directories(events);

  EventFileWriter conductor(events, Role::conductor, no_process, plan.run_id);
  const EventFileWriter supervisor(events, Role::supervisor, no_process, plan.run_id);
  const auto agent_role = static_cast<std::uint64_t>(Role::agent);
  const auto mark = [&](Mark what, std::int64_t time_ns) {
    conductor.add(EventType::mark, Function::none, time_ns, 0, {static_cast<std::uint64_t>(what)});
  };
  for (std::uint32_t agent = 0; agent < agents; ++agent)
    conductor.add(EventType::spawned, Function::none, 1, 0, {agent_role}, agent);
  mark(Mark::released, round_ns);

  std::vector<std::vector<std::uint32_t>> senders(agents);  // by recipient, ascending
  for (std::uint32_t sender = 0; sender < agents; ++sender) {
    for (const std::uint32_t recipient : possible_recipients(plan, sender))
      senders[recipient].push_back(sender);
  }
  for (std::uint32_t agent = 0; agent < agents; ++agent) {
    EventFileWriter file(events, Role::agent, agent, plan.run_id);
    for (std::uint32_t number = 0; number < broadcasts; ++number) {
      const std::int64_t invoke_ns = round_ns * (number + 1) + step_ns * agent;
      const std::uint64_t op = MessageId{agent, number}.packed();
      file.add(EventType::invoke, Function::broadcast, invoke_ns, op,
               {static_cast<std::uint64_t>(invoke_ns)});
      file.add(EventType::ok, Function::broadcast, invoke_ns + round_ns - 1, op);
    }
    const std::uint64_t read = MessageId{agent, broadcasts}.packed();
    file.add(EventType::invoke, Function::read, quiet_ns + 1, read);
    std::uint64_t position = 0;
    for (std::uint32_t number = 0; number < broadcasts; ++number) {
      for (const std::uint32_t sender : senders[agent]) {
        if (!Audience(plan, {sender, number}).has(agent)) continue;
        file.add(EventType::seen, Function::read, quiet_ns + 2, read,
                 {MessageId{sender, number}.packed(), position++, 1});
      }
    }
    file.add(EventType::ok, Function::read, quiet_ns + 3, read);
  }

  mark(Mark::idle, quiet_ns);
  mark(Mark::quiesced, quiet_ns);
  for (std::uint32_t agent = 0; agent < agents; ++agent)
    conductor.add(EventType::exited, Function::none, quiet_ns + 4, 0, {agent_role}, agent);
  mark(Mark::finished, quiet_ns + 5);
}

}  // namespace holdfast
