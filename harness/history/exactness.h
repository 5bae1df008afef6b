// How exact the refusals of a domain were: whether opens coincided with decisions about the same file.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace holdfast {

struct Exactness {
  std::uint64_t decided = 0;  // renames and removals that were refused or carried out
  std::uint64_t missed =
      0;  // of these, calls during which a process opened the file; Windows would have refused one of the two

  bool operator==(const Exactness&) const = default;
};

// With this many missed refusals, the run might have gone differently.
inline bool is_doubtful(const Exactness& exactness) {
  constexpr std::uint64_t one_in = 1000;
  return exactness.missed * one_in > exactness.decided;
}

inline std::string missed_refusals_text(const Exactness& exactness) {
  return fmt::format(
      "{} of {} renames and removals should have been refused but were not: a process whose opens are not "
      "checked opened the file during the call",
      exactness.missed, exactness.decided);
}

}  // namespace holdfast
