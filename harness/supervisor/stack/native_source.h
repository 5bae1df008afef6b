// What the stack of a thread is read from.
#pragma once

#include "harness/linux/descriptor.h"
#include "harness/supervisor/stack/module_files.h"
#include "harness/supervisor/stack/modules.h"
#include "harness/supervisor/stack/remote_memory.h"

namespace holdfast {

struct NativeSource {
  const Descriptor& proc;  // /proc/TID of a thread that waits in a call
  const Modules& modules;
  RemoteMemory& memory;
  ModuleFiles& files;

  // The file that code at an address is from; null: none, or it cannot be read.
  [[nodiscard]] std::shared_ptr<const ElfFile> file_of(const Module& module) const {
    return module.path.empty() ? nullptr : files.find(proc.get(), module);
  }
};

}  // namespace holdfast
