// Reads the memory of a process that waits for an answer: page by page, each once, and only so many. Nothing that is
// read is trusted: each loop that follows pointers has a limit.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

namespace holdfast {

class RemoteMemory {
 public:
  explicit RemoteMemory(pid_t thread) : thread_(thread) {}

  // False unless all of it can be read.
  bool read(std::uint64_t address, void* to, std::size_t bytes);

  template <typename Value>
  std::optional<Value> value(std::uint64_t address) {
    static_assert(std::is_trivially_copyable_v<Value>);
    Value value;
    return read(address, &value, sizeof value) ? std::optional<Value>(value) : std::nullopt;
  }
  std::optional<std::uint64_t> word(std::uint64_t address) { return value<std::uint64_t>(address); }

  // Up to its NUL, at most so many bytes; none if it is longer.
  std::optional<std::string> text(std::uint64_t address, std::size_t most_bytes);

  // What is there up to the end of its page; empty: nothing can be read.
  std::string_view window(std::uint64_t address);

  // Exactly so many bytes; none if there are not.
  std::optional<std::string> bytes(std::uint64_t address, std::size_t count);

 private:
  static constexpr std::uint64_t page_bytes = 4096;
  struct Page {
    bool readable = false;
    std::array<char, page_bytes> bytes;
  };
  const Page* page_of(std::uint64_t address);
  const Page* remember(std::uint64_t number, const Page& page);

  pid_t thread_;
  std::unordered_map<std::uint64_t, Page> pages_;
  std::uint64_t last_number_ = UINT64_MAX;
  const Page* last_ = nullptr;  // of that number
};

}  // namespace holdfast
