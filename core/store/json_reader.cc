#include "core/store/json_reader.h"

#include <array>

#include "core/store/utf8.h"

namespace holdfast {
namespace {

bool is_json_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace

bool JsonReader::fail_at(std::size_t offset, std::string_view why) {
  if (failure_.empty()) {
    failure_ = why;
    failure_offset_ = offset;
  }
  return false;
}

bool JsonReader::fail(std::string_view why) {
  return fail_at(at_, at_ < text_.size() ? why : "the text ends too early");
}

void JsonReader::skip_space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    ++at_;
  }
}

char JsonReader::peek() {
  skip_space();
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonReader::take(char expected) {
  if (take_if(expected)) return true;
  return fail(std::string("expected '") + expected + "'");
}

bool JsonReader::take_if(char wanted) {
  if (peek() != wanted || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool JsonReader::at_end() {
  skip_space();
  return at_ == text_.size();
}

bool JsonReader::string(std::string* decoded) {
  if (peek() != '"') return fail("expected a string");
  ++at_;
  if (decoded != nullptr) decoded->clear();
  for (;;) {
    const std::size_t run = plain_run(text_, at_);
    if (decoded != nullptr) decoded->append(text_, at_, run);
    at_ += run;
    if (at_ == text_.size()) return fail("");
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c == '\\') {
      if (!escape(decoded)) return false;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      return fail("a control character in a string");
    } else {
      const std::size_t length = multi_byte_length(text_, at_);
      if (length == 0) return fail("not UTF-8");
      if (decoded != nullptr) decoded->append(text_, at_, length);
      at_ += length;
    }
  }
}

bool JsonReader::escape(std::string* decoded) {
  constexpr std::string_view letters = "\"\\/bfnrtu";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  ++at_;
  const std::size_t letter = at_ < text_.size() ? letters.find(text_[at_]) : std::string_view::npos;
  if (letter == std::string_view::npos) return fail("an unknown escape in a string");
  if (text_[at_] == 'u') return unicode_escape(decoded);
  ++at_;
  if (decoded != nullptr) decoded->push_back(meanings[letter]);
  return true;
}

bool JsonReader::unicode_escape(std::string* decoded) {
  const std::size_t begin = at_ - 1;
  ++at_;
  unsigned unit = 0;
  if (!four_digits(unit)) return false;
  if (decoded == nullptr) return true;
  if (is_high_surrogate(unit) && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    unsigned low = 0;
    if (!four_digits(low)) return false;
    if (!is_low_surrogate(low)) return fail_at(begin, "half of a surrogate pair, which UTF-8 cannot hold");
    unit = 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U);
  } else if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
    return fail_at(begin, "half of a surrogate pair, which UTF-8 cannot hold");
  }
  append_utf8(*decoded, unit);
  return true;
}

bool JsonReader::four_digits(unsigned& unit) {
  unit = 0;
  for (int place = 0; place < 4; ++place, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const char lower = static_cast<char>(c | 0x20);
    if (is_json_digit(c)) {
      unit = unit * 16 + static_cast<unsigned>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit * 16 + static_cast<unsigned>(lower - 'a' + 10);
    } else {
      return fail("\\u needs four hexadecimal digits");
    }
  }
  return true;
}

bool JsonReader::number() {
  const auto digits = [this] {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_json_digit(text_[at_])) ++at_;
    return at_ != begin;
  };
  const auto next_is = [this](std::string_view any) {
    return at_ < text_.size() && any.find(text_[at_]) != std::string_view::npos;
  };
  if (next_is("-")) ++at_;
  if (next_is("0")) {
    ++at_;
  } else if (!digits()) {
    return fail("not a JSON value");
  }
  if (next_is(".")) {
    ++at_;
    if (!digits()) return fail("a number without digits after its point");
  }
  if (next_is("eE")) {
    ++at_;
    if (next_is("+-")) ++at_;
    if (!digits()) return fail("a number without digits in its exponent");
  }
  return true;
}

bool JsonReader::literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail("not a JSON value");
  at_ += word.size();
  return true;
}

bool JsonReader::scalar() {
  switch (peek()) {
    case '"':
      return string(nullptr);
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default:
      return number();
  }
}

bool JsonReader::key_and_colon() {
  return string(nullptr) && take(':');
}

bool JsonReader::skip_value() {
  std::array<char, deepest> closers{};  // what closes each level that is open
  std::size_t depth = 0;
  for (;;) {
    const char opener = peek();
    if (opener == '{' || opener == '[') {
      if (depth == closers.size()) return fail("nested too deeply");
      ++at_;
      const char closer = opener == '{' ? '}' : ']';
      if (!take_if(closer)) {
        closers[depth++] = closer;
        if (closer == '}' && !key_and_colon()) return false;
        continue;
      }
    } else if (!scalar()) {
      return false;
    }
    // A value is complete; so are the levels that close behind it.
    while (depth != 0 && !take_if(',')) {
      if (!take(closers[depth - 1])) return fail("expected ',' or a closing bracket");
      --depth;
    }
    if (depth == 0) return true;
    if (closers[depth - 1] == '}' && !key_and_colon()) return false;
  }
}

}  // namespace holdfast
