#include "harness/supervisor/stack/remote_memory.h"

#include <sys/uio.h>

#include <algorithm>
#include <cstring>

namespace holdfast {

constexpr std::size_t most_remote_pages = 2048;

const RemoteMemory::Page* RemoteMemory::page_of(std::uint64_t address) {
  const std::uint64_t number = address / page_bytes;
  if (number == last_number_) return last_;
  const auto known = pages_.find(number);
  if (known != pages_.end()) return remember(number, known->second);
  if (pages_.size() >= most_remote_pages) return nullptr;
  Page& page = pages_[number];
  const iovec local{page.bytes.data(), page_bytes};
  const iovec remote{reinterpret_cast<void*>(number * page_bytes),  // NOLINT(performance-no-int-to-ptr)
                     page_bytes};
  page.readable = ::process_vm_readv(thread_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(page_bytes);
  return remember(number, page);
}

// The next bytes asked for are mostly on the same page.
const RemoteMemory::Page* RemoteMemory::remember(std::uint64_t number, const Page& page) {
  last_number_ = number;
  last_ = page.readable ? &page : nullptr;
  return last_;
}

std::string_view RemoteMemory::window(std::uint64_t address) {
  const Page* const page = page_of(address);
  if (page == nullptr) return {};
  return {page->bytes.data() + address % page_bytes, page_bytes - address % page_bytes};
}

bool RemoteMemory::read(std::uint64_t address, void* to, std::size_t bytes) {
  if (address + bytes < address) return false;
  auto* out = static_cast<char*>(to);
  while (bytes > 0) {
    const Page* const page = page_of(address);
    if (page == nullptr) return false;
    const std::uint64_t begin = address % page_bytes;
    const std::size_t piece = std::min<std::size_t>(bytes, page_bytes - begin);
    std::memcpy(out, page->bytes.data() + begin, piece);
    address += piece;
    out += piece;
    bytes -= piece;
  }
  return true;
}

std::optional<std::string> RemoteMemory::text(std::uint64_t address, std::size_t most_bytes) {
  std::string text;
  while (text.size() <= most_bytes) {
    const Page* const page = page_of(address);
    if (page == nullptr) return std::nullopt;
    const std::uint64_t begin = address % page_bytes;
    const std::size_t there = page_bytes - begin;
    const std::size_t length = ::strnlen(page->bytes.data() + begin, there);
    text.append(page->bytes.data() + begin, length);
    if (length < there) return text.size() <= most_bytes ? std::optional(std::move(text)) : std::nullopt;
    address += there;
  }
  return std::nullopt;
}

std::optional<std::string> RemoteMemory::bytes(std::uint64_t address, std::size_t count) {
  constexpr std::size_t most_bytes = 1 << 20;
  if (count > most_bytes) return std::nullopt;
  std::string bytes(count, '\0');
  return read(address, bytes.data(), count) ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace holdfast
