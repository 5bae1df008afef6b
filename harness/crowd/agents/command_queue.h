// The adapter between an agent and a subject's program, in whatever language.
//
// Definite and indefinite follow Jepsen: a request that was not handed over, or that the program says it
// failed, is definitely not done; one that was handed over and not answered in time, in words that make sense,
// or at all, may or may not be done. After anything but an answer the program is ended and the next request
// starts another, for whatever it says later could be taken for the answer to something else. Only an answer
// that is late, but comes soon after, leaves the two in step.
#pragma once

#include <filesystem>
#include <memory>

#include "harness/crowd/agents/program.h"
#include "harness/crowd/agents/protocol.h"
#include "harness/crowd/agents/queue.h"

namespace holdfast {

class CommandQueue final : public Queue {
 public:
  // `log`: descriptor of the agent's log. Makes this process a subreaper.
  CommandQueue(const Plan& plan, std::uint32_t agent, std::filesystem::path store, int log);
  ~CommandQueue() override;

  // Starts the program and shakes hands; Code::invalid if it cannot be started at all. Without it, or after
  // the program has died, requests do so.
  Result<> begin() override;
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) override;
  Result<std::vector<Entry>> receive(const std::string& recipient) override;
  [[nodiscard]] bool told_bodies() const override { return told_bodies_; }
  [[nodiscard]] RetryCounters counters() const override { return {}; }
  [[nodiscard]] std::vector<std::string> take_warnings() override;
  [[nodiscard]] std::vector<pid_t> take_ended() override { return std::exchange(ended_, {}); }
  void finish() override;

 private:
  Result<> ensure_started();
  Result<Answer> ask(const Request& request);
  Result<Answer> answer_to(const Request& request, std::int64_t begun_ns, Duration limit);
  Result<Answer> late_answer_to(const Request& request, std::int64_t begun_ns, Duration limit);
  std::string end_program(std::int64_t patience_ns);
  ProgramEnd end_by(std::int64_t deadline_ns);
  void warn(std::string text);
  [[nodiscard]] std::string last_words() const;

  Plan plan_;
  std::uint32_t agent_;
  std::filesystem::path store_;
  std::size_t entries_max_;
  ErrorOutput errors_;
  std::unique_ptr<Program> program_;  // none: to be started
  std::vector<pid_t> ended_;
  std::vector<std::string> warnings_;
  std::uint64_t warnings_given_ = 0;
  bool told_bodies_ = true;
};

}  // namespace holdfast
