#include "reports/exec/fold_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::string_view placeholder = "<random>";

// Not those of <cctype>, which ask for the locale.
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_piece(char c) {
  return is_digit(c) || is_small(c) || is_capital(c);
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool looks_random(std::string_view piece, const std::string& pid) {
  constexpr std::size_t least_digits = 5, least_hex = 8, least_mixed = 6;
  const auto digits = static_cast<std::size_t>(std::count_if(piece.begin(), piece.end(), is_digit));
  if (piece == pid) return true;
  if (digits == piece.size()) return digits >= least_digits;
  if (piece.size() >= least_hex && digits > 0 && std::all_of(piece.begin(), piece.end(), is_hex)) return true;
  if (piece.size() < least_mixed) return false;
  // A capital begins a word, and a digit may end one: with both every few letters, it is not words.
  std::size_t jumps = 0;
  for (std::size_t at = 1; at < piece.size(); ++at) {
    const char before = piece[at - 1], now = piece[at];
    if ((is_small(before) && is_capital(now)) || is_digit(before) != is_digit(now)) ++jumps;
  }
  return jumps >= 2 && jumps * 5 >= piece.size();
}

// Those of tempfile ("tmp" and eight of a-z, 0-9, _), mktemp ("tmp." and ten) and sed -i ("sed" and six). Returns
// how many characters of `part` are the fixed and the random part together; 0: none of them.
std::size_t known_temporary(std::string_view part) {
  const auto run = [&](std::size_t from, std::size_t length, auto allowed, auto ends) {
    if (part.size() < from + length) return false;
    const auto piece = part.substr(from, length);
    return std::all_of(piece.begin(), piece.end(), allowed) &&
           (part.size() == from + length || !ends(part[from + length]));
  };
  const auto python = [](char c) { return is_digit(c) || is_small(c) || c == '_'; };
  const auto more = [](char c) { return is_piece(c) || c == '_'; };
  if (part.starts_with("tmp.") && run(4, 10, is_piece, more)) return 14;
  if (part.starts_with("tmp") && run(3, 8, python, more)) return 11;
  if (part.starts_with("sed") && part.size() == 9 && run(3, 6, is_piece, more)) return 9;
  return 0;
}

std::string fold_part(std::string_view part, const std::string& pid) {
  std::string folded;
  if (const std::size_t length = known_temporary(part); length > 0) {
    const std::size_t fixed = part.starts_with("tmp.") ? 4 : 3;
    folded.append(part.substr(0, fixed)).append(placeholder);
    part.remove_prefix(length);
  }
  bool hex_before = false;  // a UUID's short parts follow its first one
  while (!part.empty()) {
    const auto end =
        static_cast<std::size_t>(std::find_if_not(part.begin(), part.end(), is_piece) - part.begin());
    const std::string_view piece = part.substr(0, end);
    const bool uuid = hex_before && (piece.size() == 4 || piece.size() == 12) &&
                      std::all_of(piece.begin(), piece.end(), is_hex);
    if (uuid) {
      folded.pop_back();  // the dash: the whole UUID is one random part
    } else if (!piece.empty()) {
      const bool random = looks_random(piece, pid);
      folded += random ? placeholder : piece;
      hex_before = random && piece.size() == 8 && std::all_of(piece.begin(), piece.end(), is_hex);
    }
    part.remove_prefix(end);
    if (part.empty()) break;
    if (part.front() != '-') hex_before = false;
    folded += part.front();
    part.remove_prefix(1);
  }
  return folded;
}

}  // namespace

std::string fold_name(std::string_view path, std::int32_t pid) {
  const std::string own = fmt::format("{}", pid);
  std::string folded;
  for (;;) {
    const auto slash = path.find('/');
    folded += fold_part(path.substr(0, slash), own);
    if (slash == std::string_view::npos) return folded;
    folded += '/';
    path.remove_prefix(slash + 1);
  }
}

}  // namespace holdfast
