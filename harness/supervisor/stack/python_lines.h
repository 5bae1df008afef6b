// Which line of its source an instruction of Python belongs to.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

// `table` is a code object's co_linetable, as since 3.11 (Objects/locations.md in CPython); `instruction` counts code
// units of two bytes from the first. 0: no line.
int python_line(std::string_view table, int first_line, std::uint64_t instruction);

}  // namespace holdfast
