#include "harness/crowd/agents/check_adapter.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/clock.h"
#include "harness/crowd/agents/error_output.h"
#include "harness/crowd/agents/protocol.h"
#include "harness/linux/descriptor.h"
#include "harness/linux/reaper.h"

namespace holdfast {
namespace {

constexpr std::int64_t init_limit_ns = 10'000'000'000, answer_limit_ns = 2'000'000'000,
                       quit_limit_ns = 1'000'000'000;
constexpr std::uint32_t agents_on_trial = 2;
constexpr std::size_t entries_on_trial = 1000;

// What is asked of whom. One program at a time: the end of one ends all that this process started.
struct Step {
  enum Kind { init, broadcast, read, quit } kind = read;
  std::uint32_t agent = 0;
  MessageId id{};
  std::vector<std::uint32_t> to{};
  const char* what = "";
  std::string body{};
};

std::vector<Step> steps() {
  std::string long_body(4096, 'x');
  return {
      {Step::init, 0},
      {Step::read, 0, {}, {}, "before anything was sent"},
      {Step::broadcast, 0, {0, 0}, {0, 1}, "a plain body", "hello"},
      {Step::broadcast, 0, {0, 1}, {1}, "characters outside ASCII, sent as \\u escapes", "é – 漢 😀"},
      {Step::broadcast, 0, {0, 2}, {0, 1}, "characters outside ASCII", "é – 漢 😀"},
      {Step::broadcast, 0, {0, 3}, {1}, "4,096 bytes", long_body},
      {Step::read, 0},
      {Step::quit, 0},
      {Step::init, 1},
      {Step::read, 1, {}, {}, "what another process saved"},
      {Step::broadcast,
       1,
       {1, 0},
       {0},
       "quotes, a backslash and line ends, not to itself",
       "\"a\\b\"\n'c'\r\n\t"},
      {Step::broadcast, 1, {1, 1}, {0, 1}, "an empty body", ""},
      {Step::broadcast, 1, {1, 2}, {}, "to nobody", "for nobody"},
      {Step::read, 1},
      {Step::quit, 1},
      {Step::init, 0, {}, {}, "again, in a new process"},
      {Step::read, 0},
      {Step::quit, 0},
  };
}

std::string list_of(const std::vector<std::uint32_t>& to) {
  return fmt::format("[{}]", fmt::join(to, ", "));
}

std::string asked_text(const Step& step) {
  std::string text = fmt::format("agent {}: ", step.agent);
  switch (step.kind) {
    case Step::init:
      text += "init";
      break;
    case Step::broadcast:
      text += fmt::format("broadcast {} to {}", to_string(step.id), list_of(step.to));
      break;
    case Step::read:
      text += "read";
      break;
    case Step::quit:
      text += "quit";
  }
  return *step.what == '\0' ? text : fmt::format("{} ({})", text, step.what);
}

class Adapter {
 public:
  Adapter(const ProgramStart& start, std::string directory, BodyBytes bodies)
      : start_(start),
        directory_(std::move(directory)),
        bodies_(bodies),
        log_(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {}

  // False: there is no use in going on.
  Result<bool> take(const Step& step, Exchange& exchange) {
    exchange.asked = asked_text(step);
    Seat& seat = seats_[step.agent];
    if (step.kind == Step::quit) return quit(seat, exchange);
    if (step.kind == Step::init) {
      if (!seat.errors) seat.errors = std::make_unique<ErrorOutput>(log_.get());
      auto program = Program::start(start_, *seat.errors);
      if (!program) return fail(program.error());
      seat.program = std::move(*program);
    }
    const Request request = request_of(step);
    std::string line;
    if (!hear(seat, request, step.kind == Step::init ? init_limit_ns : answer_limit_ns, line, exchange))
      return false;
    exchange.answered = quote_line(line);
    const auto answer = parse_answer(line, request, entries_on_trial);
    if (!answer) {
      exchange.wrong = answer.error().message;
      return false;
    }
    if (answer->kind != AnswerKind::ok) {
      exchange.wrong = fmt::format("it should be {{\"result\":\"ok\"{}}}{}",
                                   step.kind == Step::read ? ",\"entries\":[…]" : "", last_words(seat));
      return step.kind != Step::init;
    }
    if (step.kind == Step::broadcast) sent_.push_back(step);
    if (step.kind == Step::read) exchange.wrong = wrong_with(answer->entries, step.agent);
    return true;
  }

 private:
  struct Seat {
    std::unique_ptr<ErrorOutput> errors;  // outlives the program
    std::unique_ptr<Program> program;
  };

  [[nodiscard]] Request request_of(const Step& step) const {
    if (step.kind == Step::init) return init_request(step.agent, agents_on_trial, directory_);
    if (step.kind == Step::read) return read_request();
    return broadcast_request(step.id, step.to, step.body, bodies_);
  }

  static std::string last_words(const Seat& seat) {
    const std::string words = seat.errors->last_line();
    return words.empty() ? "" : fmt::format("; its last words on standard error: {}", quote_line(words));
  }

  static bool hear(Seat& seat, const Request& request, std::int64_t limit_ns, std::string& line,
                   Exchange& exchange) {
    const std::int64_t until_ns = monotonic_ns() + limit_ns;
    auto heard = seat.program->send(request.line, until_ns);
    if (heard == Program::Heard::line) heard = seat.program->receive(line, until_ns);
    if (heard == Program::Heard::line) return true;
    exchange.answered = line.empty() ? "nothing" : quote_line(line);
    switch (heard) {
      case Program::Heard::timed_out:
        exchange.wrong =
            fmt::format("there is no whole line after {} s: write a line end after each answer, and flush it",
                        limit_ns / 1'000'000'000);
        break;
      case Program::Heard::too_long:
        exchange.wrong = "the line does not end";
        break;
      case Program::Heard::stopped:
        exchange.wrong = "interrupted";
        break;
      default: {
        const ProgramEnd end = seat.program->end(monotonic_ns() + quit_limit_ns);
        seat.program.reset();
        seat.errors->finish();
        exchange.wrong = fmt::format("the program {} before it answered{}", end.how(), last_words(seat));
      }
    }
    return false;
  }

  Result<bool> quit(Seat& seat, Exchange& exchange) {
    exchange.answered = "the end of the program";
    if (std::string line;
        seat.program->has_spoken() && seat.program->receive(line, 0) == Program::Heard::line)
      exchange.wrong =
          fmt::format("it said {} without being asked: one answer to each request", quote_line(line));
    const std::int64_t until_ns = monotonic_ns() + quit_limit_ns;
    static_cast<void>(seat.program->send(quit_line(), until_ns));
    const ProgramEnd end = seat.program->end(until_ns);
    seat.program.reset();
    seat.errors->finish();
    if (!exchange.wrong.empty()) return true;
    if (end.told || end.killed) {
      exchange.wrong = "it went on for a second: end the program when it is asked to quit";
    } else if (end.wait_status != 0) {
      exchange.wrong = fmt::format("it {}, but should exit with 0{}", end.how(), last_words(seat));
    } else if (!end.left_behind.empty()) {
      exchange.wrong = fmt::format("{}, which it had started, still ran", end.left_behind.front());
    }
    return true;
  }

  // Against what was acknowledged before.
  [[nodiscard]] std::string wrong_with(const std::vector<AnsweredEntry>& entries, std::uint32_t agent) const {
    std::vector<const Step*> due;
    for (const Step& step : sent_) {
      if (std::find(step.to.begin(), step.to.end(), agent) != step.to.end()) due.push_back(&step);
    }
    for (const AnsweredEntry& entry : entries) {
      const auto same = [&](const Step& step) { return to_string(step.id) == entry.id; };
      const auto sent = std::find_if(sent_.begin(), sent_.end(), same);
      if (sent == sent_.end()) return fmt::format("{} was never sent", quote_line(entry.id));
      if (std::find(due.begin(), due.end(), &*sent) == due.end())
        return fmt::format("{} is addressed to {}, not to agent {}", entry.id, list_of(sent->to), agent);
      if (entry.body && *entry.body != sent->body)
        return fmt::format("the body of {} ({}) is {}, but was {}", entry.id, sent->what,
                           quote_line(*entry.body), quote_line(sent->body));
    }
    for (std::size_t i = 0; i < due.size(); ++i) {
      const auto has = [&](const AnsweredEntry& entry) { return entry.id == to_string(due[i]->id); };
      const auto times = std::count_if(entries.begin(), entries.end(), has);
      if (times == 0) return fmt::format("{} is missing: it was acknowledged before", to_string(due[i]->id));
      if (times > 1) return fmt::format("{} is there {} times", to_string(due[i]->id), times);
      if (!has(entries[i])) return fmt::format("{} is out of order", to_string(due[i]->id));
    }
    return {};
  }

  const ProgramStart& start_;
  std::string directory_;
  BodyBytes bodies_;
  Descriptor log_;
  std::map<std::uint32_t, Seat> seats_;
  std::vector<Step> sent_;  // and acknowledged
};

}  // namespace

Result<std::vector<Exchange>> check_adapter(const ProgramStart& start, const std::string& directory,
                                            BodyBytes bodies) {
  static_cast<void>(become_subreaper());
  ::signal(SIGPIPE, SIG_IGN);  // a program that ended is told by what it did not answer
  Adapter adapter(start, directory, bodies);
  std::vector<Exchange> exchanges;
  for (const Step& step : steps()) {
    auto go_on = adapter.take(step, exchanges.emplace_back());
    if (!go_on) return fail(go_on.error());
    if (!*go_on) break;
  }
  return exchanges;
}

std::size_t adapter_requests() {
  return steps().size();
}

}  // namespace holdfast
