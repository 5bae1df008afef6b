// What functions are called, in every report and file: one word each.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "harness/history/event.h"

namespace holdfast {

// Those of agents and of calls that are trapped.
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
