// The load of other programs during a run, measured outside the run: the only reason for which a self-test repeats a
// run of a correct subject.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast {

// Counters that only grow.
struct MachineUse {
  double at_s = 0;
  double busy_s = 0;  // of all processors, including time stolen by a hypervisor
  double own_s = 0;   // of that, by this process and its ended descendants
  double disk_wait_s =
      0;  // some process waited for a disk (/proc/pressure/io); 0 if the kernel does not report it
  std::uint64_t disk_bytes = 0;  // read and written by all processes
  std::uint64_t own_disk_bytes = 0;
};

// The current values. What cannot be read is 0, and then excuses nothing.
MachineUse machine_use();

// The part of a stretch of time that was not our own.
struct OutsideLoad {
  double seconds = 0;
  unsigned processors = 1;
  double processor_s = 0;  // used by others
  double disk_wait_s = 0;
  std::uint64_t disk_bytes = 0;  // read and written by others
  std::uint64_t own_disk_bytes = 0;
};
OutsideLoad outside_load(const MachineUse& before, const MachineUse& after, unsigned processors);

// Why a run in that stretch may have found the machine busy, with figures: others used at least a fifth of the
// processors' time, or some process waited for the disk for a fifth of the time and most of its traffic was others'.
std::optional<std::string> outside_cause(const OutsideLoad& load);

}  // namespace holdfast
