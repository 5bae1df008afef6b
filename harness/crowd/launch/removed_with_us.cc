#include "harness/crowd/launch/removed_with_us.h"

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
  // Nothing that is meant for others may reach it: signals to our group, the wait for the end of our output, a
  // look at who uses a directory.
  ::setsid();
  ::close_range(0, static_cast<unsigned>(alive) - 1, 0);
  ::close_range(static_cast<unsigned>(alive) + 1, ~0U, 0);
  static_cast<void>(!::chdir("/"));
  char nothing;
  while (::read(alive, &nothing, 1) != 0) {
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<RemovedWithUs>> RemovedWithUs::start(const std::filesystem::path& directory) {
  std::unique_ptr<RemovedWithUs> made(new RemovedWithUs(directory));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(Code::failed, fmt::format("pipe: {}", std::strerror(errno)), errno);
  }
  const Descriptor reads(ends[0]);
  made->alive_ = Descriptor(ends[1]);
  made->remover_ = ::fork();
  if (made->remover_ < 0) return fail(Code::failed, fmt::format("fork: {}", std::strerror(errno)), errno);
  if (made->remover_ == 0) {
    made->alive_.reset();
    remove_when_alone(directory, reads.get());
  }
  return made;
}

RemovedWithUs::~RemovedWithUs() {
  alive_.reset();
  if (remover_ > 0) {
    while (::waitpid(remover_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  // Somebody may have killed the remover, or it could not be started.
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace holdfast
