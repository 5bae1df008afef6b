#include "harness/cli/selftest/outside_load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "core/base/clock.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr double worth_telling = 0.2;  // share of the time

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double disk_wait_s() {
  std::ifstream file("/proc/pressure/io");
  std::string word;
  while (file >> word && word != "full") {
    constexpr std::string_view total = "total=";  // microseconds, of the line "some"
    if (word.starts_with(total)) return std::stod("0" + word.substr(total.size())) * 1e-6;
  }
  return 0;
}

std::uint64_t disk_bytes() {
  std::ifstream file("/proc/vmstat");
  std::string name;
  std::uint64_t value = 0, kib = 0;
  while (file >> name >> value) kib += name == "pgpgin" || name == "pgpgout" ? value : 0;
  return kib * 1024;
}

}  // namespace

MachineUse machine_use() {
  MachineUse use;
  use.at_s = static_cast<double>(monotonic_ns()) * 1e-9;
  const auto processors = parse_processors(read_proc_file(AT_FDCWD, "/proc/stat"), {});
  use.busy_s = static_cast<double>(processors.busy_ns.value_or(0)) * 1e-9;
  use.disk_wait_s = disk_wait_s();
  use.disk_bytes = disk_bytes();
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    constexpr std::uint64_t block_bytes = 512;
    rusage own{};
    ::getrusage(who, &own);
    use.own_s += seconds_of(own.ru_utime) + seconds_of(own.ru_stime);
    use.own_disk_bytes += static_cast<std::uint64_t>(own.ru_inblock + own.ru_oublock) * block_bytes;
  }
  return use;
}

OutsideLoad outside_load(const MachineUse& before, const MachineUse& after, unsigned processors) {
  OutsideLoad load;
  load.seconds = after.at_s - before.at_s;
  load.processors = processors;
  load.processor_s = std::max(0.0, (after.busy_s - before.busy_s) - (after.own_s - before.own_s));
  load.disk_wait_s = after.disk_wait_s - before.disk_wait_s;
  load.own_disk_bytes = after.own_disk_bytes - before.own_disk_bytes;
  const std::uint64_t all = after.disk_bytes - before.disk_bytes;
  load.disk_bytes = all - std::min(all, load.own_disk_bytes);
  return load;
}

std::optional<std::string> outside_cause(const OutsideLoad& load) {
  const double processors_s = load.seconds * load.processors;
  if (load.processor_s > 0 && load.processor_s >= worth_telling * processors_s) {
    return fmt::format("other programs used {:.1f} s of the {:.1f} s of its processors", load.processor_s,
                       processors_s);
  }
  if (load.disk_wait_s > 0 && load.disk_wait_s >= worth_telling * load.seconds &&
      load.disk_bytes > load.own_disk_bytes) {
    constexpr double mib = 1 << 20;
    return fmt::format(
        "processes waited for the disk in {:.1f} s of {:.1f} s, and other programs moved {:.1f} MiB while "
        "the run "
        "moved {:.1f} MiB",
        load.disk_wait_s, load.seconds, static_cast<double>(load.disk_bytes) / mib,
        static_cast<double>(load.own_disk_bytes) / mib);
  }
  return std::nullopt;
}

}  // namespace holdfast
