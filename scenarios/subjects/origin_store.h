// The queue of the origin, the application that this project began with, rewritten with its mistakes: a subject that
// Holdfast must fail, saying why.
//
// One queue.json, read, changed and written back without a lock. A save writes queue.json.tmp, which all processes
// share, removes queue.json, then renames the temp file to it:
//   before    one attempt; a refusal is a failure, and the temp file stays behind
//   after     5 attempts, with 4 waits between them (0.1 0.2 0.4 0.8 s: 1.5 s, where 3.1 s were claimed);
//             every error but a refusal fails at once; the temp file is removed on every path, no matter
//             which process wrote it
//   enhanced  8 attempts with 7 waits from 0.15 s, doubling up to 2 s; and entries are dug out of a
//             queue.json that does not parse
// If it cannot read the queue for any reason, it treats it as empty, and the next save writes that. Copy this file to
// make a subject of your own.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry.h"
#include "core/store/entry.h"

namespace holdfast {

enum class OriginVariant { before, after, enhanced };

// The two calls that a holder can make fail: 0, or -1 and errno. Tests pass ones that refuse.
struct OriginCalls {
  std::function<int(const char* path)> remove;
  std::function<int(const char* from, const char* to)> rename;
};
OriginCalls real_origin_calls();

class OriginStore {
 public:
  OriginStore(const std::filesystem::path& directory, OriginVariant variant, Sleep sleep = real_sleep(),
              OriginCalls calls = real_origin_calls());

  // Never an error: a missing, denied or damaged queue gives what could be read, mostly nothing. last_load_problem()
  // says why.
  std::vector<Entry> load_entries();

  // Code::denied (before) or Code::exhausted (after, enhanced) if somebody held the file; Code::cancelled if a sleep
  // was cut short; anything else Code::failed or, for entries that are not UTF-8, Code::invalid. The origin reported
  // all of them as failed, although the temp file that another process moves into place may be this one's.
  Result<> save_entries(const std::vector<Entry>& entries);

  // Load, append one entry for each recipient, save.
  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients);
  std::vector<Entry> receive(const std::string& recipient);

  // The problem of the last load: Code::corrupt (bytes that do not parse), Code::denied, Code::failed; none if it
  // succeeded or there was no file.
  [[nodiscard]] const std::optional<Error>& last_load_problem() const { return last_load_problem_; }

  // Counts saves.
  [[nodiscard]] const RetryCounters& counters() const { return counters_; }

 private:
  Result<> write_temp(const std::string& text) const;
  Result<> replace_queue();
  Result<> replace_once() const;

  std::filesystem::path queue_;
  std::filesystem::path temp_;
  OriginVariant variant_;
  Sleep sleep_;
  OriginCalls calls_;
  RetryCounters counters_;
  std::optional<Error> last_load_problem_;
};

}  // namespace holdfast
