#include "reports/exec/glob.h"

#include <fmt/format.h>

#include <charconv>

#include "reports/format/code_points.h"

namespace holdfast {

std::optional<Glob> Glob::parse(std::string_view pattern) {
  Glob glob;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (c == '*') {
      const bool twice = at + 1 < pattern.size() && pattern[at + 1] == '*';
      glob.tokens_.push_back({twice ? Kind::all : Kind::many});
      if (twice) ++at;
    } else if (c == '?') {
      glob.tokens_.push_back({Kind::one});
    } else if (c != '\\') {
      glob.tokens_.push_back({Kind::byte, c});
    } else if (++at == pattern.size()) {
      return std::nullopt;
    } else if (pattern[at] != 'x') {
      glob.tokens_.push_back({Kind::byte, pattern[at]});
    } else {
      const std::string_view digits = pattern.substr(at + 1, 2);
      unsigned value = 0;
      const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() != 2 || problem != std::errc() || end != digits.data() + 2) return std::nullopt;
      glob.tokens_.push_back({Kind::byte, static_cast<char>(value)});
      at += 2;
    }
  }
  return glob;
}

bool Glob::matches(std::string_view name) const {
  // reached[i]: the first i tokens match the name so far.
  std::vector<bool> reached(tokens_.size() + 1, false);
  const auto skip_stars = [&] {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (reached[i] && (tokens_[i].kind == Kind::many || tokens_[i].kind == Kind::all))
        reached[i + 1] = true;
    }
  };
  reached[0] = true;
  skip_stars();
  for (const char c : name) {
    std::vector<bool> next(tokens_.size() + 1, false);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (!reached[i]) continue;
      const Token& token = tokens_[i];
      if (token.kind == Kind::byte && token.byte == c) next[i + 1] = true;
      if (token.kind == Kind::one && c != '/') next[i + 1] = true;
      if (token.kind == Kind::all || (token.kind == Kind::many && c != '/')) next[i] = true;
    }
    reached = std::move(next);
    skip_stars();
  }
  return reached[tokens_.size()];
}

std::string glob_of(std::string_view name) {
  std::string pattern;
  while (!name.empty()) {
    const CodePoint point = first_code_point(name);
    const bool plain = point.valid && !is_unsafe(point.value) && point.value != ' ';
    if (plain) {
      if (point.bytes.size() == 1 && std::string_view("*?\\").find(point.bytes[0]) != std::string_view::npos)
        pattern += '\\';
      pattern += point.bytes;
    } else {
      for (const char byte : point.bytes) {
        pattern += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
      }
    }
    name.remove_prefix(point.bytes.size());
  }
  return pattern;
}

}  // namespace holdfast
