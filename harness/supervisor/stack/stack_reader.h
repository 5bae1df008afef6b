// Where in its code a thread made the call that it waits in, and which test it ran.
//
// The thread is not stopped and not traced: only /proc and process_vm_readv are used, so nothing changes for it, and a
// debugger may have it. Call it before the call is answered.
#pragma once

#include <sys/types.h>

#include "harness/history/code_stack.h"
#include "harness/supervisor/stack/module_files.h"
#include "harness/supervisor/stack/native_stack.h"

namespace holdfast {

class StackReader {
 public:
  // What cannot be read is empty.
  CodeStack read(pid_t thread, pid_t process);

 private:
  ModuleFiles files_;
  NativeStacks native_;
};

}  // namespace holdfast
