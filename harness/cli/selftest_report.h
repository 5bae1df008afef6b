// What a self-test found, as a table and as JSON. Pure.
//
//   {"schema":"holdfast.selftest/1","seeds":1,"seconds":60,"found":44,"alarms":0,"passed":true,
//    "mutants":[{"fault":…,"seen":…,"scenario":…,"must_fail":[…],"widened":…,"runs":[{"seed":1,"found":true,
//                "seconds":0.41,"attempts":1,"failed":[…],"witness":…,"command":…}]}],
//    "correct":[{"store":…,"scenario":…,"settings":[…],"runs":[{"seed":1,"verdict":"pass","reason":…,
//                "command":…}]}]}
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/scenario/mutants.h"
#include "reports/summary.h"

namespace holdfast {

// One seed of a mutant: runs one after the other, until one finds it or the time is up.
struct MutantRun {
  std::uint64_t seed = 1;
  bool found = false;
  double seconds = 0;
  std::uint64_t attempts = 0;
  std::vector<std::string> failed;  // checks, in the run that found it, else in the last
  std::string witness;              // of the check that had to fail; else why it was not found
  std::string command;              // that repeats the last run
};

struct MutantResult {
  Mutant mutant;
  std::vector<MutantRun> runs;
};

struct CorrectRun {
  std::uint64_t seed = 1;
  RunVerdict verdict = RunVerdict::inconclusive;
  std::string reason;
  std::string command;
};

// A store that is right, under a scenario and the settings of some mutant.
struct CorrectResult {
  std::string store;
  std::string scenario;
  std::vector<std::string> settings;
  std::vector<CorrectRun> runs;
};

struct SelfTest {
  std::uint64_t seeds = 1;
  std::uint64_t seconds = 0;  // for each mutant and seed
  std::vector<MutantResult> mutants;
  std::vector<CorrectResult> correct;
};

// Every mutant was found in every seed, nothing right was found fault with, and something right was judged.
bool passed(const SelfTest& test);

std::string to_json(const SelfTest& test);
std::string render_selftest(const SelfTest& test, bool colour, int columns);

}  // namespace holdfast
