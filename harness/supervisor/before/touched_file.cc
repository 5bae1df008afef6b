#include "harness/supervisor/before/touched_file.h"

#include <fcntl.h>

#include "harness/linux/proc.h"
#include "harness/linux/proc_path.h"

namespace holdfast {
namespace {

std::string target_of(const Caller& caller, int descriptor) {
  constexpr std::string_view deleted = " (deleted)";
  std::string text = link_target(caller.proc.get(), descriptor_entry(descriptor).data());
  if (text.ends_with(deleted)) text.resize(text.size() - deleted.size());
  return text;
}

}  // namespace

std::string call_name(const StoreCall& call, const Caller& caller) {
  if (call.lock == 0) return std::string(call.name);
  struct flock range {};
  return read_memory(caller.thread, call.lock, &range, sizeof range) && range.l_type == F_UNLCK ? "unlock"
                                                                                                : "lock";
}

std::string touched_file(const StoreCall& call, const Caller& caller, const std::string& store) {
  const auto inside = [&](const std::string& path) {
    return path.starts_with(store) && (path.size() == store.size() || path[store.size()] == '/');
  };
  if (call.descriptor >= 0) {
    std::string path = target_of(caller, call.descriptor);
    return inside(path) ? path : std::string();
  }
  std::string found;
  for (const StoreCall::Path& place : call.paths) {
    if (place.address == 0) continue;
    const ReadPath read = read_path(caller.thread, place.address);
    ResolvedPath resolved;
    if (read.error == 0 && !resolve(caller, place.directory, read.path, resolved) && inside(resolved.text))
      found = std::move(resolved.text);
  }
  return found;
}

}  // namespace holdfast
