#include "harness/linux/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <limits.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "core/base/path_text.h"

namespace holdfast {

Descriptor open_process(pid_t process) {
  return Descriptor(::open(fmt::format("/proc/{}", process).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::string read_proc_file(int directory, const char* name) {
  const Descriptor file(::openat(directory, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string link_target(int directory, const char* name) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = ::readlinkat(directory, name, buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string("?");
}

std::string program_of(int process_directory) {
  return std::string(file_name(link_target(process_directory, "exe")));
}

std::string program_of_process(pid_t process) {
  return program_of(open_process(process).get());
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  DIR* proc = ::opendir("/proc");
  if (proc == nullptr) return processes;
  const pid_t own = ::getpid();
  while (const dirent* entry = ::readdir(proc)) {  // NOLINT(concurrency-mt-unsafe)
    const pid_t process = static_cast<pid_t>(std::atoi(entry->d_name));
    if (process > 0 && process != own) processes.push_back(process);
  }
  ::closedir(proc);
  return processes;
}

ProcessStat read_process_stat(int process_directory) {
  const std::string text = read_proc_file(process_directory, "stat");
  const auto after_name = text.rfind(')');  // the name may hold anything
  ProcessStat stat;
  if (after_name == std::string::npos || text.size() < after_name + 4) return stat;
  const char* at = text.c_str() + after_name + 2;
  stat.state = *at;
  char* next = nullptr;
  stat.parent = static_cast<pid_t>(std::strtol(at + 1, &next, 10));
  for (int field = 5; field <= 8; ++field) std::strtol(next, &next, 10);
  stat.flags = std::strtoul(next, &next, 10);
  std::array<long, 12> fields;  // 10 to 21
  for (long& field : fields) field = std::strtol(next, &next, 10);
  stat.own_ticks = fields[4] + fields[5];
  stat.ended_ticks = fields[6] + fields[7];
  stat.threads = fields[10];
  stat.started_s =
      static_cast<double>(std::strtoull(next, &next, 10)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return stat;
}

SchedStat read_schedstat(int directory, const char* name) {
  const std::string text = read_proc_file(directory, name);  // ns run, ns waited, times run
  char* next = nullptr;
  SchedStat stat;
  stat.run_ns = std::strtoll(text.c_str(), &next, 10);
  stat.waited_ns = std::strtoll(next, nullptr, 10);
  return stat;
}

SchedStat schedstat_here() {
  return read_schedstat(AT_FDCWD, "/proc/thread-self/schedstat");
}

std::int64_t tick_ns() {
  static const std::int64_t ns = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  return ns;
}

Processors parse_processors(std::string_view stat, const std::set<int>& usable) {
  Processors sum;
  std::istringstream lines{std::string(stat)};
  for (std::string line; std::getline(lines, line);) {
    // "cpu" and its number, none: all; user nice system idle iowait irq softirq steal, in ticks.
    std::istringstream words(line);
    std::string name;
    std::int64_t ticks[8] = {};
    if (!(words >> name) || !name.starts_with("cpu")) continue;
    const bool wanted =
        usable.empty() ? name == "cpu" : name != "cpu" && usable.contains(std::atoi(name.c_str() + 3));
    for (std::int64_t& count : ticks) words >> count;
    if (!wanted || !words) continue;
    // All but the time in which it had nothing to do.
    sum.busy_ns = sum.busy_ns.value_or(0) +
                  (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) * tick_ns();
    sum.stolen_ns += ticks[7] * tick_ns();
  }
  return sum;
}

}  // namespace holdfast
