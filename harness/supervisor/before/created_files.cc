#include "harness/supervisor/before/created_files.h"

#include <fcntl.h>

#include "harness/supervisor/trap/trapped_calls.h"

namespace holdfast {

CallFate CreatedFiles::before(const AskedCall& call, const Record&) {
  const auto& participant = call.caller.participant;
  if (participant && participant->role == Role::injector) return {};
  const auto trapped = decode(call.data);
  if (!trapped) return {};
  const bool creates = trapped->function == Function::open && (trapped->open_flags & O_CREAT) != 0;
  const bool names = trapped->function == Function::rename || trapped->function == Function::link;
  if (!creates && !names) return {};
  const ReadPath read = read_path(call.caller.thread, creates ? trapped->from_path : trapped->to_path);
  ResolvedPath resolved;
  const int directory = creates ? trapped->from_directory : trapped->to_directory;
  if (read.error == 0 && !resolve(call.caller, directory, read.path, resolved)) tell_(resolved.text);
  return {};
}

}  // namespace holdfast
