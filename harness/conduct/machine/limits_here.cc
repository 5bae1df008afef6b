// Reads the limits: resource limits, the kernel's own, control groups (both versions), memory.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "harness/conduct/machine/limits.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  const auto digit = text.find_first_of("0123456789");
  std::uint64_t number = 0;
  if (digit == std::string_view::npos) return std::nullopt;
  const auto read = std::from_chars(text.data() + digit, text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

// The number in the first line of `file` that begins with `label`; the file's first number without one.
std::optional<std::uint64_t> number_of(const std::filesystem::path& file, std::string_view label = {}) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(label)) return number_in(std::string_view(line).substr(label.size()));
  }
  return std::nullopt;
}

// The threads of our user: what RLIMIT_NPROC counts. (Those that /proc hides are not seen.)
std::uint64_t tasks_of_this_user() {
  const std::uint64_t own = ::getuid();
  std::uint64_t tasks = 1;  // all_processes() leaves us out
  for (const pid_t process : all_processes()) {
    const auto status = std::filesystem::path("/proc") / std::to_string(process) / "status";
    if (number_of(status, "Uid:") == own) tasks += number_of(status, "Threads:").value_or(1);
  }
  return tasks;
}

// Linux does not hold root and those with CAP_SYS_RESOURCE or CAP_SYS_ADMIN to RLIMIT_NPROC, see fork(2); in
// a user namespace of its own, nobody is.
bool process_limit_binds() {
  constexpr std::uint64_t resource_or_admin = (std::uint64_t{1} << 24U) | (std::uint64_t{1} << 21U);
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 1, outside = 1, length = 0;
  map >> inside >> outside >> length;
  if (inside != 0 || outside != 0 || length != 0xFFFFFFFF) return true;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("CapEff:")) continue;
    return ::getuid() != 0 && (std::strtoull(line.c_str() + 7, nullptr, 16) & resource_or_admin) == 0;
  }
  return ::getuid() != 0;
}

// The directories of our control groups with this controller, from our own to the root of what we see.
std::vector<std::filesystem::path> control_groups(std::string_view controller) {
  std::vector<std::filesystem::path> groups;
  std::ifstream lines("/proc/self/cgroup");  // "0::/path" (version 2) or "8:pids:/path"
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool unified = controllers == ",,";
    if (!unified && controllers.find("," + std::string(controller) + ",") == std::string::npos) continue;
    std::filesystem::path root = "/sys/fs/cgroup";
    if (!unified) root /= controller;
    std::filesystem::path group = root / std::filesystem::path(line.substr(second + 1)).relative_path();
    for (; group != root && group.has_relative_path(); group = group.parent_path()) groups.push_back(group);
    groups.push_back(root);
  }
  return groups;
}

void add_processes(std::vector<Limit>& limits) {
  rlimit processes{};
  if (::getrlimit(RLIMIT_NPROC, &processes) == 0 && processes.rlim_cur != RLIM_INFINITY &&
      process_limit_binds()) {
    limits.push_back(
        {Resource::processes, "this user", processes.rlim_cur, tasks_of_this_user(),
         processes.rlim_cur < processes.rlim_max ? "ulimit -u {}" : "raise nproc in limits.conf to {}"});
  }
  std::ifstream load("/proc/loadavg");  // "0.1 0.2 0.3 1/234 5678": running and all tasks
  std::string skipped, tasks;
  load >> skipped >> skipped >> skipped >> tasks;
  const std::uint64_t used = number_in(tasks.substr(std::min(tasks.find('/'), tasks.size()))).value_or(0);
  for (const char* name : {"pid_max", "threads-max"}) {
    if (const auto most = number_of(std::filesystem::path("/proc/sys/kernel") / name)) {
      limits.push_back(
          {Resource::processes, "this machine", *most, used, std::string("sysctl kernel.") + name + "={}"});
    }
  }
  for (const auto& group : control_groups("pids")) {
    if (const auto most = number_of(group / "pids.max")) {  // "max" is not a number
      limits.push_back({Resource::processes, "this control group", *most,
                        number_of(group / "pids.current").value_or(0),
                        "raise " + (group / "pids.max").string() + " to {} (docker: --pids-limit)"});
    }
  }
}

void add_memory(std::vector<Limit>& limits) {
  constexpr std::uint64_t kibibyte = 1024;
  if (const auto left = number_of("/proc/meminfo", "MemAvailable:")) {
    limits.push_back({Resource::memory, "this machine", *left * kibibyte, 0, {}});
  }
  // What files fill of a control group is given back when it is needed.
  for (const auto& group : control_groups("memory")) {
    for (const auto& [most_name, used_name, files_label] :
         {std::array{"memory.max", "memory.current", "file "},
          std::array{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_cache "}}) {
      const auto most = number_of(group / most_name);
      if (!most || *most > std::uint64_t{1} << 60U)
        continue;  // version 1 writes "no limit" as a large number
      const std::uint64_t used = number_of(group / used_name).value_or(0);
      const std::uint64_t files = number_of(group / "memory.stat", files_label).value_or(0);
      limits.push_back({Resource::memory, "this control group", *most, used - std::min(used, files),
                        "raise " + (group / most_name).string() + " (docker: --memory)"});
    }
  }
}

}  // namespace

std::vector<Limit> limits_here() {
  std::vector<Limit> limits;
  add_processes(limits);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max != RLIM_INFINITY) {
    limits.push_back({Resource::descriptors, "a process", files.rlim_max, 0, "ulimit -n {}"});
  }
  add_memory(limits);
  return limits;
}

}  // namespace holdfast
