#include "harness/supervisor/stack/readable_name.h"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <utility>

namespace holdfast {
namespace {

constexpr std::size_t most_symbol_bytes = 2048;

// Without "(int, char const*) const" at the end; "operator()" and "(anonymous namespace)" stay.
std::string without_parameters(std::string name) {
  std::size_t end = name.rfind(')');
  if (end == std::string::npos || name.find("::", end) != std::string::npos) return name;
  int depth = 0;
  for (std::size_t at = end + 1; at-- > 0;) {
    if (name[at] == ')') ++depth;
    if (name[at] == '(' && --depth == 0) {
      const bool is_operator = at >= 8 && name.compare(at - 8, 8, "operator") == 0;
      return is_operator || at == 0 ? name : name.substr(0, at);
    }
  }
  return name;
}

// "void save<int>" has what it returns before it, as templates do.
std::string without_result(std::string name) {
  int depth = 0;
  std::size_t begin = 0;
  if (name.find("operator") != std::string::npos) return name;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '<' || name[at] == '(') ++depth;
    if (name[at] == '>' || name[at] == ')') --depth;
    if (name[at] == ' ' && depth == 0) begin = at + 1;
  }
  return name.substr(begin);
}

// "store::save::h0123456789abcdef" and "_$LT$store..Store$GT$::save", as Rust wrote them until 2025.
std::string without_rust_marks(std::string name) {
  constexpr std::size_t hash_bytes = 19;
  if (name.size() <= hash_bytes || name.compare(name.size() - hash_bytes, 3, "::h") != 0) return name;
  const auto hash = name.end() - 16;
  if (!std::all_of(hash, name.end(), [](unsigned char c) { return std::isxdigit(c) != 0; })) return name;
  name.resize(name.size() - hash_bytes);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> marks{{{"_$LT$", "<"},
                                                                                {"$LT$", "<"},
                                                                                {"$GT$", ">"},
                                                                                {"$u20$", " "},
                                                                                {"$u7b$", "{"},
                                                                                {"$u7d$", "}"},
                                                                                {"$RF$", "&"},
                                                                                {"$C$", ","},
                                                                                {"..", "::"}}};
  for (const auto& [mark, meaning] : marks) {
    for (std::size_t at = 0; (at = name.find(mark, at)) != std::string::npos; at += meaning.size())
      name.replace(at, mark.size(), meaning);
  }
  return name;
}

// Copies that the optimiser made: "save.constprop.0", "save.cold".
std::string_view without_copy_marks(std::string_view symbol) {
  for (const std::string_view mark : {".constprop.", ".isra.", ".part.", ".cold", ".lto_priv.", ".llvm."})
    symbol = symbol.substr(0, symbol.find(mark));
  return symbol;
}

}  // namespace

std::string readable_name(std::string_view symbol) {
  symbol = without_copy_marks(symbol.substr(0, most_symbol_bytes));
  if (std::string rust = readable_rust_name(symbol); !rust.empty()) return rust;
  std::string name(symbol);
  if (!symbol.starts_with("_Z")) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  if (demangled == nullptr) return name;
  std::string unmarked = without_rust_marks(demangled.get());
  if (unmarked != demangled.get()) return unmarked;
  return without_result(without_parameters(std::move(unmarked)));
}

}  // namespace holdfast
