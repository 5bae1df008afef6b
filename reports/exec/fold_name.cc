#include "reports/exec/fold_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/exec/glob.h"

namespace holdfast {
namespace {

constexpr std::string_view placeholder = "<random>", number = "<n>", user = "<user>";

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

constexpr std::size_t least_digits = 5;

// "SQLite", "fooBar": small letters by twos at least, each time after capitals, if any.
bool looks_like_words(std::string_view piece) {
  std::size_t at = 0;
  while (at < piece.size()) {
    while (at < piece.size() && is_capital(piece[at])) ++at;
    const std::size_t begin = at;
    while (at < piece.size() && is_small(piece[at])) ++at;
    if (at - begin < 2) return false;
  }
  return true;
}

// The six characters of mkstemp() and mkdtemp(), of which some have both cases and are no words.
bool is_mkstemps(std::string_view piece) {
  constexpr std::size_t length = 6;
  return piece.size() == length && std::any_of(piece.begin(), piece.end(), is_small) &&
         std::any_of(piece.begin(), piece.end(), is_capital) &&
         std::none_of(piece.begin(), piece.end(), is_digit) && !looks_like_words(piece);
}

bool looks_random(std::string_view piece) {
  constexpr std::size_t least_hex = 8, least_mixed = 6;
  const auto digits = static_cast<std::size_t>(std::count_if(piece.begin(), piece.end(), is_digit));
  if (digits == piece.size()) return digits >= least_digits;
  if (piece.size() >= least_hex && digits > 0 && std::all_of(piece.begin(), piece.end(), is_hex)) return true;
  if (is_mkstemps(piece)) return true;
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

// How many characters at the end of a piece differ between runs: the caller's pid, or a long number, as Go and Java
// append. The pid of a container's first processes is a digit that anything may end in.
std::size_t appended_number(std::string_view piece, const std::string& pid) {
  constexpr std::size_t least_pid = 3;
  const auto first = piece.find_last_not_of("0123456789");
  const std::size_t digits = piece.size() - (first == std::string_view::npos ? 0 : first + 1);
  if (digits >= least_digits || (pid.size() >= least_pid && piece.substr(piece.size() - digits) == pid))
    return digits;
  return 0;
}

// What tempfile makes of a prefix or suffix of one's own: a word of eight of a-z, 0-9 and _, here with a digit inside,
// which words do not have.
bool is_pythons_random(std::string_view word) {
  constexpr std::size_t length = 8;
  const auto one_of_them = [](char c) { return is_digit(c) || is_small(c) || c == '_'; };
  if (word.size() != length || !std::all_of(word.begin(), word.end(), one_of_them)) return false;
  if (std::all_of(word.begin(), word.end(), is_hex)) return false;  // perhaps of a UUID
  return std::adjacent_find(word.begin(), word.end(),
                            [](char a, char b) { return is_digit(a) && is_small(b); }) != word.end();
}

std::string folded_piece(std::string_view piece, const std::string& pid) {
  if (piece.find_first_not_of("0123456789") == std::string_view::npos && piece != pid &&
      piece.size() < least_digits)
    return std::string(number);
  if (looks_random(piece)) return std::string(placeholder);
  const std::size_t appended = appended_number(piece, pid);
  if (appended == 0) return std::string(piece);
  return std::string(piece.substr(0, piece.size() - appended)).append(placeholder);
}

std::string fold_part(std::string_view part, const std::string& pid) {
  constexpr std::string_view of_pytest = "pytest-of-";
  if (part.starts_with(of_pytest)) return std::string(of_pytest).append(user);
  std::string folded;
  if (const std::size_t length = known_temporary(part); length > 0) {
    const std::size_t fixed = part.starts_with("tmp.") ? 4 : 3;
    folded.append(part.substr(0, fixed)).append(placeholder);
    part.remove_prefix(length);
  }
  bool hex_before = false;  // a UUID's short parts follow its first one
  while (!part.empty()) {
    const auto word = part.substr(0, part.find_first_of("-."));
    if (!hex_before && is_pythons_random(word)) {
      folded += placeholder;
      part.remove_prefix(word.size());
      if (part.empty()) break;
    }
    const auto end =
        static_cast<std::size_t>(std::find_if_not(part.begin(), part.end(), is_piece) - part.begin());
    const std::string_view piece = part.substr(0, end);
    const bool uuid = hex_before && (piece.size() == 4 || piece.size() == 12) &&
                      std::all_of(piece.begin(), piece.end(), is_hex);
    if (uuid) {
      folded.pop_back();  // the dash: the whole UUID is one random part
    } else if (!piece.empty()) {
      const std::string fold = folded_piece(piece, pid);
      folded += fold;
      hex_before =
          fold == placeholder && piece.size() == 8 && std::all_of(piece.begin(), piece.end(), is_hex);
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

std::string glob_of_folded(std::string_view folded) {
  std::string pattern;
  bool star = false;  // two of them would match beyond a '/'
  while (!folded.empty()) {
    std::size_t length = 0;
    for (const std::string_view mark : {placeholder, number, user})
      if (folded.starts_with(mark)) length = mark.size();
    const bool folds = length > 0;
    if (folds) {
      if (!star) pattern += '*';
    } else {
      length = std::min(folded.find('<', 1), folded.size());
      pattern += glob_of(folded.substr(0, length));
    }
    star = folds;
    folded.remove_prefix(length);
  }
  return pattern;
}

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
