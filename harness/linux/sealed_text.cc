#include "harness/linux/sealed_text.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace holdfast {
namespace {

constexpr int sealed_for_ever = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

}  // namespace

Result<Descriptor> sealed_text(std::string_view text) {
  const auto failed = [](const char* what) {
    return fail(Code::failed, fmt::format("{}: {}", what, std::strerror(errno)), errno);
  };
  Descriptor made(::memfd_create("holdfast-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!made) return failed("memfd_create");
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = ::write(made.get(), text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) return failed("write");
    done += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  }
  if (::fcntl(made.get(), F_ADD_SEALS, sealed_for_ever) != 0) return failed("fcntl(F_ADD_SEALS)");
  return made;
}

std::optional<std::string> take_sealed_text(int descriptor) {
  struct stat st {};
  if (::fcntl(descriptor, F_GET_SEALS) != sealed_for_ever || ::fstat(descriptor, &st) != 0)
    return std::nullopt;
  std::string text(static_cast<std::size_t>(st.st_size), '\0');
  std::size_t done = 0;
  for (ssize_t got = 1; done < text.size() && got > 0;
       done += static_cast<std::size_t>(std::max<ssize_t>(got, 0))) {
    got = ::pread(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(done));
  }
  // Not by close(), which is trapped where agents are killed.
  ::close_range(static_cast<unsigned>(descriptor), static_cast<unsigned>(descriptor), 0);
  if (done != text.size()) return std::nullopt;
  return text;
}

}  // namespace holdfast
