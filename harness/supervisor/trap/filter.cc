#include "harness/supervisor/trap/filter.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/supervisor/trap/store_calls.h"
#include "harness/supervisor/trap/trapped_calls.h"

namespace holdfast {
namespace {

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
sock_filter give(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}

using Numbers = std::vector<std::pair<long, std::uint32_t>>;  // of a call, and what becomes of it

Numbers trapped_numbers(Trap trap) {
  Numbers numbers;
  const auto add = [&](const std::vector<long>& calls) {
    for (const long number : calls) numbers.emplace_back(number, SECCOMP_RET_USER_NOTIF);
  };
  add(decided_calls());
  if (trap == Trap::decided_calls || trap == Trap::creations) {
    numbers.emplace_back(SYS_openat2, SECCOMP_RET_USER_NOTIF);
  } else {
    add(open_calls());
  }
  add(identity_calls());
  add(confinement_calls());
  numbers.emplace_back(SYS_io_uring_setup, SECCOMP_RET_ERRNO | ENOSYS);
  return numbers;
}

std::vector<sock_filter> build_program(Trap trap) {
  std::vector<sock_filter> program;
  const auto on_call = [&](long number, std::uint32_t action) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    program.push_back(give(action));
  };
  program.push_back(load(offsetof(seccomp_data, arch)));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, native_architecture, 1, 0));
  program.push_back(give(SECCOMP_RET_USER_NOTIF));
  program.push_back(load(offsetof(seccomp_data, nr)));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, x32_bit, 0, 1));
  program.push_back(give(SECCOMP_RET_USER_NOTIF));
  for (const auto& [number, action] : trapped_numbers(trap)) on_call(number, action);
  if (trap == Trap::store_calls) {
    const auto opens = open_calls();
    for (const long number : store_calls()) {
      const bool trapped_already = std::find(opens.begin(), opens.end(), number) != opens.end();
      if (number != SYS_fcntl && !trapped_already) on_call(number, SECCOMP_RET_USER_NOTIF);
    }
    // Only what sets locks: fcntl also hides the listener from children, while nobody answers yet. Last,
    // since another word is looked at: the command's lower half (both architectures are little endian).
    const auto commands = lock_commands();
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0,
                               static_cast<std::uint8_t>(1 + 2 * commands.size())));
    program.push_back(load(offsetof(seccomp_data, args) + sizeof(seccomp_data::args[0])));
    for (const int command : commands) on_call(command, SECCOMP_RET_USER_NOTIF);
  }
  if (trap == Trap::creations) {
    for (const auto& [number, argument] : creating_calls()) {
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 4));
      program.push_back(load(offsetof(seccomp_data, args) + argument * sizeof(seccomp_data::args[0])));
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_CREAT, 0, 1));
      program.push_back(give(SECCOMP_RET_USER_NOTIF));
      program.push_back(give(SECCOMP_RET_ALLOW));
    }
  }
  program.push_back(give(SECCOMP_RET_ALLOW));
  return program;
}

// Tests play an old kernel without building one.
bool simulated_as_missing(std::string_view feature) {
  const char* missing = std::getenv("HOLDFAST_SIMULATE_MISSING");  // NOLINT(concurrency-mt-unsafe)
  return missing != nullptr && feature == missing;
}

}  // namespace

Result<int> install_filter(Trap trap) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return fail(Code::unsupported, fmt::format("prctl(PR_SET_NO_NEW_PRIVS): {}", std::strerror(errno)),
                errno);
  }
  auto program = build_program(trap);
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  const unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
  long listener = -1;
  if (simulated_as_missing("user-notification")) {
    errno = EINVAL;
  } else {
    listener = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
  }
  if (listener < 0) {
    const int error = errno;
    switch (error) {
      case EINVAL:
      case ENOSYS:
        return fail(Code::unsupported,
                    "this kernel has no seccomp user notification with WAIT_KILLABLE_RECV: Linux 5.19 or "
                    "newer is needed",
                    error);
      case EBUSY:
        return fail(
            Code::unsupported,
            "another seccomp listener is in force already, from an outer Holdfast or a container: run this "
            "one outside of it",
            error);
      default:
        return fail(Code::unsupported,
                    fmt::format("seccomp(SECCOMP_SET_MODE_FILTER): {}", std::strerror(error)), error);
    }
  }
  ::fcntl(static_cast<int>(listener), F_SETFD, FD_CLOEXEC);
  return static_cast<int>(listener);
}

}  // namespace holdfast
