#include "harness/cli/runs/side_by_side.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "harness/cli/runs/exit_codes.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

struct Running {
  std::size_t at = 0;  // among the runs
  pid_t process = 0;
  Descriptor ended;  // a pidfd, readable once it has
  Descriptor said;   // its stderr
};

// In the child: everything was made ready before the fork.
[[noreturn]] void become(const char* program, char* const* argv, int said, pid_t parent) {
  // An orderly end if the process that wants the result is gone.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(exit_internal);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(said, STDERR_FILENO);
  ::execv(program, argv);
  ::_exit(exit_internal);
}

Result<Running> begin(const SideRun& run, const std::filesystem::path& executable) {
  const auto failed = [](const char* what) {
    return fail(Code::failed, fmt::format("{}: {}", what, std::strerror(errno)), errno);
  };
  Running running;
  running.said = Descriptor(::memfd_create("said", MFD_CLOEXEC));
  if (!running.said) return failed("memfd_create");
  std::vector<std::string> words{"holdfast"};
  words.insert(words.end(), run.arguments.begin(), run.arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  running.process = ::fork();
  if (running.process < 0) return failed("cannot start a run");
  if (running.process == 0) become(executable.c_str(), argv.data(), running.said.get(), parent);
  running.ended = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, running.process, 0)));
  return running;
}

// What a run that could not be carried out had to say, without the program's name before it.
std::string words_of(const Running& running) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::pread(running.said.get(), buffer.data(), buffer.size(), 0);
  std::string text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  text = text.substr(0, text.find('\n'));
  constexpr std::string_view prefix = "holdfast: ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text.empty() ? "a run ended without a result and without a message" : text;
}

class SideRuns {
 public:
  SideRuns(const std::vector<SideRun>& runs, const SideRunsOptions& options)
      : runs_(runs), options_(options) {}

  Result<SideRunsEnding> run() {
    std::size_t begun = 0, done = 0;
    while (done < runs_.size()) {
      if (!stopping_ && options_.stop && options_.stop()) end_all();
      if (stopping_ && running_.empty()) break;
      while (!stopping_ && begun < runs_.size() && running_.size() < options_.at_once) {
        auto started = begin(runs_[begun], options_.executable);
        if (!started) {
          trouble_ = fail(started.error());
          end_all();
          break;
        }
        started->at = begun++;
        running_.push_back(std::move(*started));
      }
      done += wait_a_moment();
      if (options_.on_progress) options_.on_progress(done);
    }
    if (!trouble_) return fail(trouble_.error());
    return stopping_ ? SideRunsEnding::stopped : SideRunsEnding::finished;
  }

 private:
  void end_all() {
    stopping_ = true;
    for (const Running& running : running_) ::kill(running.process, SIGTERM);
  }

  // How many have ended meanwhile.
  std::size_t wait_a_moment() {
    constexpr int moment_ms = 200;
    std::vector<pollfd> polled;
    for (const Running& running : running_) polled.push_back({running.ended.get(), POLLIN, 0});
    ::poll(polled.data(), polled.size(), moment_ms);
    std::size_t ended = 0;
    for (auto running = running_.begin(); running != running_.end();) {
      int status = 0;
      if (::waitpid(running->process, &status, WNOHANG) != running->process) {
        ++running;
        continue;
      }
      ++ended;
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : exit_internal;
      const bool carried_out = code != exit_usage && code != exit_internal;
      const std::size_t at = running->at;
      if (!carried_out && trouble_ && !stopping_) {
        const std::string& name = runs_[at].name;
        trouble_ = fail(code == exit_usage ? Code::invalid : Code::failed,
                        words_of(*running) + (name.empty() ? "" : fmt::format(" ({})", name)));
        running = running_.erase(running);
        end_all();
        continue;
      }
      running = running_.erase(running);
      if (carried_out && options_.on_ended) options_.on_ended(at);
    }
    return ended;
  }

  const std::vector<SideRun>& runs_;
  const SideRunsOptions& options_;
  std::vector<Running> running_;
  Result<> trouble_;
  bool stopping_ = false;
};

}  // namespace

Result<SideRunsEnding> run_side_by_side(const std::vector<SideRun>& runs, const SideRunsOptions& options) {
  return SideRuns(runs, options).run();
}

}  // namespace holdfast
