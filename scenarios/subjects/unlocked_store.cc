#include "scenarios/subjects/unlocked_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/base/random.h"
#include "core/os/file.h"
#include "core/store/atomic_replace.h"
#include "core/store/snapshot_json.h"

namespace holdfast {
namespace {

// A handle on the file until it is closed; none if there is no file.
class ReadHandle {
 public:
  explicit ReadHandle(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ReadHandle(const ReadHandle&) = delete;
  ReadHandle& operator=(const ReadHandle&) = delete;
  ~ReadHandle() { close(); }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

Result<Snapshot> read_queue(const std::filesystem::path& path) {
  auto content = read_file(path);
  if (!content && content.error().code == Code::not_found) return Snapshot{};
  if (!content) return fail(std::move(content.error()));
  auto snapshot = parse_snapshot(content->bytes);
  if (!snapshot) return fail(snapshot.error().within(path.string()));
  return snapshot;
}

}  // namespace

UnlockedStore::UnlockedStore(const std::filesystem::path& directory, UnlockedOptions options)
    : queue_(directory / "queue.json"), options_(std::move(options)) {
  auto made = File::create_new(queue_, std::nullopt);
  if (!made) return;  // there already; or the first save says what is the matter
  static_cast<void>(made->write_all("{\"entries\":[]}\n"));
}

Result<> UnlockedStore::save_once(const Entry& message, const std::vector<std::string>& recipients) {
  ReadHandle handle(queue_);
  auto snapshot = read_queue(queue_);
  if (!snapshot) return fail(std::move(snapshot.error()));
  const Duration read_for = options_.read_for ? options_.read_for(counters_.attempts - 1) : Duration(0);
  if (handle.is_open() && read_for > Duration(0) && !options_.sleep(read_for))
    return fail(Code::cancelled, "stopped while reading " + queue_.string());
  for (const std::string& recipient : recipients) {
    snapshot->entries.push_back(message);
    snapshot->entries.back().recipient = recipient;
  }
  const auto text = serialise_snapshot(snapshot->form, snapshot->entries);
  if (!text) return fail(text.error());
  Replacement replacement(queue_, options_.durability);
  if (auto written = replacement.write(*text, std::nullopt); !written) return written;
  handle.close();               // its own would be in the way, too
  return replacement.commit();  // the temporary file of a refused one goes with `replacement`
}

Result<> UnlockedStore::broadcast(const Entry& message, const std::vector<std::string>& recipients) {
  RetryHooks hooks;
  hooks.sleep = options_.sleep;
  return retry(options_.retry, derive_seed(options_.seed, operations_++), hooks, counters_,
               [&] { return save_once(message, recipients); });
}

Result<std::vector<Entry>> UnlockedStore::receive(const std::string& recipient) const {
  auto snapshot = read_queue(queue_);
  if (!snapshot) return fail(std::move(snapshot.error()));
  std::erase_if(snapshot->entries, [&](const Entry& entry) { return entry.recipient != recipient; });
  return std::move(snapshot->entries);
}

}  // namespace holdfast
