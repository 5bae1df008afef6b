#include "reports/exec/idioms.h"

#include <algorithm>
#include <array>

#include "core/base/path_text.h"
#include "reports/exec/words.h"

namespace holdfast {
namespace {

constexpr std::array idioms{
    Idiom{"C or C++", "close it (fclose(), close(), or the end of the stream's scope)",
          "or open it with FILE_SHARE_DELETE (CreateFileW)", "unmap it (munmap(); UnmapViewOfFile())",
          "one lock (LockFileEx)", "on ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION",
          "open the file close-on-exec (O_CLOEXEC; on Windows without bInheritHandles)", ""},
    Idiom{"Python", "close it (leave its `with` block, or call close())",
          "open() never shares deletion in Python", "close the mmap object",
          "one lock (the filelock package, or msvcrt.locking())", "on PermissionError",
          "open it with open(), whose descriptors are not inherited, and leave close_fds=True",
          "a traceback (PermissionError)"},
    Idiom{"Node", "close it (await handle.close(), or wait for the stream's 'close' event)",
          "Node shares deletion in every open, which does not help against a replace",
          "let go of the mapping", "one lock (the proper-lockfile package)",
          "on EPERM, EACCES and EBUSY (the graceful-fs package does)", "do not list it in the child's stdio",
          "an Error (EPERM or EBUSY) with its stack"},
    Idiom{"Go", "call its Close() first (a deferred Close() runs too late)",
          "os.Open does not share deletion", "unmap it", "one lock (a lock file with LockFileEx)",
          "on fs.ErrPermission and windows.ERROR_SHARING_VIOLATION", "leave it out of exec.Cmd's ExtraFiles",
          "an *os.LinkError or *fs.PathError"},
    Idiom{"Java", "close it (end its try-with-resources)",
          "FileChannel.open and Files.newInputStream share deletion, FileInputStream and RandomAccessFile "
          "do not",
          "map it with an Arena and close that (a MappedByteBuffer stays until it is collected)",
          "one lock (FileChannel.lock())", "on FileSystemException and AccessDeniedException",
          "close it before the child starts", "a FileSystemException with its stack trace"},
    Idiom{".NET", "dispose of it (end its using)", "or open it with FileShare.Delete",
          "dispose of its MemoryMappedFile and views", "one lock (a file opened with FileShare.None)",
          "on IOException and UnauthorizedAccessException", "open it without FileShare.Inheritable",
          "an IOException or UnauthorizedAccessException with its stack trace"},
    Idiom{"Rust", "drop() the File",
          "File::open shares deletion already, which does not help against a replace", "drop() the mapping",
          "one lock (File::lock(), or the fs4 crate)", "on ErrorKind::PermissionDenied and raw_os_error() 32",
          "leave it close-on-exec, as std opens it", "an io::Error (PermissionDenied or ResourceBusy)"},
    Idiom{"shell", "close it (exec N<&-)", "no shell shares deletion", "end the program that maps it",
          "one lock (a directory made with mkdir)", "until the command succeeds",
          "close it in the child (N<&-)", "a failed command"},
};

constexpr std::array runtimes{"c", "python", "node", "go", "java", "dotnet", "rust"};

bool is_shell(std::string_view program) {
  constexpr std::array shells{"sh", "bash", "dash", "zsh", "ksh", "busybox"};
  return std::find(shells.begin(), shells.end(), program) != shells.end();
}

}  // namespace

const Idiom& idiom_of(std::string_view program, std::string_view runtime) {
  if (is_shell(file_name(program))) return idioms.back();
  const auto found = std::find(runtimes.begin(), runtimes.end(), runtime);
  return found == runtimes.end() ? idioms.front()
                                 : idioms[static_cast<std::size_t>(found - runtimes.begin())];
}

}  // namespace holdfast
