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

  // Somebody else's removal of a file that no save puts in place or moves, as locks are, while that call was under way.
  [[nodiscard]] const Call* removal_during(const Call& call) const;

  // "; 3-0's rename, asked for at …, before that, and done at …, put there what had been written before; …"
  [[nodiscard]] std::string told(const NameChange& lost, const NameChange& over) const;

  // "; no two of the 48 renames onto queue.json overlapped …"; empty if some did, or if there are too few to tell.
  [[nodiscard]] std::string none_overlapped() const;

 private:
  [[nodiscard]] std::string held_up(const Call& call) const;
  [[nodiscard]] std::string meanwhile(const NameChange& lost, const NameChange& over) const;
  [[nodiscard]] std::size_t overlapped()
      const;  // renames that were asked for before another agent's last was done
  [[nodiscard]] std::size_t saves() const;

  const Evidence& evidence_;
  const std::vector<NameChange>& changes_;
};

}  // namespace holdfast
