// Which line of which source a piece of machine code was made from: the line tables (.debug_line) of a program that was
// compiled with -g. They may lie.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

struct SourceLine {
  std::string_view file;  // empty: unknown
  int line = 0;
};

class SourceLines {
 public:
  // The contents of .debug_line, .debug_line_str and .debug_str; versions 2 to 5 of DWARF.
  static SourceLines read(std::string_view lines, std::string_view line_texts, std::string_view texts);

  // `address` as in the file. Valid as long as this is.
  [[nodiscard]] SourceLine at(std::uint64_t address) const;

 private:
  struct Row {
    std::uint64_t address = 0;
    std::uint32_t file = 0;  // in files_
    std::int32_t line = 0;   // 0: here is the end of what was told
  };
  friend class LineProgram;
  std::vector<Row> rows_;  // by address
  std::vector<std::string> files_;
};

}  // namespace holdfast
