// The streams of random numbers derived from one seed. Each use has its own, so that a change to one leaves the
// others unchanged and a plan can be repeated by its seed.
#pragma once

#include <cstdint>

#include "core/base/random.h"

namespace holdfast {

enum class Stream : std::uint64_t {
  agent = 1,
  phase = 2,
  body = 3,
  hold = 4,
  trigger = 5,
  kill = 6,
  read = 7,
  recipients = 8
};  // never renumber

inline std::uint64_t stream_seed(std::uint64_t seed, Stream stream, std::uint64_t index) {
  return derive_seed(derive_seed(seed, static_cast<std::uint64_t>(stream)), index);
}

}  // namespace holdfast
