// The names of functions in reports and files: one word each.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "harness/history/event.h"

namespace holdfast {

// Agents' operations and trapped calls.
inline constexpr std::array<std::pair<Function, std::string_view>, 8> function_words{{
    {Function::broadcast, "broadcast"},
    {Function::read, "read"},
    {Function::rename, "rename"},
    {Function::unlink, "unlink"},
    {Function::rmdir, "rmdir"},
    {Function::link, "link"},
    {Function::open, "open"},
    {Function::truncate, "truncate"},
}};

}  // namespace holdfast
