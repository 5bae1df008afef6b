// Pairs of saves that overlapped.
//
// A rename moves what was written before the rename was requested. So if the second of two renames onto one name was
// requested before the first was done, the file it moved cannot contain what the first put there, and no lock kept
// the two apart. If no two overlap, a save that lacks what was there had read before its turn, or not at all.
#pragma once

#include <string>
#include <vector>

#include "harness/check/check.h"
#include "harness/check/name_changes.h"

namespace holdfast {

// For the changes of one name, in order of completion.
class OverlappingSaves {
 public:
  OverlappingSaves(const Evidence& evidence, const std::vector<NameChange>& changes)
      : evidence_(evidence), changes_(changes) {}

  // The rename or link by another agent that was requested before the one at `place` was done, and done after it; of
  // several, the one delayed longest. Null if there is none.
  [[nodiscard]] const NameChange* over(std::size_t place) const;

  // Whether a removal may have let the two overlap.
  [[nodiscard]] bool any_removal(const NameChange& lost, const NameChange& over) const {
    return removal_before(over, lost) != nullptr || removal_before(lost, over) != nullptr;
  }

  // "; 3-0's rename was asked for at …, before 0-0's was done; when it was done, at …, it put there a file written without
  // 0-0: …"
  [[nodiscard]] std::string told(const NameChange& lost, const NameChange& over) const;

  // "; no two of the 48 renames onto it overlapped, though the run held some up, …"; empty if some did, or if none
  // was delayed.
  [[nodiscard]] std::string none_overlapped() const;

 private:
  // Another agent's removal of a file that no save puts in place or moves, such as a lock file, while one save was
  // inside its call and the other had not yet made its own.
  [[nodiscard]] const Call* removal_before(const NameChange& inside, const NameChange& other) const;
  template <typename Test>
  [[nodiscard]] bool any_delay(const std::string& name, Test test) const;
  [[nodiscard]] bool held_up(const Call& call) const;
  [[nodiscard]] std::string meanwhile(const NameChange& lost, const NameChange& over) const;
  [[nodiscard]] std::size_t overlapped() const;  // renames requested before another agent's last was done
  [[nodiscard]] std::size_t saves() const;

  const Evidence& evidence_;
  const std::vector<NameChange>& changes_;
};

}  // namespace holdfast
