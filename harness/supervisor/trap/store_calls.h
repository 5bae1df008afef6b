// The system calls that can change a store directory or what is open in it, and what each is about.
//
// Traps for runs that kill: an agent may die before any of them. Left out is what only looks: read, stat,
// getdents and their kin, fcntl but for setting locks. A death right before one of those leaves the same
// files, locks and handles as one right before the next call that is here. Opening and closing is here even
// for reading, since an open handle is what others are refused for. Stores to mapped memory are no calls.
#pragma once

#include <linux/seccomp.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace holdfast {

// Their numbers, the decided calls (trapped_calls.h) excepted.
std::vector<long> store_calls();

// The commands of fcntl that count.
std::span<const int> lock_commands();

// What one of them, or a decided one, works on: a descriptor, or up to two paths.
struct StoreCall {
  struct Path {
    int directory = 0;          // as the caller numbers it; AT_FDCWD
    std::uint64_t address = 0;  // in the caller; 0: there is none
  };
  std::string_view name;  // "pwrite64"
  int descriptor = -1;
  std::array<Path, 2> paths{};
  std::uint64_t lock = 0;  // fcntl: address of the struct flock that is set
};

// None for every other call.
std::optional<StoreCall> describe_store_call(const seccomp_data& data);

}  // namespace holdfast
