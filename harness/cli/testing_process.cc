#include "harness/cli/testing_process.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/close_range.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

std::string text_of(const std::filesystem::path& path) {
  // A process may go while its /proc is read; the stream takes that for the end, an iterator would throw.
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What every child gets, whatever shell the tests run in; sanitizers keep their options.
std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::vector<std::string> environment = options.environment;  // first, for the first of a name counts
  environment.insert(environment.end(), {"PATH=/usr/bin:/bin", "TERM=dumb", "LC_ALL=C"});
  for (const char* name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name))
      environment.push_back(std::string(name) + "=" + value);  // NOLINT
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void become(std::vector<std::string> argv, std::vector<std::string> environment, int out,
                         int err, const ProcessOptions& options) {
  constexpr unsigned first_not_standard = 3;
  ::setpgid(0, 0);
  // Tests started in the background of a script may be set to ignore Ctrl-C.
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP}) ::signal(signal, SIG_DFL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  // A test runner may leave descriptors open; 3 to 7 mean something to Holdfast's own children.
  ::syscall(SYS_close_range, first_not_standard, ~0U, 0U);
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(126);
  if (options.prepare && !options.prepare()) {
    ::dprintf(STDERR_FILENO, "the test's child could not be prepared: %s\n", std::strerror(errno));  // NOLINT
    ::_exit(126);
  }
  ::execve(argv[0].c_str(), pointers_to(argv).data(), pointers_to(environment).data());
  ::_exit(127);
}

std::vector<std::string> split_at_nul(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\0', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

pid_t parent_of(const std::string& proc) {
  const std::string status = text_of(proc + "/status");
  const auto at = status.find("\nPPid:");
  return at == std::string::npos ? 0 : static_cast<pid_t>(std::strtol(status.c_str() + at + 6, nullptr, 10));
}

}  // namespace

TestProcess TestProcess::start(const std::vector<std::string>& argv, const std::string& capture,
                               const ProcessOptions& options) {
  const Descriptor out(::open((capture + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  const Descriptor err(::open((capture + ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  auto environment = environment_of(options);
  const pid_t pid = out && err ? ::fork() : -1;
  if (pid == 0) become(argv, std::move(environment), out.get(), err.get(), options);
  EXPECT_GT(pid, 0) << "cannot start " << argv[0] << ": " << std::strerror(errno);
  ::setpgid(pid, pid);  // both sides do it, so that it is done no matter which comes first
  return {pid, capture, options.watchdog};
}

TestProcess::TestProcess(TestProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), capture_(std::move(other.capture_)), watchdog_(other.watchdog_) {}

TestProcess::~TestProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void TestProcess::send(int signal) const {
  ::kill(pid_, signal);
}

void TestProcess::stop() const {
  stop_process(pid_);
}

void TestProcess::send_to_group(int signal) const {
  ::kill(-pid_, signal);
}

bool TestProcess::runs() const {
  siginfo_t info{};
  return pid_ > 0 && ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == 0;
}

ProcessEnd TestProcess::wait() {
  ProcessEnd end;
  if (pid_ <= 0) return end;
  end.hung = !eventually([&] { return !runs(); }, watchdog_);
  if (end.hung) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.out = text_of(capture_ + ".out");
  end.err = text_of(capture_ + ".err");
  EXPECT_FALSE(end.hung) << "it hung and was killed after " << watchdog_.count() << " s\n"
                         << end.out << end.err;
  return end;
}

bool become_nobody() {
  return ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0);
}

std::vector<ProcessSeen> processes_naming(const std::string& text) {
  std::vector<ProcessSeen> seen;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto pid = static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (pid <= 0 || pid == ::getpid()) continue;
    const std::string proc = entry.path().string();
    const std::string command_line = text_of(proc + "/cmdline");
    if (command_line.find(text) == std::string::npos &&
        text_of(proc + "/environ").find(text) == std::string::npos) {
      continue;
    }
    seen.push_back({pid, parent_of(proc), split_at_nul(command_line)});
  }
  return seen;
}

std::vector<std::string> temp_files_beneath(const std::filesystem::path& directory) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, ignored)) {
    const auto extension = entry.path().extension();
    if (extension == ".tmp" || extension == ".new") found.push_back(entry.path().string());
  }
  return found;
}

std::vector<std::string> locks_beneath(const std::filesystem::path& directory) {
  std::vector<std::string> found;
  const auto look = [&](const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) return;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      found.push_back("flock " + path.string());
    struct flock lock {};
    lock.l_type = F_WRLCK;
    if (::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
      found.push_back("fcntl " + path.string());
  };
  look(directory);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, ignored)) {
    if (entry.is_regular_file(ignored) || entry.is_directory(ignored)) look(entry.path());
  }
  return found;
}

// One that waits for the supervisor (D) stops before it runs another line, however it is answered.
void stop_process(pid_t process) {
  ::kill(process, SIGSTOP);
  EXPECT_TRUE(eventually([&] {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto state = text.rfind(") ");
    return state == std::string::npos ||
           std::string_view("TZD").find(text[state + 2]) != std::string_view::npos;
  }));
}

bool eventually(const std::function<bool()>& is_so, std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  return true;
}

}  // namespace holdfast
