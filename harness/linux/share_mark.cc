#include "harness/linux/share_mark.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

constexpr std::uint64_t declares_mode = std::uint64_t{1} << 62;
constexpr int access_shift = 48, share_shift = 52;
constexpr FileBits all_bits = read_bit | write_bit | delete_bit;

}  // namespace

int signal_of_mode(const Handle& mode) {
  return 1 + (mode.access << 3 | mode.share);  // 1 to 64, all of which the kernel takes for signals
}

bool mark_mode(int descriptor, const Handle& mode) {
  return ::fcntl(descriptor, F_SETSIG, signal_of_mode(mode)) == 0;
}

std::optional<Handle> marked_mode(pid_t process, int descriptor) {
  const Descriptor of_process(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  if (!of_process) return std::nullopt;
  const Descriptor copy(static_cast<int>(::syscall(SYS_pidfd_getfd, of_process.get(), descriptor, 0)));
  if (!copy) return std::nullopt;
  const int signal = ::fcntl(copy.get(), F_GETSIG);
  if (signal < 1 || signal > 1 + (all_bits << 3 | all_bits)) return std::nullopt;
  const auto bits = static_cast<FileBits>(signal - 1);
  return Handle{static_cast<FileBits>(bits >> 3), static_cast<FileBits>(bits & all_bits)};
}

std::uint64_t with_declared_mode(std::uint64_t open_flags, const Handle& mode) {
  return open_flags | declares_mode | std::uint64_t{mode.access} << access_shift |
         std::uint64_t{mode.share} << share_shift;
}

DeclaredOpen declared_mode(std::uint64_t open_flags) {
  if ((open_flags & declares_mode) == 0) return {open_flags, std::nullopt};
  const auto bits = [&](int shift) { return static_cast<FileBits>(open_flags >> shift & all_bits); };
  return {open_flags & 0xFFFFFFFF, Handle{bits(access_shift), bits(share_shift)}};
}

}  // namespace holdfast
