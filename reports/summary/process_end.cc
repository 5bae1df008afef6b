#include "reports/summary/process_end.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace holdfast {
namespace {

constexpr std::array<std::string_view, 32> linux_signals{
    "",          "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
    "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
    "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
    "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};

std::string signal_name(unsigned number) {
  return number < linux_signals.size() && number > 0 ? std::string(linux_signals[number])
                                                     : fmt::format("signal {}", number);
}

}  // namespace

std::string process_end(const ProcessRecord& process) {
  if (!process.exited) return "still running";
  const auto status = static_cast<unsigned>(process.wait_status);
  const unsigned signal = status & 0x7FU;
  if (process.stopped) {
    return signal == 0 ? fmt::format("stopped by the run (exit {})", (status >> 8) & 0xFFU)
                       : fmt::format("stopped by the run ({})", signal_name(signal));
  }
  return signal == 0 ? fmt::format("exit {}", (status >> 8) & 0xFFU) : "killed by " + signal_name(signal);
}

}  // namespace holdfast
