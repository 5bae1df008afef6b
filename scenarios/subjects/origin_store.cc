#include "scenarios/subjects/origin_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "core/store/snapshot_json.h"
#include "scenarios/subjects/dig_out.h"

namespace holdfast {
namespace {

// How often the origin tried, and how long it slept in between.
struct OriginSchedule {
  int attempts;
  Duration first_wait;
  Duration longest_wait;
};

OriginSchedule origin_schedule(OriginVariant variant) {
  using std::chrono::milliseconds;
  switch (variant) {
    case OriginVariant::before:
      return {1, Duration(0), Duration(0)};
    case OriginVariant::after:
      return {5, milliseconds(100), Duration::max()};
    case OriginVariant::enhanced:
      return {8, milliseconds(150), milliseconds(2000)};
  }
  return {1, Duration(0), Duration(0)};
}

// Python's PermissionError, and EBUSY, which other runtimes make of a sharing violation.
bool is_refusal(int os_code) {
  return os_code == EACCES || os_code == EPERM || os_code == EBUSY;
}

Error origin_error(const char* call, const std::filesystem::path& path, int os_code) {
  return {is_refusal(os_code) ? Code::denied : Code::failed,
          fmt::format("{} {}: {}", call, path.string(), std::generic_category().message(os_code)), os_code};
}

Result<std::string> read_whole(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const int os_code = errno;
    if (os_code == ENOENT) return fail(Code::not_found, path.string() + " does not exist", os_code);
    return fail(origin_error("open", path, os_code));
  }
  std::string text;
  std::array<char, 65536> buffer;
  ssize_t got = 0;
  int os_code = 0;
  while ((got = ::read(fd, buffer.data(), buffer.size())) != 0) {
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      os_code = errno;
      break;
    }
  }
  ::close(fd);
  if (os_code != 0) return fail(origin_error("read", path, os_code));
  return text;
}

}  // namespace

OriginCalls real_origin_calls() {
  return {::unlink, [](const char* from, const char* to) { return ::rename(from, to); }};
}

OriginStore::OriginStore(const std::filesystem::path& directory, OriginVariant variant, Sleep sleep,
                         OriginCalls calls)
    : queue_(directory / "queue.json"),
      temp_(directory / "queue.json.tmp"),
      variant_(variant),
      sleep_(std::move(sleep)),
      calls_(std::move(calls)) {}

std::vector<Entry> OriginStore::load_entries() {
  last_load_problem_.reset();
  const auto text = read_whole(queue_);
  if (!text) {
    if (text.error().code != Code::not_found) last_load_problem_ = text.error();
    return {};
  }
  auto snapshot = parse_snapshot(*text);
  if (snapshot) return std::move(snapshot->entries);
  last_load_problem_ = snapshot.error().within(queue_.string());
  if (variant_ != OriginVariant::enhanced) return {};
  auto dug_out = dig_out_entries(*text);
  last_load_problem_->message += fmt::format("; {} entries were dug out of it", dug_out.size());
  return dug_out;
}

Result<> OriginStore::save_entries(const std::vector<Entry>& entries) {
  ++counters_.operations;
  const auto text = serialise_snapshot({}, entries);
  if (!text) return fail(text.error());
  Result<> saved = write_temp(*text);
  if (saved) saved = replace_queue();
  // The first version left the temp file where it was; the fix removes it on every path that failed.
  if (!saved && variant_ != OriginVariant::before) ::unlink(temp_.c_str());
  return saved;
}

Result<> OriginStore::write_temp(const std::string& text) const {
  const int fd = ::open(temp_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return fail(origin_error("open", temp_, errno));
  // In pieces of 8 KiB, as Python's buffered files write: where two processes share the temp file, that
  // decides what a torn queue looks like.
  constexpr std::size_t piece_bytes = 8192;
  int os_code = 0;
  for (std::size_t done = 0; done < text.size() && os_code == 0;) {
    const ssize_t wrote = ::write(fd, text.data() + done, std::min(piece_bytes, text.size() - done));
    if (wrote >= 0) {
      done += static_cast<std::size_t>(wrote);
    } else if (errno != EINTR) {
      os_code = errno;
    }
  }
  if (::close(fd) != 0 && os_code == 0) os_code = errno;
  if (os_code != 0) return fail(origin_error("write", temp_, os_code));
  return {};
}

Result<> OriginStore::replace_once() const {
  if (calls_.remove(queue_.c_str()) != 0 && errno != ENOENT)
    return fail(origin_error("remove", queue_, errno));
  if (calls_.rename(temp_.c_str(), queue_.c_str()) != 0) return fail(origin_error("move to", queue_, errno));
  return {};
}

Result<> OriginStore::replace_queue() {
  const OriginSchedule schedule = origin_schedule(variant_);
  Duration wait = schedule.first_wait;
  Duration slept{0};
  Result<> last;
  for (int attempt = 0; attempt < schedule.attempts; ++attempt) {
    if (attempt > 0) {
      ++counters_.retries;
      const bool slept_through = sleep_(wait);
      if (!slept_through) return fail(Code::cancelled, "stopped while waiting to save " + queue_.string());
      slept += wait;
      counters_.waited += wait;
      wait = std::min(wait * 2, schedule.longest_wait);
    }
    ++counters_.attempts;
    last = replace_once();
    if (last) {
      if (attempt > 0) ++counters_.successes_after_retry;
      return {};
    }
    if (last.error().code != Code::denied) return last;
    ++counters_.refusals_by_code[last.error().os_code];
  }
  if (variant_ == OriginVariant::before) return last;
  ++counters_.exhausted;
  const double slept_s = std::chrono::duration<double>(slept).count();
  return fail(
      Code::exhausted,
      fmt::format("{}; {} attempts, {:.2f} s of waiting", last.error().message, schedule.attempts, slept_s),
      last.error().os_code);
}

Result<> OriginStore::broadcast(const Entry& message, const std::vector<std::string>& recipients) {
  std::vector<Entry> entries = load_entries();
  for (const std::string& recipient : recipients) {
    entries.push_back(message);
    entries.back().recipient = recipient;
  }
  return save_entries(entries);
}

std::vector<Entry> OriginStore::receive(const std::string& recipient) {
  std::vector<Entry> entries = load_entries();
  std::erase_if(entries, [&](const Entry& entry) { return entry.recipient != recipient; });
  return entries;
}

}  // namespace holdfast
