// Names outside of every domain: nothing is refused there, and most calls go on in the kernel.
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "harness/supervisor/decide/decider.h"

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif

namespace holdfast {
namespace {

// The link count of /proc/TID/task is that of an empty directory, and one for each thread.
bool has_several_threads(const Caller& caller) {
  constexpr nlink_t with_one_thread = 3;
  struct stat st {};
  return ::fstatat(caller.proc.get(), "task", &st, 0) == 0 && st.st_nlink > with_one_thread;
}

// The server of such a filesystem may be a process that waits for this very thread.
bool is_served_by_a_process(int directory) {
  struct statfs filesystem {};
  return ::fstatfs(directory, &filesystem) != 0 || filesystem.f_type == FUSE_SUPER_MAGIC;
}

}  // namespace

Doubt Decider::doubt_of_place(const Caller& caller, const std::string& path) {
  return {DoubtKind::unknown_mount,
          fmt::format(
              "process {} reached {} through a mount that no process shows, so nobody can say where it lies; "
              "its call was let through",
              caller.process, path)};
}

// The kernel reads the path of a call that goes on a second time, and another thread may have changed it to a name in the
// domain by then. So the call is made here, with what was read.
Decision Decider::do_outside(const Request& request, bool two_paths) {
  const ResolvedPath &from = request.from, &to = request.to;
  const unsigned flags = request.call.flags;
  Decision decision;
  decision.outside = two_paths ? to.directory_text : from.directory_text;
  // No rule refuses a link.
  if (domain_.mode != Domain::Mode::enforce || request.call.function == Function::link ||
      !has_several_threads(request.caller) || is_served_by_a_process(from.directory.get()) ||
      (two_paths && is_served_by_a_process(to.directory.get())))
    return decision;
  carry_out(request, decision, [&] {
    if (two_paths)
      return ::renameat2(from.directory.get(), from.leaf.c_str(), to.directory.get(), to.leaf.c_str(), flags);
    const bool is_directory = request.call.function == Function::rmdir;
    return ::unlinkat(from.directory.get(), from.leaf.c_str(),
                      static_cast<int>(flags) | (is_directory ? AT_REMOVEDIR : 0));
  });
  return decision;
}

}  // namespace holdfast
