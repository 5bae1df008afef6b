// What can go wrong, as a value.
//
// Every function that can fail returns Result<T>. An Error carries a Code only where some caller reacts to it; the
// message has everything a person needs: the call, the path, the number, what to do.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace holdfast {

enum class Code {
  failed,     // any error that no caller reacts to; see the message
  invalid,    // bad input from a person: scenario, flag, file; exit code 64
  not_found,  // the file or directory does not exist
  exists,     // it exists already
  denied,  // somebody holds the file right now (WinError 5, 32, 33, 1175; EACCES, EPERM, EBUSY): worth a retry
  exhausted,    // still denied when the retry budget was spent; definitely not done
  corrupt,      // bytes that cannot be what was written
  timed_out,    // a deadline passed; definitely not done
  cancelled,    // the caller asked to stop; definitely not done
  indefinite,   // may or may not have been done, for instance a failed flush after the rename
  unsupported,  // this kernel, filesystem or user cannot do it
};

struct Error {
  Code code = Code::failed;
  std::string message;
  int os_code = 0;  // errno on POSIX, GetLastError() on Windows; 0 where no system call failed

  // The same error with context from the caller: "prefix: message".
  [[nodiscard]] Error within(const std::string& prefix) const& {
    return {code, prefix + ": " + message, os_code};
  }
};

template <typename T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message, int os_code = 0) {
  return tl::unexpected<Error>(Error{code, std::move(message), os_code});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace holdfast
