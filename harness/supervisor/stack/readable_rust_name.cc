#include <cctype>
#include <cstdint>
#include <utility>

#include "harness/supervisor/stack/readable_name.h"

namespace holdfast {
namespace {

// Reads a name from its front. What is read is returned; `failed` once it makes no sense.
class RustName {
 public:
  explicit RustName(std::string_view symbol) : whole_(symbol) {}

  std::string path() {
    const Deeper deeper(*this);
    if (failed_) return {};
    switch (take()) {
      case 'C':
        return identifier();
      case 'M': {
        skip_disambiguator();
        path();
        return "<" + type() + ">";
      }
      case 'X': {
        skip_disambiguator();
        path();
        std::string self = type();
        return "<" + self + " as " + path() + ">";
      }
      case 'Y': {
        std::string self = type();
        return "<" + self + " as " + path() + ">";
      }
      case 'N': {
        const char space = take();
        std::string outer = path(), inner = identifier();
        if (space == 'C') inner = "{closure}";
        return inner.empty() ? outer : outer + "::" + inner;
      }
      case 'I': {
        std::string of = path();
        while (!failed_ && !take_if('E')) argument();
        return of;
      }
      case 'B':
        return back([this] { return path(); });
      default:
        return fail();
    }
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  struct Deeper {
    explicit Deeper(RustName& name) : of(name) {
      constexpr int deepest = 100, most_parts = 5000;
      if (++of.depth_ > deepest || ++of.steps_ > most_parts) of.failed_ = true;
    }
    ~Deeper() { --of.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    RustName& of;
  };

  std::string fail() {
    failed_ = true;
    return {};
  }
  char peek() { return at_ < whole_.size() ? whole_[at_] : '\0'; }
  char take() {
    if (at_ < whole_.size()) return whole_[at_++];
    failed_ = true;
    return '\0';
  }
  bool take_if(char wanted) {
    if (peek() != wanted || failed_) return false;
    ++at_;
    return true;
  }

  // "_" is 0, "0_" is 1, and so on, in 62 digits.
  std::uint64_t number_62() {
    if (take_if('_')) return 0;
    std::uint64_t value = 0;
    while (!failed_ && !take_if('_')) {
      const char digit = take();
      const int worth = digit >= '0' && digit <= '9'   ? digit - '0'
                        : digit >= 'a' && digit <= 'z' ? digit - 'a' + 10
                        : digit >= 'A' && digit <= 'Z' ? digit - 'A' + 36
                                                       : -1;
      if (worth < 0) failed_ = true;
      value = value * 62 + static_cast<std::uint64_t>(worth);
    }
    return value + 1;
  }
  void skip_disambiguator() {
    if (take_if('s')) number_62();
  }

  std::string identifier() {
    skip_disambiguator();
    take_if('u');
    std::size_t length = 0;
    if (std::isdigit(static_cast<unsigned char>(peek())) == 0) return fail();
    while (std::isdigit(static_cast<unsigned char>(peek())) != 0 && length < whole_.size())
      length = length * 10 + static_cast<std::size_t>(take() - '0');
    take_if('_');
    if (length > whole_.size() - at_) return fail();
    std::string name(whole_.substr(at_, length));
    at_ += length;
    return name;
  }

  template <typename Read>
  std::string back(Read read) {
    const std::size_t from = at_ - 1;
    const std::uint64_t target = number_62();
    if (failed_ || target >= from) return fail();
    const std::size_t here = std::exchange(at_, target);
    std::string text = read();
    at_ = here;
    return text;
  }

  void argument() {
    if (take_if('L')) {
      number_62();
    } else if (take_if('K')) {
      constant();
    } else {
      type();
    }
  }

  void constant() {
    if (take_if('B')) {
      back([this] {
        constant();
        return std::string();
      });
      return;
    }
    take();  // its type
    while (!failed_ && !take_if('_')) take();
  }

  std::string type() {
    const Deeper deeper(*this);
    if (failed_) return {};
    const char kind = peek();
    if (std::islower(static_cast<unsigned char>(kind)) != 0) {
      ++at_;
      return basic(kind);
    }
    switch (kind) {
      case 'R':
      case 'Q':
        ++at_;
        if (take_if('L')) number_62();
        return "&" + type();
      case 'P':
      case 'O':
        ++at_;
        return "*" + type();
      case 'S':
        ++at_;
        return "[" + type() + "]";
      case 'A': {
        ++at_;
        std::string element = type();
        constant();
        return "[" + element + "]";
      }
      case 'T': {
        ++at_;
        std::string all;
        while (!failed_ && !take_if('E')) all += (all.empty() ? "" : ", ") + type();
        return "(" + all + ")";
      }
      case 'F':
        ++at_;
        return function();
      case 'D':
        ++at_;
        return dynamic();
      case 'B':
        ++at_;
        return back([this] { return type(); });
      default:
        return path();
    }
  }

  std::string function() {
    if (take_if('G')) number_62();
    take_if('U');
    if (take_if('K') && !take_if('C')) identifier();
    while (!failed_ && !take_if('E')) type();
    type();
    return "fn";
  }

  std::string dynamic() {
    if (take_if('G')) number_62();
    std::string first;
    while (!failed_ && !take_if('E')) {
      std::string trait = path();
      while (take_if('p')) {
        identifier();
        type();
      }
      if (first.empty()) first = std::move(trait);
    }
    if (take_if('L')) number_62();
    return "dyn " + first;
  }

  static std::string basic(char kind) {
    constexpr std::string_view letters = "abcdefhijlmnostuvxyzp";
    constexpr const char* names[] = {"i8",    "bool",  "char", "f64", "str",  "f32",  "u8",
                                     "isize", "usize", "i32",  "u32", "i128", "u128", "i16",
                                     "u16",   "()",    "...",  "i64", "u64",  "!",    "_"};
    const auto at = letters.find(kind);
    return at == std::string_view::npos ? "?" : names[at];
  }

  std::string_view whole_;
  std::size_t at_ = 0;
  int depth_ = 0, steps_ = 0;
  bool failed_ = false;
};

}  // namespace

std::string readable_rust_name(std::string_view symbol) {
  if (!symbol.starts_with("_R")) return {};
  RustName name(symbol.substr(2));
  std::string path = name.path();
  return name.failed() ? std::string() : path;
}

}  // namespace holdfast
