#include "harness/crowd/agents/command_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/clock.h"
#include "harness/check/tolerances.h"
#include "harness/history/event.h"
#include "harness/history/program_fault.h"
#include "harness/linux/barrier.h"
#include "harness/linux/reaper.h"
#include "harness/scenario/plan/audience.h"

namespace holdfast {
namespace {

constexpr std::uint64_t warnings_max = 10;
// To start up and say that it is there: as long as for any answer, and this at least.
constexpr Duration least_init_limit = std::chrono::seconds(10);
constexpr std::int64_t ends_by_itself_ns = 1'000'000'000;  // after its output was closed, or "quit"

std::string in_seconds(std::int64_t ns) {
  return fmt::format("{:.3f} s", static_cast<double>(ns) * 1e-9);
}

}  // namespace

CommandQueue::CommandQueue(const Plan& plan, std::uint32_t agent, std::filesystem::path store, int log)
    : plan_(plan), agent_(agent), store_(std::move(store)), errors_(log) {
  // What a queue can hold at all, and as much again of duplicates.
  const auto& agents = plan_.scenario.agents;
  entries_max_ = 2 * std::size_t{agents.count} * agents.broadcasts + 1000;
  static_cast<void>(become_subreaper());
}

CommandQueue::~CommandQueue() = default;

Result<> CommandQueue::begin() {
  auto started = ensure_started();
  // What goes wrong with a program that does start is the subject's: each operation says it.
  if (!started && started.error().code != Code::invalid) return {};
  return started;
}

Result<> CommandQueue::ensure_started() {
  if (program_) return {};
  const std::int64_t begun_ns = monotonic_ns();
  const Subject& subject = plan_.scenario.subject;
  std::error_code ignored;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  auto program =
      Program::start({subject.command, subject.directory, subject.environment, beside.string()}, errors_);
  if (!program) return fail(program.error());
  program_ = std::move(*program);

  const Duration init_limit = std::max(least_init_limit, plan_.scenario.agents.operation_deadline);
  const Request request = init_request(agent_, plan_.scenario.agents.everyone(), store_.string());
  if (program_->send(request.line, begun_ns + init_limit.count()) == Program::Heard::stopped)
    return fail(Code::cancelled, "the run is being stopped");
  auto answer = answer_to(request, begun_ns, init_limit);
  if (answer && answer->kind == AnswerKind::ok) return {};
  if (answer) {
    const std::string ended = end_program(0);
    return fail(Code::failed,
                fmt::format("the program answered init with a failure: {}{}", answer->error, ended),
                answer->os_code);
  }
  Error error = answer.error().within("at init");
  // Nothing was asked of it yet, so nothing can have been done.
  if (error.code == Code::indefinite) error.code = Code::failed;
  return fail(std::move(error));
}

Result<Answer> CommandQueue::ask(const Request& request) {
  if (auto started = ensure_started(); !started) return fail(started.error());
  const std::int64_t begun_ns = monotonic_ns();
  const Duration limit = plan_.scenario.agents.operation_deadline;
  if (program_->has_spoken()) {
    std::string line;
    const auto heard = program_->receive(line, 0);
    const std::string said =
        heard == Program::Heard::closed && line.empty()
            ? "the program ended or closed its output before it was asked"
            : fmt::format("the program said {} before it was asked: an answer given twice, or out of turn",
                          quote_line(line));
    return fail(Code::failed, said + end_program(ends_by_itself_ns),
                heard == Program::Heard::closed ? program_died : program_broke_protocol);
  }
  switch (program_->send(request.line, begun_ns + limit.count())) {
    case Program::Heard::line:
      break;
    case Program::Heard::stopped:
      return fail(Code::cancelled, "the run is being stopped");
    case Program::Heard::timed_out:
      return fail(Code::failed, "the program did not take the whole request in time" + end_program(0));
    default:
      return fail(
          Code::failed,
          "the program ended or closed its input before it was asked" + end_program(ends_by_itself_ns),
          program_died);
  }
  return answer_to(request, begun_ns, limit);
}

Result<Answer> CommandQueue::answer_to(const Request& request, std::int64_t begun_ns, Duration limit) {
  std::string line;
  switch (program_->receive(line, begun_ns + limit.count())) {
    case Program::Heard::stopped:
      return fail(Code::cancelled, "the run is being stopped");
    case Program::Heard::timed_out:
      return late_answer_to(request, begun_ns, limit);
    case Program::Heard::too_long:
      return fail(Code::indefinite,
                  fmt::format("the program's line {} goes on beyond {} MiB", quote_line(line),
                              answer_bytes_max >> 20U) +
                      end_program(0),
                  program_broke_protocol);
    case Program::Heard::closed: {
      std::string said = "the program ended or closed its output before it answered";
      if (!line.empty()) said += fmt::format(", in the middle of the line {}", quote_line(line));
      return fail(Code::indefinite, said + end_program(ends_by_itself_ns), program_died);
    }
    case Program::Heard::line:
      break;
  }
  auto answer = parse_answer(line, request, entries_max_);
  if (answer) return answer;
  return fail(Code::indefinite, "the program did not answer: " + answer.error().message + end_program(0),
              program_broke_protocol);
}

// It had its time. Whether it was about to answer is worth knowing, and saves another start.
Result<Answer> CommandQueue::late_answer_to(const Request& request, std::int64_t begun_ns, Duration limit) {
  const std::string allowed = in_seconds(limit.count());
  const std::int64_t tolerated_ns = tolerance::beyond_ns(limit.count(), plan_.scenario.agents.everyone());
  std::string line;
  const auto heard =
      program_->receive(line, begun_ns + limit.count() + tolerated_ns + tolerance::late_answer_ns);
  if (heard == Program::Heard::line && parse_answer(line, request, entries_max_)) {
    return fail(Code::indefinite, fmt::format("timed out: the program answered after {}, later than {}",
                                              in_seconds(monotonic_ns() - begun_ns), allowed));
  }
  if (heard == Program::Heard::stopped) return fail(Code::cancelled, "the run is being stopped");
  std::string said = fmt::format("timed out: the program did not answer within {}", allowed);
  if (!line.empty()) said += fmt::format(", but said {}", quote_line(line));
  return fail(Code::indefinite, said + end_program(0));
}

ProgramEnd CommandQueue::end_by(std::int64_t deadline_ns) {
  const pid_t pid = program_->pid();
  ProgramEnd ended = program_->end(deadline_ns);
  program_.reset();
  errors_.finish();
  if (ended.told || ended.killed || !ended.left_behind.empty()) ended_.push_back(pid);
  return ended;
}

// How it went, as the rest of an error's sentence.
std::string CommandQueue::end_program(std::int64_t patience_ns) {
  // While a run is being stopped there is no time to wait.
  const ProgramEnd ended = end_by(stop_requested() ? 0 : monotonic_ns() + patience_ns);
  std::string how = ended.told ? "; it went on and had to be ended" : fmt::format("; it {}", ended.how());
  if (ended.killed) {
    how = "; it went on, ignored SIGTERM and had to be killed";
    warn("the program ignored SIGTERM and had to be killed");
  }
  for (const std::string& left : ended.left_behind) {
    warn(fmt::format("the program ended, and {} that it had started did not", left));
  }
  return how + last_words();
}

std::string CommandQueue::last_words() const {
  const std::string words = errors_.last_line();
  return words.empty() ? "" : fmt::format("; its last words: {}", quote_line(words));
}

Result<> CommandQueue::broadcast(const Entry& message, const std::vector<std::string>&) {
  const auto id = parse_message_id(message.id);
  if (!id) return fail(Code::failed, "not a message of this run: " + message.id);
  auto answer =
      ask(broadcast_request(*id, recipients(plan_, *id), message.body, plan_.scenario.subject.bodies));
  if (!answer) return fail(answer.error());
  if (answer->kind == AnswerKind::ok) return {};
  return fail(answer->kind == AnswerKind::info ? Code::indefinite : Code::failed,
              answer->error.empty() ? "the program did not say why" : answer->error, answer->os_code);
}

Result<std::vector<Entry>> CommandQueue::receive(const std::string&) {
  auto answer = ask(read_request());
  if (!answer) return fail(answer.error());
  if (answer->kind != AnswerKind::ok) {
    return fail(Code::failed, answer->error.empty() ? "the program did not say why" : answer->error,
                answer->os_code);
  }
  std::vector<Entry> entries(answer->entries.size());
  told_bodies_ = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    AnsweredEntry& answered = answer->entries[i];
    const auto id = parse_message_id(answered.id);
    told_bodies_ = told_bodies_ && answered.body;
    // Who gives ids alone says nothing of bodies.
    entries[i].body =
        answered.body ? std::move(*answered.body) : message_body(plan_, id.value_or(no_message));
    entries[i].id = std::move(answered.id);
  }
  return entries;
}

