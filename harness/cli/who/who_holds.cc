#include "harness/cli/who/who_holds.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "harness/linux/lease.h"
#include "harness/linux/proc.h"
#include "harness/supervisor/look/runtime_of.h"

namespace holdfast {
namespace {

// Kernel threads have no descriptors, but do not let ordinary users see that.
bool hides_descriptors(int proc) {
  constexpr unsigned long pf_kthread = 0x00200000;
  const Descriptor descriptors(::openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptors || errno != EACCES) return false;
  return (read_process_stat(proc).flags & pf_kthread) == 0;
}

bool runs(int proc, const struct stat& file) {
  struct stat program {};
  return ::fstatat(proc, "exe", &program, 0) == 0 && program.st_dev == file.st_dev &&
         program.st_ino == file.st_ino;
}

void add_file_holders(const struct stat& file, const std::vector<pid_t>& processes, PathUse& use) {
  for (const LookAt what : {LookAt::descriptors, LookAt::mappings}) {
    for (FoundHolder& found : find_holders(file, processes, what)) {
      // A descriptor that exec is about to close is not a lasting holder.
      if (found.between_fork_and_exec) continue;
      const HeldAs as = found.forked_copy ? HeldAs::posix_copy : HeldAs::handle;
      use.holders.push_back({as, std::move(found), {}});
    }
  }
  for (const pid_t process : processes) {
    const Descriptor proc = open_process(process);
    if (!proc || !runs(proc.get(), file)) continue;
    // The kernel maps the program for its process; to Windows that is the running program, not a handle.
    std::erase_if(use.holders, [&](const PathHolder& holder) {
      return holder.found.process == process && holder.found.descriptor < 0;
    });
    FoundHolder found;
    found.process = process;
    found.path = link_target(proc.get(), "exe");
    found.program = program_of(proc.get());
    use.holders.push_back({HeldAs::running_program, std::move(found), {}});
  }
}

void add_directory_holders(const struct stat& directory, PathUse& use) {
  for (FoundHolder& found : find_directory_users(directory, use.path, LookFor::everything)) {
    const bool itself = found.descriptor < 0 && found.path == use.path;
    use.holders.push_back({itself ? HeldAs::current_directory : HeldAs::open_child, std::move(found), {}});
  }
}

PathUse::Kernel ask_kernel(const std::string& path) {
  switch (Lease::probe(AT_FDCWD, path.c_str()).openness()) {
    case Openness::free:
      return PathUse::Kernel::free;
    case Openness::held:
      return PathUse::Kernel::held;
    default:
      return PathUse::Kernel::unknown;
  }
}

}  // namespace

Result<PathUse> who_holds(const std::string& path) {
  struct FreeText {
    void operator()(char* text) const { std::free(text); }
  };
  const std::unique_ptr<char, FreeText> real(::realpath(path.c_str(), nullptr));
  struct stat file {};
  if (!real || ::stat(real.get(), &file) != 0) {
    const int error = errno;
    return fail(error == ENOENT || error == ENOTDIR ? Code::not_found : Code::invalid,
                fmt::format("cannot look at {}: {}", path, std::strerror(error)), error);
  }
  if (!S_ISREG(file.st_mode) && !S_ISDIR(file.st_mode)) {
    return fail(Code::invalid,
                path + " is neither a file nor a directory: Windows' sharing rules do not apply to it");
  }
  PathUse use;
  use.path = real.get();
  use.is_directory = S_ISDIR(file.st_mode);
  use.read_only = !use.is_directory && (file.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
  const std::vector<pid_t> processes = all_processes();
  for (const pid_t process : processes) {
    const Descriptor proc = open_process(process);
    if (proc && hides_descriptors(proc.get())) ++use.closed_to_us;
  }
  if (use.is_directory) {
    add_directory_holders(file, use);
  } else {
    add_file_holders(file, processes, use);
    use.kernel = ask_kernel(use.path);
  }
  Runtimes runtimes;
  for (PathHolder& holder : use.holders) {
    holder.runtime = runtimes.of(open_process(holder.found.process).get());
  }
  return use;
}

}  // namespace holdfast
