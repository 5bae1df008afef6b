// Numbers and times as witnesses print them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "harness/history/history.h"

namespace holdfast {

std::string with_commas(std::uint64_t number);                    // "1,204"
std::string counted(std::uint64_t number, std::string_view one);  // "1 entry", "1,204 entries", "3 agents"
std::string listed(const std::set<std::uint32_t>& agents);        // "agent 3", "agents 1, 2 and 3"
std::string in_seconds(std::int64_t duration_ns);                 // "1.204 s"

// Time since the barrier: "1.204 s".
std::string at_time(const History& history, std::int64_t time_ns);

// For sentences with several times: each is written as a mark, and told() turns the marks into times, with enough
// digits to distinguish those that differ ("0.0021 s", "0.0024 s"). It also strips the store's directory from paths.
std::string moment(std::int64_t time_ns);
std::string told(const History& history, std::string text);

// How a process ended: "exited with 70", "was killed by signal 11", "was not seen to end".
std::string how_ended(const ProcessRecord& process);

}  // namespace holdfast