// Some are as good as a million, which a program that ends badly each time would give.
void CommandQueue::warn(std::string text) {
  if (++warnings_given_ <= warnings_max) warnings_.push_back(std::move(text));
}

std::vector<std::string> CommandQueue::take_warnings() {
  return std::exchange(warnings_, {});
}

void CommandQueue::finish() {
  if (program_) {
    if (std::string line; program_->has_spoken() && program_->receive(line, 0) == Program::Heard::line) {
      warn(fmt::format("the program said {} after its last answer: an answer given twice, or out of turn",
                       quote_line(line)));
    }
    const std::int64_t deadline_ns = monotonic_ns() + (stop_requested() ? 0 : ends_by_itself_ns);
    static_cast<void>(program_->send(quit_line(), deadline_ns));
    const ProgramEnd ended = end_by(deadline_ns);
    if (stop_requested()) {
      // It had no time to end well.
    } else if (ended.killed) {
      warn("the program neither quit nor ended on SIGTERM, and had to be killed");
    } else if (ended.told) {
      warn("the program did not quit when asked, and had to be ended");
    } else if (ended.wait_status != 0) {
      warn(fmt::format("the program was asked to quit and {}{}", ended.how(), last_words()));
    }
    for (const std::string& left : ended.left_behind) {
      warn(fmt::format("the program quit, and {} that it had started did not", left));
    }
  }
  if (const auto dropped = errors_.dropped_bytes(); dropped != 0) {
    warnings_.push_back(
        fmt::format("the program wrote {} bytes on standard error beyond the {} KiB that are "
                    "kept in the log; they were dropped",
                    dropped, ErrorOutput::kept_bytes_max >> 10U));
  }
  if (warnings_given_ > warnings_max) {
    warnings_.push_back(fmt::format("and {} more warnings of this kind", warnings_given_ - warnings_max));
  }
}

}  // namespace holdfast
