// What other programs did to the machine while a run was under way, measured outside the run: the one thing for which
// a self-test runs a right subject again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast {

// Counters that only grow.
struct MachineUse {
  double at_s = 0;
  double busy_s = 0;  // of all processors, and what a hypervisor took from them
  double own_s = 0;   // of that this process's, and its ended children's and theirs
  double disk_wait_s =
      0;  // some process waited for a disk (/proc/pressure/io); 0 where the kernel does not tell
  std::uint64_t disk_bytes = 0;  // read and written, by all
  std::uint64_t own_disk_bytes = 0;
};

// Now. Whatever cannot be read is 0, and then excuses nothing.
MachineUse machine_use();

// What of a stretch was not our own.
struct OutsideLoad {
  double seconds = 0;
  unsigned processors = 1;
  double processor_s = 0;  // that others used
  double disk_wait_s = 0;
  std::uint64_t disk_bytes = 0;  // that others read and wrote
  std::uint64_t own_disk_bytes = 0;
};
OutsideLoad outside_load(const MachineUse& before, const MachineUse& after, unsigned processors);

// Why a run in that stretch may have found the machine busy, with figures: others used a fifth of the processors'
// time or more, or the disk made somebody wait for as much of the time and most of what went through it was others'.
std::optional<std::string> outside_cause(const OutsideLoad& load);

}  // namespace holdfast
