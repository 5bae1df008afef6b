#include "harness/conduct/machine/pulse.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include "core/base/clock.h"
#include "harness/check/tolerances.h"
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

std::int64_t starved_here_ns() {
  return read_schedstat(AT_FDCWD, "/proc/thread-self/schedstat").waited_ns;
}

}  // namespace

bool is_standstill(std::int64_t round_ns, std::int64_t starved_ns) {
  return round_ns - starved_ns >= tolerance::standstill_ns;
}

Pulse::Pulse(std::filesystem::path directory)
    : directory_(std::move(directory)), moved_ns_(monotonic_ns()), thread_([this] { beat(); }) {}

std::vector<Standstill> Pulse::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  return standstills_;
}

void Pulse::beat() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, rest, [&] { return stopping_; })) {
    lock.unlock();
    const std::int64_t starved_before_ns = starved_here_ns();
    const std::int64_t begin_ns = monotonic_ns();
    const bool well = write_a_file(directory_);
    const std::int64_t end_ns = monotonic_ns();
    const std::int64_t starved_ns = starved_here_ns() - starved_before_ns;
    lock.lock();
    if (well && is_standstill(end_ns - begin_ns, starved_ns)) standstills_.push_back({moved_ns_, end_ns});
    moved_ns_ = end_ns;
  }
}

}  // namespace holdfast
