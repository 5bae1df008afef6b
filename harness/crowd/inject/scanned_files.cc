#include "harness/crowd/inject/scanned_files.h"

#include <sys/stat.h>

namespace holdfast {
namespace {

std::int64_t in_ns(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

bool ScannedFiles::changed(const std::string& path) const {
  struct stat now {};
  if (::lstat(path.c_str(), &now) != 0 || !S_ISREG(now.st_mode) || now.st_size == 0) return false;
  const auto known = seen_.find({now.st_dev, now.st_ino});
  return known == seen_.end() || known->second != State(now.st_size, in_ns(now.st_mtim), in_ns(now.st_ctim));
}

void ScannedFiles::remember(int file) {
  constexpr std::size_t most = 4096;  // of a store's files; those forgotten are scanned once more
  struct stat now {};
  if (::fstat(file, &now) != 0) return;
  if (seen_.size() >= most) seen_.clear();
  seen_.insert_or_assign({now.st_dev, now.st_ino},
                         State(now.st_size, in_ns(now.st_mtim), in_ns(now.st_ctim)));
}

}  // namespace holdfast
