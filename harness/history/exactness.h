// How exact the refusals of a domain were: whether an open fell into the middle of a decision about the same file.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace holdfast {

struct Exactness {
  std::uint64_t decided = 0;  // renames and removals that were refused or carried out
  std::uint64_t missed =
      0;  // of these: somebody began to open the file just then, and got it; on Windows one of the
          // two would have been refused

  bool operator==(const Exactness&) const = default;
};

// So many missed refusals cannot be overlooked: the run might have gone another way.
inline bool is_doubtful(const Exactness& exactness) {
  constexpr std::uint64_t one_in = 1000;
  return exactness.missed * one_in > exactness.decided;
}

inline std::string missed_refusals_text(const Exactness& exactness) {
  return fmt::format(
      "{} of {} renames and removals missed a refusal: a process whose opens are not decided opened the file "
      "while it "
      "was renamed or removed",
      exactness.missed, exactness.decided);
}

}  // namespace holdfast
