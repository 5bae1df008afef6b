// For tests only: a real program as a child process, started without a shell. Its output goes to files, because a
// pipe would stay open as long as any grandchild lives. Every wait has a watchdog.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace holdfast {

struct ProcessEnd {
  int exit_code = -1;  // -1: it was killed, or did not end
  int signal = 0;      // the signal that killed it; 0: none
  bool hung = false;   // the watchdog had to end it
  std::string out;
  std::string err;
};

struct ProcessOptions {
  std::vector<std::string> environment;  // "NAME=value", added to what every child gets
  std::filesystem::path directory;       // current directory; empty: the test's
  // Runs in the child before exec: another user, another mount namespace. False: the child ends with 126.
  std::function<bool()> prepare;
  std::chrono::seconds watchdog{90};
};

class TestProcess {
 public:
  // `capture` is a path prefix: CAPTURE.out and CAPTURE.err are written. The child leads its own process group.
  static TestProcess start(const std::vector<std::string>& argv, const std::string& capture,
                           const ProcessOptions& options);
  TestProcess(TestProcess&& other) noexcept;
  TestProcess& operator=(TestProcess&&) = delete;
  ~TestProcess();  // kills the process if it still runs

  [[nodiscard]] pid_t pid() const { return pid_; }
  void send(int signal) const;           // to the process alone
  void stop() const;                     // sends SIGSTOP and waits until it has stopped
  void send_to_group(int signal) const;  // as a terminal does on Ctrl-C
  [[nodiscard]] bool runs() const;
  ProcessEnd wait();  // fails the test if the watchdog has to end it

 private:
  TestProcess(pid_t pid, std::string capture, std::chrono::seconds watchdog)
      : pid_(pid), capture_(std::move(capture)), watchdog_(watchdog) {}
  pid_t pid_ = -1;
  std::string capture_;
  std::chrono::seconds watchdog_;
};

// For `prepare`: root becomes an ordinary user; other users stay as they are.
inline constexpr uid_t nobody = 65534;
bool become_nobody();

// A process as seen in /proc.
struct ProcessSeen {
  pid_t pid = 0;
  pid_t parent = 0;
  std::vector<std::string> argv;
};

// Every process but ourselves whose command line or environment names `text`. A zombie has neither.
std::vector<ProcessSeen> processes_naming(const std::string& text);

// Sends SIGSTOP and waits until the process has stopped or is gone.
void stop_process(pid_t process);

// What a run left in `directory`: temp files, and files and directories that are still locked.
std::vector<std::string> temp_files_beneath(const std::filesystem::path& directory);
std::vector<std::string> locks_beneath(const std::filesystem::path& directory);

// Polls every few ms until `is_so`; false after `patience`. For what another process does in its own time.
bool eventually(const std::function<bool()>& is_so, std::chrono::seconds patience = std::chrono::seconds(60));

}  // namespace holdfast
