// Saves of which two were inside at once.
//
// What a rename moves was written before it was asked for. So of two renames onto one name, of which the second was asked
// for before the first was done, the second cannot hold what the first put there, and no lock kept the two apart. Where no
// two overlap, whoever lacks what stood there had read before its turn, or did not read.
#pragma once

#include <string>
#include <vector>

#include "harness/check/check.h"
#include "harness/check/name_changes.h"

namespace holdfast {

// Of the changes of one name, in the order in which they were done.
class OverlappingSaves {
 public:
  OverlappingSaves(const Evidence& evidence, const std::vector<NameChange>& changes)
      : evidence_(evidence), changes_(changes) {}

  // The rename or link by another agent that was asked for before the one at `place` was done, and done after it: of
  // several the one that was held up longest. Null if there is none.
  [[nodiscard]] const NameChange* over(std::size_t place) const;

  // Whether a removal may have let one of the two in beside the other.
  [[nodiscard]] bool any_removal(const NameChange& lost, const NameChange& over) const {
    return removal_before(over, lost) != nullptr || removal_before(lost, over) != nullptr;
  }

  // "; 3-0's rename was asked for at …, before 0-0's was done; when it was done, at …, it put there a file written without
  // 0-0: …"
  [[nodiscard]] std::string told(const NameChange& lost, const NameChange& over) const;

  // "; no two of the 48 renames onto it overlapped, though the run held some up, …"; empty if some did, or if none was held
  // up.
  [[nodiscard]] std::string none_overlapped() const;

 private:
  // Somebody else's removal of a file that no save puts in place or moves, as locks are, while the one was inside its call
  // and the other had not made its own yet.
  [[nodiscard]] const Call* removal_before(const NameChange& inside, const NameChange& other) const;
  template <typename Test>
  [[nodiscard]] bool any_delay(const std::string& name, Test test) const;
  [[nodiscard]] bool held_up(const Call& call) const;
  [[nodiscard]] std::string meanwhile(const NameChange& lost, const NameChange& over) const;
  [[nodiscard]] std::size_t overlapped()
      const;  // renames that were asked for before another agent's last was done
  [[nodiscard]] std::size_t saves() const;

  const Evidence& evidence_;
  const std::vector<NameChange>& changes_;
};

}  // namespace holdfast
