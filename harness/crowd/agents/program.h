// A subject's program as a child process: its pipes, its death, and what it leaves behind.
//
// It is started by argv, without a shell, with pipes for its standard input, output and error, and dies with the
// agent that started it. This process must be a child subreaper: it inherits the program's own children and ends them
// with the program. Used by one thread.
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
  std::string beside;  // a directory searched for argv[0] after PATH
};

// How the program ended, and what that took.
struct ProgramEnd {
  int wait_status = 0;
  bool told = false;                     // SIGTERM was sent, because it had not ended on its own
  bool killed = false;                   // SIGKILL was sent, because SIGTERM had not ended it
  std::vector<std::string> left_behind;  // programs that it had started and that still ran; now ended

  // "exited with 3", "was killed by signal 11"
  [[nodiscard]] std::string how() const;
};

class Program {
 public:
  // Code::failed: it cannot be started, with the system's reason. `errors` must outlive the program.
  static Result<std::unique_ptr<Program>> start(const ProgramStart& start, ErrorOutput& errors);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();  // kills it

  enum class Heard {
    line,
    timed_out,  // no complete line by the deadline
    closed,     // it closed its standard output (or input), or ended, even if others still have its pipes
    too_long,   // more than `answer_bytes_max` without the end of a line
    stopped,    // SIGTERM: the run is being stopped
  };

  // Hands over a whole line, reading what comes in the meantime, so that neither side blocks the other.
  Heard send(std::string_view line, std::int64_t deadline_ns);

  // The next line without its line end. An incomplete line is also left in `line`, at least its beginning.
  Heard receive(std::string& line, std::int64_t deadline_ns);

  // Whether it has written something unasked, or closed its output: what receive() would return now.
  [[nodiscard]] bool has_spoken();

  // Waits for it to end on its own until the deadline; then sends SIGTERM, then SIGKILL. Ends what it left behind.
  // Call it once.
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
  std::size_t searched_ = 0;  // bytes of `unread_` known to have no line end
  bool closed_ = false;
};

}  // namespace holdfast
