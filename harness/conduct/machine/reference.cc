#include "harness/conduct/machine/reference.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "core/base/clock.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

// A round of some 50 us comes to 400 of them; one that waits for a disk, of about a millisecond, to a hundred, whose
// mean is then known to a few per cent.
constexpr std::int64_t least_time_ns = 20'000'000, most_time_ns = 100'000'000;
constexpr std::uint64_t enough_rounds = 100;
constexpr std::size_t reference_bytes = 4096;

// A round on the disk; false with errno.
bool replace_and_read(const std::string& target, const std::string& temporary, bool flushed) {
  std::array<char, reference_bytes> bytes{};
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file || ::write(file.get(), bytes.data(), bytes.size()) != reference_bytes) return false;
    if (flushed && ::fsync(file.get()) != 0) return false;
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) return false;
  const Descriptor file(::open(target.c_str(), O_RDONLY | O_CLOEXEC));
  return file && ::read(file.get(), bytes.data(), bytes.size()) == reference_bytes;
}

}  // namespace

Result<ReferenceWork> time_reference(const std::filesystem::path& directory, bool flushed) {
  const std::string target = (directory / "reference").string();
  const std::string temporary = target + ".tmp";
  std::uint64_t rounds = 0;
  std::int64_t spent_ns = 0;
  bool well = true;
  const std::int64_t begun_ns = monotonic_ns();
  while (well && (spent_ns < least_time_ns || (rounds < enough_rounds && spent_ns < most_time_ns))) {
    well = replace_and_read(target, temporary, flushed);
    spent_ns = monotonic_ns() - begun_ns;
    ++rounds;
  }
  const int error = errno;
  ::unlink(temporary.c_str());
  ::unlink(target.c_str());
  if (!well) return fail(Code::failed, "cannot time the reference work in " + directory.string(), error);
  return ReferenceWork{rounds, spent_ns / static_cast<std::int64_t>(rounds)};
}

DiskSpeed time_disk(const std::filesystem::path& directory) {
  constexpr std::size_t bytes = 2 << 20;
  constexpr std::int64_t flushes = 5;
  const Descriptor file(::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  const std::string zeros(bytes, '\0');
  // How long that many bytes take; 0: they cannot be written.
  const auto time = [&](std::size_t count) -> std::int64_t {
    const std::int64_t begun_ns = monotonic_ns();
    const bool well = file && ::write(file.get(), zeros.data(), count) == static_cast<ssize_t>(count) &&
                      ::fdatasync(file.get()) == 0;
    return well ? std::max<std::int64_t>(1, monotonic_ns() - begun_ns) : 0;
  };
  const std::int64_t all_ns = time(bytes);
  // The shortest: what the others took longer, they waited for something else.
  std::int64_t flush_ns = all_ns;
  for (std::int64_t i = 0; i < flushes; ++i) flush_ns = std::min(flush_ns, time(reference_bytes));
  if (all_ns == 0) return {};
  return {static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(all_ns)),
          flush_ns};
}

}  // namespace holdfast
