// A reader: a process that reads agents' mail, while they write or once all is over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace holdfast {

// With `mailboxes` ("0,3"), reads the mail of those agents once each, with a store opened for each, and ends.
// Without, joins the run, waits for the start, and reads the mail of agent index % count again and again, with one
// store, until injectors are stopped. Returns the exit code, as agent_main() does.
int reader_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
                const std::string& mailboxes);

}  // namespace holdfast
