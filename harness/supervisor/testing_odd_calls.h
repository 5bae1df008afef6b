// Calls with odd arguments, for exact_call_test.cc: drawn by rapidcheck.
#pragma once

#include <linux/openat2.h>
#include <sys/types.h>

#include <array>
#include <climits>
#include <cstdint>
#include <ostream>
#include <string>

namespace holdfast {

// What every calling process has open: the directory of its files, and a file beside it.
inline constexpr int tree_descriptor = 100, file_descriptor = 101;
inline constexpr std::size_t longest_path = PATH_MAX + 200;

// A path argument with a prefix, so that each process has its own.
struct OddPath {
  enum class Base { relative, absolute, unreadable };
  Base base = Base::relative;
  std::string rest;
};

struct OddCall {
  long number = 0;
  std::array<std::uint64_t, 6> arguments{};
  int first_path = -1, second_path = -1, how_at = -1;  // which argument is what
  OddPath first, second;
  open_how how{};
  mode_t umask = 022;
  bool small_limit = false;  // on file sizes
};

std::ostream& operator<<(std::ostream& out, const OddCall& call);

// Call it from a property.
OddCall odd_open();
OddCall odd_truncate();
OddCall odd_rename();
OddCall odd_link();
OddCall odd_removal();

}  // namespace holdfast
