#include "harness/crowd/agents/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "core/base/clock.h"
#include "harness/crowd/agents/protocol.h"
#include "harness/linux/barrier.h"
#include "harness/linux/proc.h"
#include "harness/linux/program_file.h"
#include "harness/linux/reaper.h"

namespace holdfast {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::size_t beginning_bytes = 1000;  // of a line that has no end, to be quoted

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Code::failed, fmt::format("pipe: {}", std::strerror(errno)), errno);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// "NAME=value" of our own environment with the program's laid over it.
std::vector<std::string> environment_of(const ProgramStart& start) {
  const auto& over = start.environment;
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    if (std::none_of(over.begin(), over.end(), [&](const auto& one) { return one.first == name; }))
      variables.emplace_back(text);
  }
  for (const auto& [name, value] : over) variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

// Where a program is looked for: as its own PATH says, and then in `beside`.
std::string places_of(const std::vector<std::string>& environment, const std::string& beside) {
  std::string places = usual_path;
  for (const std::string& variable : environment) {
    if (variable.starts_with("PATH=")) places = variable.substr(5);
  }
  return beside.empty() ? places : places + ":" + beside;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> raw;
  raw.reserve(words.size() + 1);
  for (std::string& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  return raw;
}

// In the child, before exec: nothing here may allocate or lock, for another thread may have held the lock.
[[noreturn]] void become(const char* program, char** argv, char** environment, const char* directory,
                         const std::array<int, 3>& standard, int trouble, pid_t parent) {
  const auto give_up = [trouble](int stage) {
    const std::array<int, 2> why = {stage, errno};
    static_cast<void>(!::write(trouble, why.data(), sizeof why));
    ::_exit(127);
  };
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);  // a program that signals its group reaches its own children, not the run
  for (int fd = 0; fd < 3; ++fd) {
    if (::dup2(standard[static_cast<std::size_t>(fd)], fd) < 0) give_up(0);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);  // what we ignore, it would ignore
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::chdir(directory) != 0) give_up(1);
  ::execve(program, argv, environment);
  give_up(2);
  ::_exit(127);
}

}  // namespace

std::string ProgramEnd::how() const {
  if (WIFSIGNALED(wait_status)) return fmt::format("was killed by signal {}", WTERMSIG(wait_status));
  return fmt::format("exited with {}", WEXITSTATUS(wait_status));
}

Result<std::unique_ptr<Program>> Program::start(const ProgramStart& start, ErrorOutput& errors) {
  std::vector<std::string> words = start.argv;
  std::vector<std::string> variables = environment_of(start);
  const std::string path = find_program(words.front(), places_of(variables, start.beside), start.directory);
  const auto cannot = [&](const std::string& why, int os_code) {
    return fail(Code::invalid,
                fmt::format("subject.command: cannot start {} in {}: {}", quote_line(words.front()),
                            start.directory, why),
                os_code);
  };
  if (path.empty()) return cannot("no such program in PATH, nor beside holdfast", ENOENT);
  if (const auto foreign = foreign_program(path, start.directory))
    return cannot(foreign_program_text(quote_line(*foreign)), ENOEXEC);
  auto input = make_pipe(), output = make_pipe(), error = make_pipe(), trouble = make_pipe();
  for (const auto* pipe : {&input, &output, &error, &trouble}) {
    if (!*pipe) return fail(pipe->error());
  }
  auto argv = pointers(words);
  auto environment = pointers(variables);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return cannot(std::strerror(errno), errno);
  if (child == 0) {
    become(path.c_str(), argv.data(), environment.data(), start.directory.c_str(),
           {input->read.get(), output->write.get(), error->write.get()}, trouble->write.get(), parent);
  }
  Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  std::unique_ptr<Program> program(
      new Program(child, std::move(process), std::move(input->write), std::move(output->read)));
  input->read.reset();
  output->write.reset();
  error->write.reset();
  trouble->write.reset();
  std::array<int, 2> why{};
  ssize_t got = -1;
  while ((got = ::read(trouble->read.get(), why.data(), sizeof why)) < 0 && errno == EINTR) {
  }
  if (got == sizeof why) {
    return cannot(
        why[0] == 1 ? fmt::format("the directory: {}", std::strerror(why[1])) : std::strerror(why[1]),
        why[1]);
  }
  errors.listen(std::move(error->read));
  for (const int fd : {program->input_.get(), program->output_.get()}) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  return program;
}

Program::~Program() {
  if (pid_ > 0) end(0);
}

// Reads what is there; false if nothing was.
bool Program::take_output() {
  constexpr std::size_t step = std::size_t{256} << 10U;
  const std::size_t before = unread_.size();
  unread_.resize(before + step);
  ssize_t got = -1;
  while ((got = ::read(output_.get(), unread_.data() + before, step)) < 0 && errno == EINTR) {
  }
  unread_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got == 0 || (got < 0 && errno != EAGAIN)) closed_ = true;
  return got > 0;
}

// It has ended: what it said is there already, and whoever else has its pipe does not speak for it.
void Program::take_last_output() {
  while (!closed_ && unread_.size() <= answer_bytes_max && take_output()) {
  }
  closed_ = true;
}

