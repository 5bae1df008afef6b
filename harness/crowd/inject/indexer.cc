// An indexer: opens what has changed, as an antivirus does, but with an oplock: as soon as anybody else wants the file
// it is asked to let go, and does so after yield_after (docs/windows-rules.md).
//
// The oplock is a write lease. The kernel grants one only while nobody else has the file open, as Windows grants an
// exclusive oplock, and signals its owner when somebody opens the file; the opener waits. The supervisor's own look
// before it decides a call is such an open, so whoever wants to rename or remove the file is heard as well, and waits
// (obliging_holders.h). A file that somebody has open already is passed over.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/crowd/inject/follow_triggers.h"
#include "harness/crowd/inject/open_file.h"
#include "harness/linux/share_mark.h"

namespace holdfast {
namespace {

constexpr Handle indexers_mode{read_bit, read_bit | write_bit | delete_bit};

// Opens a file under a write lease; without one not at all.
Descriptor open_with_oplock(const std::string& path) {
  Descriptor file = open_to_hold(path, O_NONBLOCK);
  if (!file) return file;
  // The signal that a lease is broken with is the mark of a share mode, too: one number must do for both.
  const bool leased = mark_mode(file.get(), indexers_mode) && ::fcntl(file.get(), F_SETLEASE, F_WRLCK) == 0;
  if (leased) return file;
  const int error = errno;
  file.reset();
  errno = error;
  return file;
}

}  // namespace

Result<> inject_indexer(InjectorContext& context) {
  sigset_t wish;
  sigemptyset(&wish);
  sigaddset(&wish, signal_of_mode(indexers_mode));
  ::sigprocmask(SIG_BLOCK, &wish, nullptr);
  const Descriptor wishes(::signalfd(-1, &wish, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!wishes) return fail(Code::failed, fmt::format("signalfd: {}", std::strerror(errno)), errno);
  return follow_triggers(context, {open_with_oplock, wishes.get()});
}

}  // namespace holdfast
