#include "harness/conduct/machine/pulse.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include "core/base/clock.h"
#include "harness/check/tolerances.h"
#include "harness/conduct/machine/rest.h"
#include "harness/linux/descriptor.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::chrono::nanoseconds rest(tolerance::pulse_ns);

bool write_a_file(const std::filesystem::path& directory) {
  const std::array<char, tolerance::pulse_bytes> bytes{};
  const Descriptor file(::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  return file && ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
         ::fsync(file.get()) == 0;
}

}  // namespace

bool is_standstill(std::int64_t round_ns, std::int64_t starved_ns) {
  return round_ns - starved_ns >= tolerance::standstill_ns;
}

Pulse::Pulse(std::filesystem::path directory)
    : directory_(std::move(directory)),
      moved_ns_(monotonic_ns()),
      thread_([this](const std::stop_token& stop) { beat(stop); }) {}

std::vector<Standstill> Pulse::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  return standstills_;
}

void Pulse::beat(const std::stop_token& stop) {
  while (!stopped_within(stop, rest)) {
    const std::int64_t starved_before_ns = schedstat_here().waited_ns;
    const std::int64_t begin_ns = monotonic_ns();
    const bool well = write_a_file(directory_);
    const std::int64_t end_ns = monotonic_ns();
    const std::int64_t starved_ns = schedstat_here().waited_ns - starved_before_ns;
    if (well && is_standstill(end_ns - begin_ns, starved_ns)) standstills_.push_back({moved_ns_, end_ns});
    moved_ns_ = end_ns;
  }
}

}  // namespace holdfast
