// A strict JSON reader (RFC 8259) that knows where each value begins and ends.
//
// Our own, because unknown values are kept byte for byte: a document model would alter 1.10, large integers and
// unusual escapes. It never recurses, so no input can exhaust the stack; it checks UTF-8; and it refuses what strict
// readers refuse (NaN, comments, trailing commas, control characters in strings).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

class JsonReader {
 public:
  static constexpr int deepest = 128;  // levels of nesting inside one value

  explicit JsonReader(std::string_view text) : text_(text) {}

  // The next byte after white space, without taking it; 0 at the end of the text.
  char peek();
  // Takes `expected` after white space, or fails.
  bool take(char expected);
  // Takes `wanted` after white space if it is next.
  bool take_if(char wanted);
  // Takes a string and decodes it into `*decoded` as UTF-8. With nullptr it is only checked; then even what UTF-8
  // cannot represent (a lone surrogate, "\ud800") passes, since it is well-formed JSON.
  bool string(std::string* decoded);
  // Takes any value, checked; its text is [begin, offset()).
  bool skip_value();
  // Whether nothing but white space is left.
  bool at_end();

  bool fail(std::string_view why);  // returns false, keeps the first failure
  bool fail_at(std::size_t offset, std::string_view why);
  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] std::size_t failure_offset() const { return failure_offset_; }

 private:
  void skip_space();
  bool scalar();
  bool number();
  bool literal(std::string_view word);
  bool key_and_colon();
  bool escape(std::string* decoded);
  bool unicode_escape(std::string* decoded);
  bool four_digits(unsigned& unit);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string failure_;
  std::size_t failure_offset_ = 0;
};

}  // namespace holdfast
