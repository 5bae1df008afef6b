#include "harness/conduct/reference.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "harness/supervisor/descriptor.h"

namespace holdfast {
namespace {

constexpr std::int64_t reference_time_ns = 20'000'000;
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
  std::vector<std::int64_t> rounds_ns;
  const std::int64_t begun_ns = monotonic_ns();
  bool well = true;
  for (std::int64_t now_ns = begun_ns; well && now_ns - begun_ns < reference_time_ns;) {
    well = replace_and_read(target, temporary, flushed);
    const std::int64_t after_ns = monotonic_ns();
    rounds_ns.push_back(after_ns - now_ns);
    now_ns = after_ns;
  }
  const int error = errno;
  ::unlink(temporary.c_str());
  ::unlink(target.c_str());
  if (!well) return fail(Code::failed, "cannot time the reference work in " + directory.string(), error);
  const auto middle = rounds_ns.begin() + static_cast<std::ptrdiff_t>(rounds_ns.size() / 2);
  std::nth_element(rounds_ns.begin(), middle, rounds_ns.end());
  return ReferenceWork{rounds_ns.size(), *middle};
}

}  // namespace holdfast
