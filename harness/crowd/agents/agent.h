// An agent: one real process of the crowd.
#pragma once

#include <cstdint>
#include <filesystem>

namespace holdfast {

// Joins the run, waits for the start, broadcasts as planned, waits for the finish, and reads its mail. With
// `restarted`, continues where a killed agent left off: in its event file, with the broadcast after the one under
// way. Returns the exit code: 0 even if operations failed, because that is an outcome; 70 or 74 (no space left) if it
// could not do or record its work; 64 if this is not a run.
int agent_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
               bool restarted = false);

}  // namespace holdfast
