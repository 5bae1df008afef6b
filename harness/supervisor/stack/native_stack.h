// The stack of a program in machine code: its return addresses, found by the tables that compilers leave for exceptions.
#pragma once

#include <memory>
#include <vector>

#include "harness/history/code_stack.h"
#include "harness/supervisor/stack/native_source.h"

namespace holdfast {

class NativeStacks {
 public:
  NativeStacks();
  ~NativeStacks();
  NativeStacks(const NativeStacks&) = delete;
  NativeStacks& operator=(const NativeStacks&) = delete;

  // The innermost first. Empty if the thread cannot be looked at.
  std::vector<CodeFrame> frames(const NativeSource& source);

 private:
  struct Unwinder;
  std::unique_ptr<Unwinder> unwinder_;
};

}  // namespace holdfast
