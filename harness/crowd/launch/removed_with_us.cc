#include "harness/crowd/launch/removed_with_us.h"

#include <fmt/core.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace holdfast {
namespace {

// What the remover says once: it makes the directory, so that there is none that nobody would remove.
struct MadeDirectory {
  int error = 0;
  std::array<char, PATH_MAX> name{};
};

[[noreturn]] void make_and_remove_when_alone(const std::string& pattern, int alive) {
  // Nothing that is meant for others may reach it: signals to our group, the wait for the end of our output, a
  // look at who uses a directory.
  ::setsid();
  ::close_range(0, static_cast<unsigned>(alive) - 1, 0);
  ::close_range(static_cast<unsigned>(alive) + 1, ~0U, 0);
  static_cast<void>(!::chdir("/"));
  MadeDirectory made;
  pattern.copy(made.name.data(), made.name.size() - 1);
  if (::mkdtemp(made.name.data()) == nullptr) made.error = errno;
  static_cast<void>(::send(alive, &made, sizeof made, MSG_NOSIGNAL));
  if (made.error != 0) ::_exit(1);
  char nothing;
  while (::read(alive, &nothing, 1) != 0) {
  }
  std::error_code ignored;
  std::filesystem::remove_all(made.name.data(), ignored);
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<RemovedWithUs>> RemovedWithUs::make(std::string_view purpose) {
  const char* const chosen = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  const std::string pattern =
      fmt::format("{}/holdfast-{}-XXXXXX", chosen != nullptr && *chosen == '/' ? chosen : "/tmp", purpose);
  const auto failed = [&](int error) {
    return fail(Code::failed, fmt::format("cannot create {}: {}", pattern, std::strerror(error)), error);
  };
  if (pattern.size() >= PATH_MAX) return failed(ENAMETOOLONG);
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Code::failed, fmt::format("socketpair: {}", std::strerror(errno)), errno);
  const Descriptor reads(ends[0]);
  std::unique_ptr<RemovedWithUs> made(new RemovedWithUs(Descriptor(ends[1])));
  made->remover_ = ::fork();
  if (made->remover_ < 0) return fail(Code::failed, fmt::format("fork: {}", std::strerror(errno)), errno);
  if (made->remover_ == 0) {
    made->alive_.reset();
    make_and_remove_when_alone(pattern, reads.get());
  }
  MadeDirectory told;
  ssize_t got = 0;
  do {
    got = ::recv(made->alive_.get(), &told, sizeof told, MSG_WAITALL);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof told)
    return fail(Code::failed, fmt::format("the process that makes {} was killed", pattern));
  if (told.error != 0) return failed(told.error);
  std::error_code error;
  made->directory_ = std::filesystem::canonical(told.name.data(), error);
  if (error) return failed(error.value());
  return made;
}

RemovedWithUs::~RemovedWithUs() {
  alive_.reset();
  if (remover_ > 0) {
    while (::waitpid(remover_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  // Somebody may have killed the remover.
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

}  // namespace holdfast
