// An agent: one real process of the crowd.
#pragma once

#include <cstdint>
#include <filesystem>

namespace holdfast {

// With `restarted`, goes on where an agent that was killed left off: in its event file, with the broadcast
// after the one that was under way. Joins the run, waits for the start, broadcasts what the plan gives it,
// waits for the finish, reads what is addressed to it. Returns the exit code: 0 also when operations failed,
// for that is an outcome; 70 or 74 (no space left) if it could not do its work or write down what it did; 64
// if this is no run.
int agent_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
               bool restarted = false);

}  // namespace holdfast
