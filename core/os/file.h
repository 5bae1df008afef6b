// Files, as the store needs them and no more: read whole, create new, write, flush, replace, remove, list.
//
// The platform seam: *_posix.cc and *_win32.cc implement the same declarations. Every failure names the call, the
// path and the code; see os_error.h for what is Code::denied. EINTR is never passed on: the call is repeated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

namespace holdfast {

// What a replacement takes over from the file it replaces. (Not ACLs and extended attributes.)
struct FileAttributes {
  std::uint32_t permissions = 0;  // POSIX mode bits
  std::uint32_t owner = 0;
  std::uint32_t group = 0;

  [[nodiscard]] bool read_only() const { return (permissions & 0222U) == 0; }
};

// A file open for writing, or a directory open to be flushed. Its destructor closes it but cannot report errors: call
// close().
class File {
 public:
  File() = default;
  File(File&& other) noexcept
      : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, closed)) {}
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  // Code::exists if `path` is there. With `like`, mode and (where permitted) owner are taken from it; otherwise the
  // umask decides. The descriptor is close-on-exec.
  static Result<File> create_new(const std::filesystem::path& path,
                                 const std::optional<FileAttributes>& like);

  // Its flush() makes the names in the directory survive a power cut.
  static Result<File> open_directory(const std::filesystem::path& path);

  Result<> write_all(std::string_view bytes);
  Result<> flush();  // to the device, including the length
  Result<> close();  // a filesystem may report a failed write only here; closed either way
  [[nodiscard]] bool is_open() const { return handle_ != closed; }

 private:
  static constexpr std::intptr_t closed = -1;

  File(std::filesystem::path path, std::intptr_t handle) : path_(std::move(path)), handle_(handle) {}
  void drop();

  std::filesystem::path path_;
  std::intptr_t handle_ = closed;
};

struct FileContent {
  std::string bytes;
  FileAttributes attributes;
};

// The whole of a regular file; Code::not_found if there is none.
Result<FileContent> read_file(const std::filesystem::path& path);

// Replaces `to`, whatever is there, with the file `from`, open as `file`, in one step. Closes `file` first on POSIX,
// since a sharing domain refuses an open source; on Windows the open handle does the work. Code::indefinite if it is
// unknown whether an interrupted call was done.
Result<> rename_over(File& file, const std::filesystem::path& from, const std::filesystem::path& to);

// The same for a file that is not open.
Result<> rename_over(const std::filesystem::path& from, const std::filesystem::path& to);

// Removing a missing file is not an error.
Result<> remove_file(const std::filesystem::path& path);

// Calls `visit` with each name in the directory, in no order.
Result<> list_directory(const std::filesystem::path& directory,
                        const std::function<void(std::string_view)>& visit);

}  // namespace holdfast
