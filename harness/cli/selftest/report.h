// What a self-test found, as a page for a terminal and as JSON. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/scenario/manifest.h"
#include "reports/summary/summary.h"

namespace holdfast {

// One run of a planted bug. It counts as found if every check that must fail does.
struct Attempt {
  std::uint64_t seed = 1;
  bool found = false;
  RunVerdict verdict = RunVerdict::inconclusive;
  std::vector<std::string> failed;  // checks
  std::string said;                 // the witness of the check that had to fail, else the run's first reason
  double seconds = 0;               // of the run's load
  std::string command;              // repeats it
  std::string cause{};              // that the report names; empty: none
};

// One seed of a planted bug. If the first attempt misses it, more follow with other seeds.
struct MutantRun {
  std::uint64_t seed = 1;
  std::vector<Attempt> attempts;  // all but the last missed it

  [[nodiscard]] bool found() const { return !attempts.empty() && attempts.back().found; }
  [[nodiscard]] bool found_at_once() const { return !attempts.empty() && attempts.front().found; }
};

struct MutantResult {
  Mutant mutant;
  std::vector<MutantRun> runs;  // one per seed
};

// What the reports of found bugs said of their causes.
struct CauseTally {
  std::uint64_t runs = 0;   // of bugs whose entry names causes
  std::uint64_t named = 0;  // whose report names one
  std::uint64_t right = 0;  // of these: one of the entry's
};

struct RightRun {
  std::uint64_t seed = 1;
  RunVerdict verdict = RunVerdict::inconclusive;  // a missed expectation is a failure
  std::string reason;
  std::string outside;  // if inconclusive: the outside load for which it was repeated
  std::string command;
};

struct RightResult {
  NamedScenario subject;
  std::vector<RightRun> runs;  // one per seed that counts, after those that were repeated
};

struct SelfTest {
  std::uint64_t seeds = 1;
  std::uint64_t attempts = 1;  // for each bug and seed
  std::vector<MutantResult> mutants;
  std::vector<RightResult> right;
};

// Every bug was found with every seed, and every correct subject passed in every run that counts. Something was run.
// Whether a busy machine alone can have kept a run from passing: only timing checks could not tell, and nothing else
// is in doubt.
bool only_late(const Summary& summary);

bool passed(const SelfTest& test);

struct Detection {
  std::uint64_t seeds = 0;
  std::uint64_t found = 0;
  std::uint64_t at_once = 0;  // by the first attempt
  Interval rate;              // of first attempts, whose number is fixed in advance: Clopper–Pearson, 95 %
};
Detection detection_of(const MutantResult& result);
bool always_found(const MutantResult& result);  // with every seed

struct RightTally {
  std::uint64_t runs = 0;  // that count
  std::uint64_t passed = 0, alarms = 0, inconclusive = 0;
  std::uint64_t again = 0;  // repeated
};
RightTally tally_of(const RightResult& result);
RightTally tally_of(const SelfTest& test);

CauseTally causes_of(const SelfTest& test);
// Whether the attempt names a cause that its entry, which names some, does not.
bool is_misled(const Mutant& mutant, const Attempt& attempt);

// The median time until a bug was found, in seconds.
double median_seconds(const SelfTest& test);

//   {"schema":"holdfast.selftest/2","seeds":1,"attempts":5,"found":55,"alarms":0,"inconclusive":0,"again":0,
//    "passed":true,
//    "mutants":[{"name":…,"seen":…,"scenario":…,"settings":[…],"must_fail":[…],"widened":…,
//                "found":1,"found_at_once":1,"rate":1,"ci95":[0.025,1],
//                "runs":[{"seed":1,"found":true,"attempts":[{"seed":1,"found":true,"verdict":"fail","failed":[…],
//                         "said":…,"seconds":0.41,"command":…}]}]}],
//    "right":[{"name":…,"scenario":…,"settings":[…],"passed":1,
//              "runs":[{"seed":1,"verdict":"pass","reason":…,"outside":…,"command":…}]}]}
std::string to_json(const SelfTest& test);
std::string render_selftest(const SelfTest& test, bool colour, int columns);

}  // namespace holdfast
