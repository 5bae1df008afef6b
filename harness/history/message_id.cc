#include "harness/history/message_id.h"

#include <charconv>

namespace holdfast {
namespace {

// A number as to_string writes it: digits alone, no leading zero, within 32 bits.
std::optional<std::uint32_t> message_id_part(std::string_view digits) {
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string to_string(MessageId id) {
  return std::to_string(id.sender) + '-' + std::to_string(id.number);
}

std::optional<MessageId> parse_message_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto sender = message_id_part(text.substr(0, dash));
  const auto number = message_id_part(text.substr(dash + 1));
  if (!sender || !number) return std::nullopt;
  return MessageId{*sender, *number};
}

}  // namespace holdfast
