// Where in a program's code a call came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

struct CodeFrame {
  std::string function;      // empty: unknown
  std::string file;          // of its source; empty: unknown
  int line = 0;              // likewise 0
  std::string module;        // the program or library that it is in; empty for interpreted code
  std::uint64_t offset = 0;  // in the module

  auto operator<=>(const CodeFrame&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 errs
};

struct CodeStack {
  std::vector<CodeFrame> frames;  // the innermost first
  std::string test;               // the test that ran; empty: none is known
  std::string note;               // why frames or lines are missing, a sentence; empty: nothing to say

  auto operator<=>(const CodeStack&) const = default;  // NOLINT(modernize-use-nullptr)
};

}  // namespace holdfast
