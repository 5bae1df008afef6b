// Calls of a process with other rights than ours, which nobody may guess: refused in a domain, left to the kernel elsewhere.
#include <fcntl.h>
#include <fmt/core.h>

#include <utility>

#include "harness/supervisor/decide/decider.h"

namespace holdfast {

// Where a path leads; if nothing is there, where as much of it leads as is there. The answer must not depend on whether a
// file exists that the caller may not look for.
Ground Decider::ground_of_what_is_there(const Caller& caller, int directory, std::string path) const {
  for (;;) {
    ResolvedPath found;
    if (!resolve(caller, directory, path, found)) return ground_of(found, caller);
    const auto last = path.find_last_not_of('/');
    const auto slash = last == path.npos ? path.npos : path.rfind('/', last);
    if (slash == path.npos) return Ground::outside;
    path.resize(slash == 0 ? 1 : slash);
  }
}

Decision Decider::for_another(const TrappedCall& call, const Caller& caller, const std::string& difference) {
  const bool opens = call.function == Function::open || call.function == Function::truncate;
  const bool two_paths = call.function == Function::rename || call.function == Function::link;
  std::uint64_t flags = call.open_flags;
  if (call.how != 0) static_cast<void>(read_memory(caller.thread, call.how, &flags, sizeof flags));
  if (call.by_handle || (flags & (O_PATH | O_DIRECTORY)) != 0) return {};
  std::vector<std::pair<int, std::uint64_t>> paths{{call.from_directory, call.from_path}};
  if (two_paths) paths.emplace_back(call.to_directory, call.to_path);
  for (const auto& [directory, address] : paths) {
    const ReadPath read = read_path(caller.thread, address);
    if (read.error != 0) return unreadable(caller, read.error, true);
    Ground ground = ground_of_what_is_there(caller, directory, read.path);
    // What an open leads to through a link, too.
    PathStart start;
    if (opens && !is_inside(ground) && !start_path(caller, directory, read.path, start)) {
      if (const Descriptor there = open_from(start, O_PATH | O_CLOEXEC, 0))
        ground = territory_.ground_of(there.get(), path_of(there.get()), caller.process);
    }
    if (is_inside(ground)) return other_identity(caller, difference, read.path);
    if (ground == Ground::unknown) return let_through(doubt_of_place(caller, read.path));
  }
  return {};
}

}  // namespace holdfast
