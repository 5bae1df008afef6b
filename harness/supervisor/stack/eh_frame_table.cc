#include "harness/supervisor/stack/eh_frame_table.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

constexpr std::uint8_t absolute = 0x00, absolute_4 = 0x03, relative_4 = 0x1B;

template <typename Number>
std::optional<Number> number_at(std::string_view bytes, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < sizeof(Number)) return std::nullopt;
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

void skip_leb(std::string_view bytes, std::size_t& at) {
  while (at < bytes.size() && (static_cast<unsigned char>(bytes[at++]) & 0x80U) != 0) {
  }
}

// How the entries that share this one (a CIE) code addresses.
std::optional<std::uint8_t> address_coding(std::string_view bytes, std::size_t entry) {
  constexpr std::size_t version_at = 8;
  const auto version = number_at<std::uint8_t>(bytes, entry + version_at);
  if (!version) return std::nullopt;
  std::size_t at = entry + version_at + 1;
  const auto end = bytes.find('\0', at);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view letters = bytes.substr(at, end - at);
  if (letters.empty()) return absolute;
  if (letters.front() != 'z') return std::nullopt;
  at = end + 1;
  skip_leb(bytes, at);  // code alignment
  skip_leb(bytes, at);  // data alignment
  if (*version == 1) {
    ++at;  // the register of the return address
  } else {
    skip_leb(bytes, at);
  }
  skip_leb(bytes, at);  // the length of what follows
  for (const char letter : letters.substr(1)) {
    const auto byte = number_at<std::uint8_t>(bytes, at++);
    if (!byte) return std::nullopt;
    if (letter == 'R') return byte;
    if (letter == 'P') at += (*byte & 0x0FU) == absolute ? 8 : 4;  // a function, coded like that
    if (letter != 'P' && letter != 'L') return std::nullopt;
  }
  return absolute;
}

// Where the function of an entry (an FDE) begins.
std::optional<std::uint64_t> function_of(std::string_view bytes, std::size_t entry, std::uint8_t coding,
                                         std::uint64_t address) {
  const std::size_t at = entry + 8;
  if (coding == absolute) return number_at<std::uint64_t>(bytes, at);
  const auto number = number_at<std::int32_t>(bytes, at);
  if (!number || (coding != absolute_4 && coding != relative_4)) return std::nullopt;
  return coding == relative_4 ? address + at + static_cast<std::uint64_t>(std::int64_t{*number})
                              : static_cast<std::uint32_t>(*number);
}

}  // namespace

std::string make_eh_frame_table(std::string_view eh_frame, std::uint64_t address) {
  struct Row {
    std::int32_t function = 0, entry = 0;
  };
  std::vector<Row> rows;
  std::pair<std::size_t, std::optional<std::uint8_t>> shared{SIZE_MAX, std::nullopt};
  for (std::size_t at = 0;;) {
    const auto length = number_at<std::uint32_t>(eh_frame, at);
    const auto shared_distance = number_at<std::uint32_t>(eh_frame, at + 4);
    if (!length || !shared_distance || *length < 4 || *length > eh_frame.size() - at) break;
    if (*shared_distance != 0 && *shared_distance <= at + 4) {
      const std::size_t shared_at = at + 4 - *shared_distance;
      if (shared.first != shared_at) shared = {shared_at, address_coding(eh_frame, shared_at)};
      const auto function = shared.second ? function_of(eh_frame, at, *shared.second, address) : std::nullopt;
      const auto distance = static_cast<std::int64_t>(function.value_or(0) - address);
      if (function && distance >= INT32_MIN && distance <= INT32_MAX && at <= INT32_MAX)
        rows.push_back({static_cast<std::int32_t>(distance), static_cast<std::int32_t>(at)});
    }
    at += std::size_t{*length} + 4;
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.function < b.function; });
  static_assert(std::is_trivially_copyable_v<Row> && sizeof(Row) == 8);
  return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row)};
}

}  // namespace holdfast
