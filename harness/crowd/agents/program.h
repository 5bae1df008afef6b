// A subject's program as a child process: its pipes, its death, and what it leaves behind.
//
// It is started by argv, without a shell, with pipes for its standard input, output and error, and dies with
// the agent that started it. This process must be a child subreaper: what the program had started itself comes
// to it, and is ended with the program. Used by one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "harness/crowd/agents/error_output.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

struct ProgramStart {
  std::vector<std::string> argv;
  std::string directory;
  std::vector<std::pair<std::string, std::string>> environment;  // laid over ours
  std::string beside;  // a directory where argv[0] is looked for after PATH
};

// How it ended, and what had to be done about it.
struct ProgramEnd {
  int wait_status = 0;
  bool told = false;                     // SIGTERM was sent, for it had not ended by itself
  bool killed = false;                   // SIGKILL, for it did not end by that
  std::vector<std::string> left_behind;  // the programs that it had started and that still ran; now ended

  // "exited with 3", "was killed by signal 11"
  [[nodiscard]] std::string how() const;
};

class Program {
 public:
  // Code::failed: it cannot be started, with the system's reason. `errors` outlives the program.
  static Result<std::unique_ptr<Program>> start(const ProgramStart& start, ErrorOutput& errors);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();  // ends it, gently no longer

  enum class Heard {
    line,
    timed_out,  // nothing whole until the deadline
    closed,     // it closed its standard output (or input), or ended, whoever may still have its pipes
    too_long,   // more than `answer_bytes_max` without the end of a line
    stopped,    // SIGTERM: the run is being stopped
  };

  // Hands over a whole line; reads what comes meanwhile, so that nobody waits for the other.
  Heard send(std::string_view line, std::int64_t deadline_ns);

  // The next line, its end taken off. What is no whole line is left in `line` as well, its beginning at least.
  Heard receive(std::string& line, std::int64_t deadline_ns);

  // Whether it has said something that nobody asked for, or closed its output: what receive() would give now.
  [[nodiscard]] bool has_spoken();

  // Waits until it ends by itself, at most until the deadline; then by SIGTERM, then by SIGKILL. Ends what it
  // left behind. Once.
  ProgramEnd end(std::int64_t deadline_ns);

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Program(pid_t pid, Descriptor process, Descriptor input, Descriptor output) noexcept
      : pid_(pid), process_(std::move(process)), input_(std::move(input)), output_(std::move(output)) {}
  bool take_output();
  void take_last_output();
  bool ended_by(std::int64_t deadline_ns, int& status) const;

  pid_t pid_;
  Descriptor process_;  // readable once it has ended
  Descriptor input_;    // we write
  Descriptor output_;   // we read
  std::string unread_;
  std::size_t searched_ = 0;  // of `unread_`: bytes known to have no end of a line
  bool closed_ = false;
};

}  // namespace holdfast
