// What the children of a run said on standard error: a log for each, in the run directory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/crowd/launch/crew.h"

namespace holdfast {

// The beginning of a member's log, without newlines at its end.
std::string log_of(const std::filesystem::path& run_directory, const CrewMember& member);

// Why a member that could not do its part gave up, in a sentence; `said`: its log.
std::string why_given_up(const CrewMember& member, std::string_view said);

void remove_empty_logs(const std::filesystem::path& run_directory, const std::vector<CrewMember>& crew);

}  // namespace holdfast
