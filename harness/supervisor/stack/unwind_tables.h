// Return addresses on a thread's stack, by libunwind and the tables in .eh_frame.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/supervisor/stack/native_source.h"

namespace holdfast {

// All that /proc/TID/syscall tells of a thread's registers. The kernel keeps the others to itself unless the thread is
// stopped by a tracer; of those, only the frame pointer matters: see frame_base.h.
struct Registers {
  std::uint64_t instruction = 0, stack = 0;
  std::optional<std::uint64_t> frame_base;
};

// None: the thread does not wait in a call, or may not be looked at.
std::optional<Registers> read_registers(int proc);

class UnwindTables {
 public:
  UnwindTables();
  ~UnwindTables();
  UnwindTables(const UnwindTables&) = delete;
  UnwindTables& operator=(const UnwindTables&) = delete;

  // Where each function is, the innermost first, and how far its stack reaches.
  struct Step {
    std::uint64_t instruction = 0, stack = 0;
  };
  struct Walk {
    std::vector<Step> steps;
    bool lacks_frame_base = false;  // it ends because that was needed first
    std::uint64_t function = 0;     // then: where the function begins that needs it; 0: unknown
  };
  Walk walk(const Registers& registers, const NativeSource& source, std::size_t most);

 private:
  void* space_;  // libunwind's
};

}  // namespace holdfast
