// A reader: a fresh process that reads agents' mail after they have ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace holdfast {

// Reads the mail of agents `mailboxes` ("0,3") once each, with a store opened for each, and ends. Returns the exit
// code, as agent_main() does.
int reader_main(const std::filesystem::path& run_directory, std::uint32_t index, std::uint32_t token,
                const std::string& mailboxes);

}  // namespace holdfast
