// The contents of a store, in all its directories.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

// A deeper or larger store is not walked completely, which the caller reports.
inline constexpr std::size_t deepest_store = 32;
inline constexpr std::size_t most_store_entries = 100'000;

struct StoreEntry {
  std::string path;  // relative to the store
  std::filesystem::file_type type = std::filesystem::file_type::none;

  [[nodiscard]] bool is_directory() const { return type == std::filesystem::file_type::directory; }
  [[nodiscard]] bool is_regular() const { return type == std::filesystem::file_type::regular; }
};

struct StoreWalk {
  std::vector<StoreEntry> entries;  // by path: a directory comes before its contents
  bool complete = true;
};

// Follows no link except `store` itself. Files that vanish in the meantime are left out.
StoreWalk walk_store(const std::filesystem::path& store, std::size_t deepest = deepest_store,
                     std::size_t most = most_store_entries);

}  // namespace holdfast
