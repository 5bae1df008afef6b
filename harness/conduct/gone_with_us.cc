#include "harness/conduct/gone_with_us.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace holdfast {
namespace {

[[noreturn]] void remove_when_alone(const std::filesystem::path& directory, int alive) {
  // Neither a signal to our group nor who waits for the end of our output shall meet it.
  ::setsid();
  ::close_range(0, static_cast<unsigned>(alive) - 1, 0);
  ::close_range(static_cast<unsigned>(alive) + 1, ~0U, 0);
  char nothing;
  while (::read(alive, &nothing, 1) < 0 && errno == EINTR) {
  }
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  ::_exit(error ? 1 : 0);
}

}  // namespace

Result<GoneWithUs> GoneWithUs::start(const std::filesystem::path& directory) {
  GoneWithUs made;
  std::array<int, 2> ends{};
  // Not among the lowest numbers, which are somebody's standard streams.
  Descriptor reads;
  if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
    made.alive_ = Descriptor(ends[1]);
    const Descriptor low(ends[0]);
    reads = Descriptor(::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }
  if (reads) made.remover_ = ::fork();
  if (!reads || made.remover_ < 0) {
    made.remover_ = 0;
    const int error = errno;
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    return fail(Code::failed,
                fmt::format("cannot start what removes {}: {}", directory.string(), std::strerror(error)),
                error);
  }
  if (made.remover_ == 0) remove_when_alone(directory, reads.get());
  return made;
}

GoneWithUs::GoneWithUs(GoneWithUs&& other) noexcept
    : remover_(std::exchange(other.remover_, 0)), alive_(std::move(other.alive_)) {}

GoneWithUs& GoneWithUs::operator=(GoneWithUs&& other) noexcept {
  std::swap(remover_, other.remover_);
  std::swap(alive_, other.alive_);
  return *this;
}

GoneWithUs::~GoneWithUs() {
  alive_.reset();
  if (remover_ > 0) {
    while (::waitpid(remover_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

}  // namespace holdfast
