#include "harness/scenario/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace holdfast {
namespace {

// A descriptor for as long as it is read.
struct Opened {
  explicit Opened(int number) : file(number) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (file >= 0) ::close(file);
  }
  int file;
};

std::string because(int error) {
  return "cannot be opened: " + std::generic_category().message(error);
}

}  // namespace

Result<std::string> read_input(const std::filesystem::path& path, std::size_t most_bytes) {
  // By pieces: room for the longest file takes long to clear.
  constexpr std::size_t piece_bytes = std::size_t{16} * 1024;
  const Opened opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (opened.file < 0) {
    const int error = errno;
    return fail(Code::not_found, because(error), error);
  }
  struct stat status {};
  if (::fstat(opened.file, &status) != 0) return fail(Code::invalid, because(errno), errno);
  if (S_ISDIR(status.st_mode)) return fail(Code::invalid, "is a directory, not a file", EISDIR);
  // From here on a pipe is waited for, if somebody has it open to write; else it is at its end.
  ::fcntl(opened.file, F_SETFL, 0);
  std::string text;
  for (ssize_t got = 1; got > 0 && text.size() < most_bytes;) {
    const std::size_t before = text.size();
    text.resize(std::min(most_bytes, before + piece_bytes));
    do {
      got = ::read(opened.file, text.data() + before, text.size() - before);
    } while (got < 0 && errno == EINTR);
    const int error = errno;
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0)
      return fail(Code::invalid, "cannot be read: " + std::generic_category().message(error), error);
  }
  if (text.empty() && S_ISFIFO(status.st_mode)) return fail(Code::invalid, "is a pipe without a writer");
  return text;
}

}  // namespace holdfast
