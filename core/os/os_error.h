// From an errno to an Error: the one place that decides what a refusal means and whether it is worth a retry.
//
// EACCES, EPERM and EBUSY from rename, unlink or open mean "somebody holds the file right now" if a sharing domain
// (or a network filesystem) is the cause, and "never" if the file's own state is. Only the second kind is visible, so
// the target is examined after such a refusal, and errors that releasing the file would not fix fail at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast {

enum class FileCall { open, create, read, write, flush, close, status, rename, unlink, list, lock };

// What makes a call fail no matter how often it is repeated.
struct TargetFacts {
  bool is_directory = false;
  bool read_only = false;             // no write bit, or immutable: READONLY on Windows
  bool unreadable = false;            // its mode does not let this user read it
  bool mount_point = false;           // a file mounted on its own can be neither replaced nor removed
  bool directory_unwritable = false;  // mode, read-only mount, immutable or sticky with another owner's file
};

// Pure. Code::denied for what is worth a retry.
Code classify_errno(FileCall call, int os_code, const TargetFacts& facts);

// "EACCES"; "errno 4095" for a number without a name.
std::string errno_name(int os_code);

// Examines `target` as the call would find it.
TargetFacts look_at_target(const std::filesystem::path& target);

// The Error of a failed call: 'rename "…" to "…": EACCES (13), Permission denied: …what to do'. `target` is
// the file that the call would have opened, replaced or removed; `source` only for rename.
Error file_error(FileCall call, int os_code, const std::filesystem::path& target,
                 const std::filesystem::path& source = {});

}  // namespace holdfast
