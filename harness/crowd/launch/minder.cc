#include "harness/crowd/launch/minder.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "harness/linux/private_process.h"

namespace holdfast {
namespace {

using Newest = std::atomic<std::uint64_t>;

class RememberNewest : public Schedule {
 public:
  explicit RememberNewest(std::shared_ptr<Newest> newest) : newest_(std::move(newest)) {}
  std::size_t next(const std::deque<WaitingCall>& received) override {
    newest_->store(received.back().id, std::memory_order_relaxed);
    return 0;
  }

 private:
  std::shared_ptr<Newest> newest_;
};

void let_through(int listener, std::uint64_t id) {
  seccomp_notif_resp response{};
  response.id = id;
  response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

// The last process under the filter is gone.
bool is_over(int listener) {
  pollfd polled{listener, POLLIN, 0};
  return ::poll(&polled, 1, 0) > 0 && (polled.revents & POLLHUP) != 0;
}

// Numbers of calls are consecutive (kernel/seccomp.c), and one that nobody waits for is refused at once: those that wait
// longest, for a scanner, are seconds old.
void answer_what_was_received(int listener, std::uint64_t newest) {
  constexpr std::uint64_t not_yet_noted = 4096, most = 1 << 20;
  for (std::uint64_t id = newest + not_yet_noted; id > newest - most; --id) let_through(listener, id);
}

[[noreturn]] void mind(int listener) {
  for (;;) {
    pollfd waiting{listener, POLLIN, 0};
    if (::poll(&waiting, 1, -1) < 0) continue;
    if ((waiting.revents & POLLIN) == 0) ::_exit(0);
    seccomp_notif notification{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0)
      let_through(listener, notification.id);
  }
}

[[noreturn]] void become_minder(int listener, int alive, const Newest& newest) {
  ::setsid();
  close_to_others();
  // Nothing of whoever waits for the end of our output.
  const auto low = static_cast<unsigned>(std::min(listener, alive));
  const auto high = static_cast<unsigned>(std::max(listener, alive));
  if (low > 0) ::close_range(0, low - 1, 0);
  if (high > low + 1) ::close_range(low + 1, high - 1, 0);
  ::close_range(high + 1, ~0U, 0);
  static_cast<void>(!::chdir("/"));
  char nothing;
  while (::read(alive, &nothing, 1) < 0 && errno == EINTR) {
  }
  const std::uint64_t owed = newest.load(std::memory_order_relaxed);
  if (owed != 0 && !is_over(listener)) answer_what_was_received(listener, owed);
  mind(listener);
}

}  // namespace

Result<Minder> Minder::start(const Descriptor& listener) {
  void* const page =
      ::mmap(nullptr, sizeof(Newest), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return fail(Code::failed, fmt::format("mmap: {}", std::strerror(errno)), errno);
  std::shared_ptr<Newest> newest(new (page) Newest(0),
                                 [](Newest* mapped) { ::munmap(mapped, sizeof(Newest)); });
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(Code::failed, fmt::format("pipe: {}", std::strerror(errno)), errno);
  const Descriptor reads(ends[0]);
  Descriptor writes(ends[1]);
  const pid_t minder = ::fork();
  if (minder < 0)
    return fail(Code::failed, fmt::format("cannot start a process: {}", std::strerror(errno)), errno);
  if (minder == 0) {
    writes.reset();
    become_minder(listener.get(), reads.get(), *newest);
  }
  return Minder(std::move(newest), minder, std::move(writes));
}

std::unique_ptr<Schedule> Minder::schedule() const {
  return std::make_unique<RememberNewest>(newest_);
}

bool Minder::take_over(Descriptor listener) {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  const bool over = is_over(listener.get());
  newest_->store(0, std::memory_order_relaxed);
  alive_.reset();
  if (over) ::waitpid(process_, nullptr, 0);  // it has nothing to do
  return !over;
}

}  // namespace holdfast
