#include "harness/conduct/machine/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "harness/linux/descriptor.h"
#include "harness/linux/proc.h"
#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

// The numbers of the processors that the run may use, since others do not matter; none: all.
std::set<int> usable_processors() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof mask, &mask) != 0 || CPU_COUNT(&mask) >= ::sysconf(_SC_NPROCESSORS_ONLN))
    return {};
  std::set<int> usable;
  for (int number = 0; number < CPU_SETSIZE; ++number) {
    if (CPU_ISSET(number, &mask)) usable.insert(number);
  }
  return usable;
}

// Whether somebody may have to wait for a thread of the conductor's: all others only look and write down.
bool answers_calls(int tasks, const std::string& thread) {
  return read_proc_file(tasks, (thread + "/comm").c_str()) == fmt::format("{}\n", supervisor_thread_name);
}

void read_threads(int process, pid_t leader, long threads, Usage& usage) {
  const bool of_conductor = leader == ::getpid();
  const auto read = [&](int directory, const char* name, pid_t thread) {
    SchedStat stat = read_schedstat(directory, name);
    usage.waits_counted = usage.waits_counted || stat.run_ns != 0;
    if (of_conductor && !answers_calls(directory, std::to_string(thread))) stat.waited_ns = 0;
    usage.threads[thread] = stat;
  };
  if (threads == 1 && !of_conductor) return read(process, "schedstat", leader);
  const int tasks = ::openat(process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (tasks < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> listed(::fdopendir(tasks), ::closedir);
  if (!listed) return;
  while (const dirent* entry = ::readdir(listed.get())) {  // NOLINT(concurrency-mt-unsafe)
    const pid_t thread = static_cast<pid_t>(std::atoi(entry->d_name));
    if (thread > 0) read(tasks, fmt::format("{}/schedstat", thread).c_str(), thread);
  }
}

void read_bytes(int process, Usage& usage) {
  const std::string text = read_proc_file(process, "io");
  const auto count = [&](std::string_view label) -> std::optional<std::int64_t> {
    const auto at = text.find(label);
    if (at == std::string::npos) return std::nullopt;
    return std::strtoll(text.c_str() + at + label.size(), nullptr, 10);
  };
  const auto written = count("\nwrite_bytes: "), cancelled = count("\ncancelled_write_bytes: ");
  if (!written) {
    usage.run_bytes.reset();
  } else if (usage.run_bytes) {
    *usage.run_bytes += *written - cancelled.value_or(0);
  }
}

struct Parents {
  std::map<pid_t, pid_t> of;

  [[nodiscard]] bool lead_to(pid_t ancestor, pid_t process) const {
    for (int generation = 0; generation < 1000; ++generation) {
      if (process == ancestor) return true;
      const auto found = of.find(process);
      if (found == of.end() || found->second <= 0) return false;
      process = found->second;
    }
    return false;
  }
};

void read_processes(Usage& usage) {
  constexpr unsigned long pf_kthread = 0x200000;
  Parents parents;
  std::map<pid_t, long> threads;
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir("/proc"), ::closedir);
  if (!proc) return;
  while (const dirent* entry = ::readdir(proc.get())) {  // NOLINT(concurrency-mt-unsafe)
    const pid_t process = static_cast<pid_t>(std::atoi(entry->d_name));
    if (process <= 0) continue;
    const Descriptor directory = open_process(process);
    const ProcessStat stat = read_process_stat(directory.get());
    if (stat.state == '?' || (stat.flags & pf_kthread) != 0) continue;
    parents.of[process] = stat.parent;
    threads[process] = stat.threads;
    usage.processes[process] = {stat.own_ticks * tick_ns(), stat.ended_ticks * tick_ns(), false};
  }
  const pid_t conductor = ::getpid();
  usage.run_bytes = 0;
  for (auto& [process, use] : usage.processes) {
    use.of_run = parents.lead_to(conductor, process);
    if (!use.of_run) continue;
    const Descriptor directory = open_process(process);
    if (!directory) continue;  // it has just ended
    read_threads(directory.get(), process, threads[process], usage);
    read_bytes(directory.get(), usage);
  }
  // The number that the kernel gives the first namespace of processes; the others see their own alone.
  constexpr ino_t first_namespace = 0xEFFFFFFC;
  struct stat st {};
  usage.everybody_seen =
      ::stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == first_namespace && usage.processes.count(1) != 0;
}

struct DiskRow {
  dev_t disk = 0;
  std::int64_t written_bytes = 0;
  std::int64_t busy_ns = 0;
  std::int64_t flushes = 0;
};

// Calls `look` for each disk and part of one.
template <typename Look>
void for_each_disk(Look look) {
  constexpr std::int64_t sector_bytes = 512, ms_ns = 1'000'000;
  std::istringstream text(read_proc_file(AT_FDCWD, "/proc/diskstats"));
  for (std::string row; std::getline(text, row);) {
    // Numbers and name; of reads 4; writes, merged, sectors, ms; in flight, ms busy, ms in queue; of discards 4; flushes
    // since Linux 5.5.
    unsigned major_number = 0, minor_number = 0;
    long long writes = 0, sectors = 0, busy_ms = 0, flushes = 0;
    const int read = std::sscanf(
        row.c_str(), "%u %u %*s %*d %*d %*d %*d %lld %*d %lld %*d %*d %lld %*d %*d %*d %*d %*d %lld",
        &major_number, &minor_number, &writes, &sectors, &busy_ms, &flushes);
    if (read >= 5)
      look(DiskRow{::makedev(major_number, minor_number), sectors * sector_bytes, busy_ms * ms_ns,
                   read == 6 ? flushes : writes});
  }
}

}  // namespace

dev_t disk_below(const std::filesystem::path& directory) {
  struct stat st {};
  const bool known = ::stat(directory.c_str(), &st) == 0;
  DiskRow busiest;
  bool found = false;
  for_each_disk([&](const DiskRow& row) {
    found = found || (known && row.disk == st.st_dev);
    if (row.busy_ns > busiest.busy_ns) busiest = row;
  });
  return found ? st.st_dev : busiest.disk;
}

Usage read_usage(dev_t disk) {
  Usage usage;
  const std::set<int> usable = usable_processors();
  usage.processors = parse_processors(read_proc_file(AT_FDCWD, "/proc/stat"), usable);
  read_processes(usage);
  usage.everybody_seen = usage.everybody_seen && usable.empty();  // where a process ran is not known
  for_each_disk([&](const DiskRow& row) {
    if (row.disk != disk) return;
    usage.disk_bytes = row.written_bytes;
    usage.disk_busy_ns = row.busy_ns;
    usage.disk_flushes = row.flushes;
  });
  usage.time_ns = monotonic_ns();
  return usage;
}

}  // namespace holdfast
