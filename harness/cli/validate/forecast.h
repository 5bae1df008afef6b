// What a run of a scenario would do, read from the scenario alone: nothing is started.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace holdfast {

struct InjectorForecast {
  std::string name;
  std::string text;         // "holds queue.json 3 times, for 200ms each, every 1s from 100ms on"
  std::uint64_t most = 0;   // acts; 0: as many as the store gives cause for
  std::uint64_t asked = 0;  // min_fired
};

struct Forecast {
  std::uint64_t broadcasts = 0;  // all agents'
  std::uint64_t mail = 0;        // messages delivered if none is lost; 0: not known beforehand
  std::string pace;              // what sets the time
  double least_s = 0;            // how long the load lasts
  double likely_s = 0;           // closed loop: an estimate
  double most_s = 0;             // run.deadline
  std::vector<InjectorForecast> injectors;
  std::vector<std::string> silent;    // checks that cannot fail here, and why
  std::vector<std::string> problems;  // what would make a run useless or inconclusive
};

// `beside` is the directory of this program, where commands are looked for, too.
Forecast forecast(const Scenario& scenario, const std::string& beside);

// The subject's program, or a script among its arguments, that is not there; else empty.
std::string missing_program(const Scenario& scenario, const std::string& beside);

}  // namespace holdfast
