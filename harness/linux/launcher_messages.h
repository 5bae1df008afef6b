// The messages between conductor and launcher. Same machine, same binary: plain structs.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

enum class LauncherMessageKind : std::uint32_t {
  // launcher -> conductor
  ready = 1,    // carries the listener, if calls are trapped
  refused = 2,  // cannot trap; text says why, error = errno
  spawned = 3,  // token, process; or error and text
  exited = 4,   // token, process, status as waitpid gives it; token 0 = an orphaned descendant
  gone = 5,     // no descendant is left; the launcher exits
  // conductor -> launcher
  spawn = 10,     // token, arguments: file for stderr, then argv
  signal = 11,    // token (0 = all), status = signal number; no effect on ended processes
  shutdown = 12,  // end everything
};

struct LauncherMessage {
  LauncherMessageKind kind = LauncherMessageKind::ready;
  std::uint32_t token = 0;
  pid_t process = 0;
  std::int32_t status = 0;
  std::int32_t error = 0;
  std::vector<std::string> arguments{};  // NUL-separated on the wire; at most 60 KiB
  Descriptor descriptor{};               // passed along with `ready`
};

Result<> send_message(int socket, const LauncherMessage& message);

// None if the other end has closed.
Result<std::optional<LauncherMessage>> receive_message(int socket);

}  // namespace holdfast
