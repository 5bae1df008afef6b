#include "harness/conduct/reference.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "core/base/clock.h"
#include "harness/supervisor/descriptor.h"

namespace holdfast {
namespace {

// A round of some 50 us comes to 400 of them; one that waits for a disk, of about a millisecond, to a hundred, whose
// mean is then known to a few per cent.
constexpr std::int64_t least_time_ns = 20'000'000, most_time_ns = 100'000'000;
constexpr std::uint64_t enough_rounds = 100;
constexpr std::size_t reference_bytes = 4096;

// The files of rounds; they go with it.
class Files {
 public:
  Files(const std::filesystem::path& directory, std::string_view name)
      : target_((directory / name).string()), temporary_(target_ + ".tmp") {}
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() {
    ::unlink(temporary_.c_str());
    ::unlink(target_.c_str());
  }

  // A round; false with errno.
  [[nodiscard]] bool replace_and_read(bool flushed) const {
    std::array<char, reference_bytes> bytes{};
    {
      const Descriptor file(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      if (!file || ::write(file.get(), bytes.data(), bytes.size()) != reference_bytes) return false;
      if (flushed && ::fsync(file.get()) != 0) return false;
    }
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) return false;
    const Descriptor file(::open(target_.c_str(), O_RDONLY | O_CLOEXEC));
    return file && ::read(file.get(), bytes.data(), bytes.size()) == reference_bytes;
  }

 private:
  const std::string target_, temporary_;
};

}  // namespace

Result<ReferenceWork> time_reference(const std::filesystem::path& directory, bool flushed) {
  const Files files(directory, "reference");
  std::uint64_t rounds = 0;
  std::int64_t spent_ns = 0;
  bool well = true;
  const std::int64_t begun_ns = monotonic_ns();
  while (well && (spent_ns < least_time_ns || (rounds < enough_rounds && spent_ns < most_time_ns))) {
    well = files.replace_and_read(flushed);
    spent_ns = monotonic_ns() - begun_ns;
    ++rounds;
  }
  const int error = errno;
  if (!well) return fail(Code::failed, "cannot time the reference work in " + directory.string(), error);
  return ReferenceWork{rounds, spent_ns / static_cast<std::int64_t>(rounds)};
}

bool replace_once(const std::filesystem::path& directory, std::string_view name, bool flushed) {
  const Files files(directory, name);
  return files.replace_and_read(flushed) && files.replace_and_read(flushed);
}

}  // namespace holdfast
