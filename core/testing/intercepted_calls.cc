#include "core/testing/intercepted_calls.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <thread>
#include <utility>

#include "core/base/check.h"

namespace holdfast {
namespace {

int install_listener() {
  constexpr std::array trapped{
#ifdef __NR_rename
      __NR_rename,
#endif
#ifdef __NR_unlink
      __NR_unlink,
#endif
      __NR_renameat, __NR_renameat2, __NR_unlinkat, __NR_openat, __NR_fdatasync};
  constexpr auto count = static_cast<unsigned char>(trapped.size());
  std::array<sock_filter, trapped.size() + 3> program{};
  program[0] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
  for (unsigned char index = 0; index < count; ++index) {
    program[index + 1U] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(trapped[index]),
                                   static_cast<unsigned char>(count - index), 0);
  }
  program[count + 1U] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  program[count + 2U] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return static_cast<int>(
      ::syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
}

// The path is in the memory of a thread of this process, which waits for the answer. Read through the
// kernel all the same: the thread sanitizer does not see that the wait is a hand-over, and would call a
// plain read a race.
std::string path_at(std::uint64_t address) {
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  HOLDFAST_CHECK(memory >= 0);
  std::string path;
  for (char letter = 0; ::pread(memory, &letter, 1, static_cast<off_t>(address + path.size())) == 1;) {
    if (letter == '\0') break;
    path.push_back(letter);
  }
  ::close(memory);
  return path;
}

const char* open_name(std::uint64_t flags) {
  if ((flags & O_CREAT) != 0) return "create";
  return (flags & O_ACCMODE) == O_RDONLY ? "open" : "open-write";
}

InterceptedCall as_call(const seccomp_data& data) {
  switch (data.nr) {
#ifdef __NR_rename
    case __NR_rename:
      return {"rename", path_at(data.args[0]), path_at(data.args[1])};
#endif
#ifdef __NR_unlink
    case __NR_unlink:
      return {"unlink", path_at(data.args[0]), {}};
#endif
    case __NR_renameat:
    case __NR_renameat2:
      return {"rename", path_at(data.args[1]), path_at(data.args[3])};
    case __NR_unlinkat:
      return {"unlink", path_at(data.args[1]), {}};
    case __NR_openat:
      return {open_name(data.args[2]), path_at(data.args[1]), {}};
    default:
      return {"fdatasync", {}, {}};
  }
}

void serve(int listener, const std::function<int(const InterceptedCall&)>& decide) {
  for (;;) {
    pollfd waiting{listener, POLLIN, 0};
    if (::poll(&waiting, 1, -1) < 0 && errno == EINTR) continue;
    if ((waiting.revents & POLLIN) == 0) return;  // the thread has ended
    seccomp_notif call{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) continue;
    const int os_code = decide(as_call(call.data));
    seccomp_notif_resp answer{};
    answer.id = call.id;
    answer.error = -os_code;
    answer.flags = os_code == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

}  // namespace

bool can_intercept_calls() {
  static const bool can = [] {
    bool installed = false;
    std::thread([&installed] {
      const int listener = install_listener();
      installed = listener >= 0;
      if (installed) ::close(listener);
    }).join();
    return installed;
  }();
  return can;
}

void with_intercepted_calls(const std::function<int(const InterceptedCall&)>& decide,
                            const std::function<void()>& work) {
  std::atomic<int> listener{0};
  std::thread worker([&] {
    const int installed = install_listener();
    listener.store(installed);
    listener.notify_one();
    if (installed >= 0) work();
  });
  listener.wait(0);
  HOLDFAST_CHECK(listener.load() > 0);
  serve(listener.load(), decide);
  worker.join();
  ::close(listener.load());
}

}  // namespace holdfast
