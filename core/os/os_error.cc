#include "core/os/os_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace holdfast {
namespace {

constexpr std::string_view call_name(FileCall call) {
  switch (call) {
    case FileCall::open:
      return "open";
    case FileCall::create:
      return "create";
    case FileCall::read:
      return "read";
    case FileCall::write:
      return "write";
    case FileCall::flush:
      return "flush";
    case FileCall::close:
      return "close";
    case FileCall::status:
      return "look at";
    case FileCall::rename:
      return "rename";
    case FileCall::unlink:
      return "remove";
    case FileCall::list:
      return "list";
    case FileCall::lock:
      return "lock";
  }
  return "use";
}

bool is_refusal(int os_code) {
  return os_code == EACCES || os_code == EPERM || os_code == EBUSY;
}

bool replaces_or_removes(FileCall call) {
  return call == FileCall::rename || call == FileCall::unlink;
}

std::string_view advice(FileCall call, int os_code, Code code, const TargetFacts& facts) {
  if (code == Code::denied) return "somebody holds the file right now";
  if (is_refusal(os_code)) {
    if (facts.is_directory) return "it is a directory, where a file is needed";
    if (replaces_or_removes(call) && facts.mount_point) {
      return "the file is a mount point of its own; mount its directory instead";
    }
    if (replaces_or_removes(call) && facts.read_only) return "the file is read-only; make it writable";
    if (call == FileCall::open && facts.unreadable) return "its mode does not let this user read it";
    if (facts.directory_unwritable) return "this user may not write to its directory";
    return "this user may not do that";
  }
  switch (os_code) {
    case ENOSPC:
      return "the disk is full; free some space";
    case EDQUOT:
      return "the disk quota is used up";
    case EFBIG:
      return "the file is larger than this process or filesystem may write";
    case EROFS:
      return "the filesystem is mounted read-only";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit or close some";
    case EIO:
      return "the device failed; look at the system's log";
    case ENOSYS:
      return "the system does not implement this call; if a supervisor answered it, the supervisor is gone";
    default:
      return {};
  }
}

}  // namespace

Code classify_errno(FileCall call, int os_code, const TargetFacts& facts) {
  switch (os_code) {
    case ENOENT:
      return Code::not_found;
    case EEXIST:
      return Code::exists;
    case EOPNOTSUPP:
      return Code::unsupported;
    default:
      break;
  }
  if (!is_refusal(os_code)) return Code::failed;
  if (call != FileCall::open && !replaces_or_removes(call)) return Code::failed;
  if (facts.is_directory) return Code::failed;
  if (call == FileCall::open) return facts.unreadable ? Code::failed : Code::denied;
  if (facts.read_only || facts.mount_point || facts.directory_unwritable) return Code::failed;
  return Code::denied;
}

Error file_error(FileCall call, int os_code, const std::filesystem::path& target,
                 const std::filesystem::path& source) {
  const TargetFacts facts = is_refusal(os_code) ? look_at_target(target) : TargetFacts{};
  const Code code = classify_errno(call, os_code, facts);
  std::string message =
      source.empty() ? fmt::format("{} \"{}\"", call_name(call), target.string())
                     : fmt::format("{} \"{}\" to \"{}\"", call_name(call), source.string(), target.string());
  message +=
      fmt::format(": {} ({}), {}", errno_name(os_code), os_code, std::generic_category().message(os_code));
  if (const std::string_view hint = advice(call, os_code, code, facts); !hint.empty()) {
    message.append(": ").append(hint);
  }
  return {code, std::move(message), os_code};
}

}  // namespace holdfast
