#include "scenarios/mutants/mutant_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/os/file.h"
#include "core/store/temp_name.h"

namespace holdfast {
namespace {

// How much of both is the same, from the front.
std::size_t common_bytes(const std::string& a, const std::string& b) {
  const auto shorter = std::min(a.size(), b.size());
  const auto end = a.begin() + static_cast<std::ptrdiff_t>(shorter);
  return static_cast<std::size_t>(std::mismatch(a.begin(), end, b.begin()).first - a.begin());
}

bool has_shared_temp_name(PlantedFault fault) {
  return fault == PlantedFault::shared_temp_name || fault == PlantedFault::retry_on_every_error ||
         fault == PlantedFault::temp_name_taken;
}

}  // namespace

Result<std::string> read_queue_text(const std::filesystem::path& queue, PlantedFault fault) {
  auto content = read_file(queue);
  if (!content) return fail(std::move(content.error()));
  if (fault == PlantedFault::handle_leaked) static_cast<void>(::open(queue.c_str(), O_RDONLY | O_CLOEXEC));
  return std::move(content->bytes);
}

Result<> MutantFile::write(const std::string& text) {
  text_ = text;
  if (fault_ == PlantedFault::write_in_place || fault_ == PlantedFault::torn_is_empty ||
      fault_ == PlantedFault::append_in_place)
    return {};
  return write_temp();
}

Result<> MutantFile::write_temp() {
  const bool shared = has_shared_temp_name(fault_);
  const std::filesystem::path path =
      shared ? std::filesystem::path(queue_.string() + ".tmp") : new_temp_path(queue_);
  const int flags =
      O_WRONLY | O_CREAT | O_CLOEXEC | (shared && fault_ != PlantedFault::temp_name_taken ? O_TRUNC : O_EXCL);
  const int descriptor = ::open(path.c_str(), flags, 0666);
  if (descriptor < 0) {
    const int os_code = errno;
    return fail(Code::failed,
                fmt::format("create \"{}\": {}", path.string(), std::generic_category().message(os_code)),
                os_code);
  }
  temp_ = path;
  std::size_t written = 0;
  constexpr std::size_t block_bytes = 4096;
  do {
    const ssize_t now =
        ::write(descriptor, text_.data() + written, std::min(block_bytes, text_.size() - written));
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) break;
    written += static_cast<std::size_t>(now);
  } while (written < text_.size() && fault_ != PlantedFault::short_write_ignored);
  ::close(descriptor);
  if (written == text_.size() || fault_ == PlantedFault::short_write_ignored) return {};
  return fail(Code::failed, fmt::format("write \"{}\"", path.string()));
}

// From the byte where the new text differs, or from the first.
Result<> MutantFile::overwrite(std::size_t unchanged_bytes) {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (unchanged_bytes == 0 ? O_TRUNC : 0);
  const int descriptor = ::open(queue_.c_str(), flags, 0666);
  if (descriptor < 0) return fail(Code::failed, fmt::format("open \"{}\"", queue_.string()), errno);
  // In two writes, as a stream does when its buffer is full.
  const std::size_t half = unchanged_bytes + (text_.size() - unchanged_bytes) / 2;
  bool done = true;
  for (const auto& [begin, end] : {std::pair(unchanged_bytes, half), std::pair(half, text_.size())}) {
    const ssize_t now = ::pwrite(descriptor, text_.data() + begin, end - begin, static_cast<off_t>(begin));
    done = done && now == static_cast<ssize_t>(end - begin);
  }
  ::close(descriptor);
  return done ? Result<>{} : fail(Code::failed, fmt::format("write \"{}\"", queue_.string()));
}

Result<> MutantFile::publish() {
  switch (fault_) {
    case PlantedFault::write_in_place:
    case PlantedFault::torn_is_empty:
      return overwrite(0);
    case PlantedFault::copy_over_target:
      if (auto copied = overwrite(0); !copied) return copied;
      return discard();
    case PlantedFault::append_in_place: {
      const auto current = read_file(queue_);
      return overwrite(current ? common_bytes(current->bytes, text_) : 0);
    }
    case PlantedFault::remove_then_move:
    case PlantedFault::missing_is_empty:
      if (auto removed = remove_file(queue_); !removed) return removed;
      break;
    case PlantedFault::two_renames: {
      const std::filesystem::path old = queue_.string() + ".bak";
      auto moved = rename_over(queue_, old);
      if (!moved && moved.error().code != Code::not_found) return moved;
      if (auto renamed = rename_over(temp_, queue_); !renamed) return renamed;
      temp_.clear();
      return remove_file(old);
    }
    default:
      break;
  }
  auto renamed = rename_over(temp_, queue_);
  if (renamed) temp_.clear();
  return renamed;
}

void MutantFile::flood(std::chrono::nanoseconds time, const std::function<std::int64_t()>& now_ns) {
  constexpr std::size_t block_bytes = 8 << 20;
  constexpr int blocks = 8;  // then it begins again, for disks are not endless
  const std::string block(block_bytes, 'x');
  const std::string copies = temp_.string() + ".copies";
  const int descriptor = ::open(copies.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  const std::int64_t until_ns = now_ns() + time.count();
  for (int i = 0; descriptor >= 0 && now_ns() < until_ns; ++i) {
    if (::pwrite(descriptor, block.data(), block.size(), (i % blocks) * static_cast<off_t>(block_bytes)) < 0)
      break;
    ::fdatasync(descriptor);
  }
  ::close(descriptor);
  ::unlink(copies.c_str());
}

Result<> MutantFile::discard() {
  if (temp_.empty()) return {};
  if (auto removed = remove_file(temp_); !removed) return removed;
  temp_.clear();
  return {};
}

}  // namespace holdfast