Program::Heard Program::send(std::string_view line, std::int64_t deadline_ns) {
  while (!line.empty()) {
    if (stop_requested()) return Heard::stopped;
    const ssize_t written = ::write(input_.get(), line.data(), line.size());
    if (written > 0) {
      line.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (written < 0 && errno != EAGAIN && errno != EINTR) return Heard::closed;
    const std::int64_t left_ns = deadline_ns - monotonic_ns();
    if (left_ns <= 0) return Heard::timed_out;
    const bool room = unread_.size() <= answer_bytes_max && !closed_;
    const timespec left{left_ns / second_ns, left_ns % second_ns};
    pollfd polled[] = {{input_.get(), POLLOUT, 0},
                       {room ? output_.get() : -1, POLLIN, 0},
                       {stop_signal_descriptor(), POLLIN, 0},
                       {process_.get(), POLLIN, 0}};
    ::ppoll(polled, 4, &left, nullptr);
    if (polled[3].revents != 0) return Heard::closed;
    if (polled[1].revents != 0) take_output();
  }
  return Heard::line;
}

Program::Heard Program::receive(std::string& line, std::int64_t deadline_ns) {
  for (;;) {
    const auto end = unread_.find('\n', searched_);
    if (end != std::string::npos && end <= answer_bytes_max) {
      line.assign(unread_, 0, end);
      unread_.erase(0, end + 1);
      if (unread_.capacity() > (std::size_t{1} << 20U) && unread_.empty()) std::string().swap(unread_);
      searched_ = 0;
      return Heard::line;
    }
    searched_ = unread_.size();
    if (unread_.size() > answer_bytes_max) {
      line.assign(unread_, 0, beginning_bytes);
      return Heard::too_long;
    }
    if (closed_) {
      line.assign(unread_, 0, beginning_bytes);
      return Heard::closed;
    }
    if (stop_requested()) return Heard::stopped;
    const std::int64_t left_ns = deadline_ns - monotonic_ns();
    if (left_ns <= 0) {
      line.assign(unread_, 0, beginning_bytes);
      return Heard::timed_out;
    }
    const timespec left{left_ns / second_ns, left_ns % second_ns};
    pollfd polled[] = {
        {output_.get(), POLLIN, 0}, {stop_signal_descriptor(), POLLIN, 0}, {process_.get(), POLLIN, 0}};
    ::ppoll(polled, 3, &left, nullptr);
    if (polled[2].revents != 0) {
      take_last_output();
    } else if (polled[0].revents != 0) {
      take_output();
    }
  }
}

bool Program::has_spoken() {
  pollfd ended{process_.get(), POLLIN, 0};
  if (::poll(&ended, 1, 0) > 0) {
    take_last_output();
  } else if (!closed_ && unread_.empty()) {
    take_output();
  }
  return closed_ || !unread_.empty();
}

bool Program::ended_by(std::int64_t deadline_ns, int& status) const {
  for (;;) {
    if (::waitpid(pid_, &status, WNOHANG) == pid_) return true;
    const std::int64_t left_ns = deadline_ns - monotonic_ns();
    if (left_ns <= 0) return false;
    const timespec left{left_ns / second_ns, left_ns % second_ns};
    // Its output is drained, so that it is not kept from ending by somebody who reads no more.
    std::array<char, 65536> ignored;
    static_cast<void>(!::read(output_.get(), ignored.data(), ignored.size()));
    pollfd polled[] = {{process_.get(), POLLIN, 0}, {closed_ ? -1 : output_.get(), POLLIN, 0}};
    ::ppoll(polled, 2, &left, nullptr);
    if ((polled[1].revents & POLLHUP) != 0) ::ppoll(polled, 1, &left, nullptr);
  }
}

ProgramEnd Program::end(std::int64_t deadline_ns) {
  constexpr std::int64_t grace_ns = second_ns;  // the conductor gives an agent three, for all that it does
  ProgramEnd ended;
  input_.reset();
  if (!ended_by(deadline_ns, ended.wait_status)) {
    ended.told = true;
    ::kill(pid_, SIGTERM);
    if (!ended_by(monotonic_ns() + grace_ns, ended.wait_status)) {
      ended.killed = true;
      ::kill(pid_, SIGKILL);
      while (::waitpid(pid_, &ended.wait_status, 0) < 0 && errno == EINTR) {
      }
    }
  }
  pid_ = -1;
  // Looking through all processes is dear in a crowd of a thousand; whether there is a child at all is not.
  siginfo_t child{};
  if (::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0) {
    for (const pid_t left : children()) {
      const Descriptor process = open_process(left);
      if (read_process_stat(process.get()).state == 'Z') continue;  // ended, and nobody had asked
      std::string name = read_proc_file(process.get(), "comm");
      while (!name.empty() && name.back() == '\n') name.pop_back();
      ended.left_behind.push_back(fmt::format("{} ({})", name.empty() ? "?" : name, left));
    }
    end_all_descendants({}, [](pid_t, int) {});
  }
  return ended;
}

}  // namespace holdfast
