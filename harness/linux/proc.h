// Reads /proc: the one place that knows how its files are opened and laid out.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/linux/descriptor.h"

namespace holdfast {

// /proc/PID (or /proc/TID) as an O_PATH directory, bound to that very task; empty if it is gone.
Descriptor open_process(pid_t process);

// A whole file below `directory`; empty if it cannot be read.
std::string read_proc_file(int directory, const char* name);

// Where a link below `directory` points; "?" if that is not permitted.
std::string link_target(int directory, const char* name);

// The file name of the program that a process runs, by its directory or its number; "?" if that is not permitted.
std::string program_of(int process_directory);
std::string program_of_process(pid_t process);

// Every process except our own.
std::vector<pid_t> all_processes();

// From /proc/PID/stat, see proc(5).
struct ProcessStat {
  char state = '?';         // R running, S sleeping, D in a call that cannot be interrupted, …
  pid_t parent = 0;         // 0: the file could not be read
  unsigned long flags = 0;  // PF_* of the kernel
  long own_ticks = 0;       // on a processor
  long ended_ticks = 0;     // likewise, by children that it waited for
  long threads = 0;
  double started_s = 0;  // on CLOCK_BOOTTIME
};
ProcessStat read_process_stat(int process_directory);

// How long one of the kernel's ticks lasts.
std::int64_t tick_ns();

// How long a task ran, and how long it was runnable while no processor was free; see
// Documentation/scheduler/sched-stats.rst. 0 if the kernel does not count this.
struct SchedStat {
  std::int64_t run_ns = 0;
  std::int64_t waited_ns = 0;
};
SchedStat read_schedstat(int directory, const char* name);
SchedStat schedstat_here();  // of the calling thread

struct Processors {
  std::optional<std::int64_t> busy_ns;  // together; none: this system does not report it
  std::int64_t stolen_ns = 0;           // of that: by other virtual machines
};

// From /proc/stat, for the processors with these numbers; an empty set means all.
Processors parse_processors(std::string_view stat, const std::set<int>& usable);

}  // namespace holdfast
