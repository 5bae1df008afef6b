// Patterns for names: '*' stands for any characters but '/', '**' for any at all, '?' for one that is not '/'. A
// backslash makes the next character literal; "\xNN" is a byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

class Glob {
 public:
  // None if a backslash ends the pattern, or "\x" is not followed by two hexadecimal digits.
  static std::optional<Glob> parse(std::string_view pattern);

  // Takes time proportional to both lengths, whatever the pattern.
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  enum class Kind : std::uint8_t { byte, one, many, all };
  struct Token {
    Kind kind = Kind::byte;
    char byte = 0;
  };
  std::vector<Token> tokens_;
};

// The pattern that only `name` matches: one word, without blanks or control characters, valid UTF-8.
std::string glob_of(std::string_view name);

}  // namespace holdfast
