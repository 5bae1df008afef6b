#include "harness/conduct/diagnosis.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

#include "harness/conduct/machine/limits.h"
#include "harness/conduct/run_directory.h"
#include "harness/crowd/launch/launcher_process.h"
#include "harness/linux/launcher_messages.h"
#include "harness/linux/lease.h"
#include "harness/linux/share_mark.h"

namespace holdfast {
namespace {

// What a container's own rules forbid looks from inside like an old or a strict kernel.
std::string or_in_container(std::string_view advice, std::string_view option) {
  return fmt::format("{}; in a container, start it with {}", advice, option);
}

Diagnosis diagnose_kernel() {
  utsname system{};
  ::uname(&system);
  return {"kernel", true, fmt::format("{} {} {}", system.sysname, system.release, system.machine), {}};
}

// The very launcher of a run sets the very trap.
Diagnosis diagnose_trap(const std::filesystem::path& executable) {
  Diagnosis diagnosis{"seccomp user notification",
                      false,
                      {},
                      or_in_container("run on Linux 5.19 or newer, outside any other seccomp listener",
                                      "--security-opt seccomp=unconfined")};
  RunPipes pipes;
  auto launcher = LauncherProcess::start(executable, pipes);
  if (!launcher) {
    diagnosis.found = launcher.error().message;
    return diagnosis;
  }
  const auto hello = receive_message(pipes.socket.get());
  if (hello && *hello && (*hello)->kind == LauncherMessageKind::ready) {
    diagnosis = {diagnosis.subject, true, "the trap can be set", {}};
  } else if (hello && *hello && !(*hello)->arguments.empty()) {
    diagnosis.found = (*hello)->arguments[0];
  } else {
    diagnosis.found = "the launcher ended without a message";
  }
  pipes.socket.reset();
  launcher->wait();
  return diagnosis;
}

// A child's memory is read as the supervisor reads its callers' paths.
Diagnosis diagnose_memory() {
  static const std::array<char, 8> there{'h', 'o', 'l', 'd', 'f', 'a', 's', 't'};
  std::string yama = "Yama is not active";
  std::ifstream file("/proc/sys/kernel/yama/ptrace_scope");
  if (int scope = 0; file >> scope) yama = fmt::format("Yama's ptrace_scope is {}", scope);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) ::pause();
  }
  std::array<char, there.size()> read{};
  const iovec local{read.data(), read.size()};
  const iovec remote{const_cast<char*>(there.data()), there.size()};
  const ssize_t got = child > 0 ? ::process_vm_readv(child, &local, 1, &remote, 1, 0) : -1;
  const std::string error = std::strerror(errno);
  if (child > 0) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  if (got == static_cast<ssize_t>(there.size()) && read == there) {
    return {"reading agents' memory", true, fmt::format("a child's memory can be read; {}", yama), {}};
  }
  return {"reading agents' memory", false, fmt::format("process_vm_readv: {}; {}", error, yama),
          or_in_container("sysctl kernel.yama.ptrace_scope=1", "--cap-add SYS_PTRACE")};
}

// A handle whose share mode differs from its program's is asked for it. Most runs have none, and do without.
Diagnosis diagnose_share_modes(const std::filesystem::path& executable) {
  const Descriptor file(::open(executable.c_str(), O_RDONLY | O_CLOEXEC));
  if (mark_mode(file.get(), {read_bit, read_bit}) && marked_mode(::getpid(), file.get())) {
    return {"share modes of handles", true, "a handle's own share mode can be read", {}};
  }
  return {"share modes of handles", true,
          fmt::format(
              "not readable (pidfd_getfd: {}); handles of 'holdfast hold' and of indexers, and opens under "
              "--opens, count with the share mode of their program",
              std::strerror(errno)),
          or_in_container("allow pidfd_getfd", "--cap-add SYS_PTRACE")};
}

std::string describe(Openness openness) {
  switch (openness) {
    case Openness::free:
      return "free";
    case Openness::held:
      return "held";
    case Openness::ask_scan:
      return "cannot be leased";
    default:
      return "not a file";
  }
}

// A lease must tell an open file from one that is not.
Diagnosis diagnose_lease(const std::filesystem::path& directory) {
  Diagnosis diagnosis{
      "file leases", false, {}, "keep runs on a local filesystem such as ext4, xfs or tmpfs (--out)"};
  std::string name = (directory / "holdfast-doctor-XXXXXX").string();
  Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) {
    diagnosis.found = fmt::format("cannot write in {}: {}", directory.string(), std::strerror(errno));
    diagnosis.advice = "choose a directory that you may write to";
    return diagnosis;
  }
  const Openness open = Lease::probe(AT_FDCWD, name.c_str()).openness();
  file.reset();
  const Openness closed = Lease::probe(AT_FDCWD, name.c_str()).openness();
  ::unlink(name.c_str());
  diagnosis.works = open == Openness::held && closed == Openness::free;
  diagnosis.found = fmt::format("on {}: an open file is seen as {}, a closed one as {}",
                                filesystem_of(directory), describe(open), describe(closed));
  if (diagnosis.works) diagnosis.advice.clear();
  return diagnosis;
}

// Not needed, but refused to the programs of a run.
Diagnosis diagnose_landlock() {
  constexpr long create_ruleset = 444;  // which older headers do not know
  constexpr unsigned ask_version = 1;
  const long version = ::syscall(create_ruleset, nullptr, 0, ask_version);
  return {"Landlock",
          true,
          version > 0
              ? fmt::format("version {}; refused to programs whose calls are made for them (runs, --enforce)",
                            version)
              : "not in this kernel",
          {}};
}

Diagnosis diagnose_room() {
  constexpr std::uint64_t fewest = 8,
                          wanted = 1000;  // what most scenarios start, and what the largest one does
  constexpr std::uint64_t injectors = 2;
  const auto limits = limits_here();
  const std::uint64_t room = room_for_agents(limits);
  Diagnosis diagnosis{"room for a crowd", room >= fewest, fmt::format("for {} agents", room), {}};
  for (const std::string& sentence : shortages(limits, diagnosis.works ? wanted : fewest, injectors)) {
    if (!diagnosis.advice.empty()) diagnosis.advice += ". ";
    diagnosis.advice += sentence;
  }
  return diagnosis;
}

}  // namespace

std::vector<Diagnosis> diagnose(const std::filesystem::path& executable,
                                const std::filesystem::path& directory) {
  return {diagnose_kernel(),
          diagnose_trap(executable),
          diagnose_memory(),
          diagnose_share_modes(executable),
          diagnose_lease(directory),
          diagnose_landlock(),
          diagnose_room()};
}

}  // namespace holdfast
