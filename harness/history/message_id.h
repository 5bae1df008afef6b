// Which broadcast: the sender and its running number, written "3-17".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

struct MessageId {
  std::uint32_t sender = 0;
  std::uint32_t number = 0;

  auto operator<=>(const MessageId&) const =
      default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
  [[nodiscard]] std::uint64_t packed() const { return (std::uint64_t{sender} << 32) | number; }
  static MessageId unpacked(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word)};
  }
};

// Stands for an id that is not a message's.
inline constexpr MessageId no_message{0xFFFFFFFF, 0xFFFFFFFF};

std::string to_string(MessageId id);
std::optional<MessageId> parse_message_id(
    std::string_view text);  // exactly "<digits>-<digits>", no leading zeros

}  // namespace holdfast
