// How a run failed, and how often the same plan fails the same way.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/statistics/proportion.h"
#include "reports/summary/summary.h"

namespace holdfast {

// The gravest failure of a run: a failed check or a missed expectation.
struct Failure {
  bool by_check = true;
  std::string name;  // "lost"; for an expectation "wait.max at_most"

  bool operator==(const Failure&) const = default;
};

// Its name in a Failure.
std::string name_of(const Expectation& expectation);

std::optional<Failure> failure_of(const Summary& summary);  // none: the run did not fail
bool fails_by(const Summary& summary, const Failure& failure);
std::string to_string(const Failure& failure);  // "the check lost", "the expectation wait.max at_most"

// How the repetitions of one plan ended.
struct Replays {
  Failure failure;
  std::uint64_t same = 0;  // failed the same way, whatever else failed
  std::uint64_t other = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t passed = 0;
  std::map<std::string, std::uint64_t> others{};  // those counted in `other`, by how they failed

  void add(const Summary& summary);
  [[nodiscard]] std::uint64_t runs() const { return same + other + inconclusive + passed; }
  // Clopper–Pearson, 95 %: the number of runs is fixed in advance.
  [[nodiscard]] Interval rate() const { return clopper_pearson(same, runs(), 0.95); }
};

// "the check lost failed in 9 of 10 runs (90 %; 95 % interval 55.5 % to 99.7 %); 1 passed"
std::string sentence(const Replays& replays);

// 1 if the check failed again, 3 if the expectation was missed again; else 0 if every run passed, and 2 if not.
int exit_code(const Replays& replays);

// "holdfast.replay/1": failure, runs, same, other, inconclusive, passed, rate, ci95. Ends in a newline.
std::string to_json(const Replays& replays);

}  // namespace holdfast
