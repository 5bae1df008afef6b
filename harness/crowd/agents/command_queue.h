// The adapter between an agent and a subject's program in any language.
//
// Definite and indefinite follow Jepsen: a request that was not handed over, or that the program reports as failed,
// was definitely not done; one that was handed over but got no valid answer in time may or may not have been done.
// Unless it gets a valid answer, the adapter ends the program, and the next request starts another, because later
// output could be taken for the answer to another request. Only an answer that comes soon after its deadline leaves
// the two in step.
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

  // Starts the program and shakes hands; Code::invalid if it cannot be started at all. Otherwise, or after the
  // program has died, the next request does so.
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
