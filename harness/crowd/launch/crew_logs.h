// Standard error of a run's children: a log for each, in the run directory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/crowd/launch/crew.h"

namespace holdfast {

// The beginning of a member's log, without trailing newlines.
std::string log_of(const std::filesystem::path& run_directory, const CrewMember& member);

// Why a member gave up, in a sentence; `said` is its log.
std::string why_given_up(const CrewMember& member, std::string_view said);

void remove_empty_logs(const std::filesystem::path& run_directory, const std::vector<CrewMember>& crew);

}  // namespace holdfast
