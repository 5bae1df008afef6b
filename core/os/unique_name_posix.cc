#include <fmt/format.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/os/unique_name.h"

namespace holdfast {

std::uint32_t process_id() {
  return static_cast<std::uint32_t>(::getpid());
}

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (::getentropy(&bits, sizeof bits) == 0) return bits;
  // A kernel without randomness: good enough, since O_EXCL is what keeps two writers apart.
  return derive_seed(static_cast<std::uint64_t>(monotonic_ns()), process_id());
}

std::string unique_suffix() {
  return fmt::format("{}-{:016x}", process_id(), random_bits());
}

}  // namespace holdfast
