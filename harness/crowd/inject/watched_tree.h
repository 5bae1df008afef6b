// Watches a store and all directories in it (inotify), including new ones.
//
// Files that appeared in a new directory before it was watched are also reported, once. Links are not followed; a
// store that is deeper or has more directories than can be watched gives one warning.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

struct FileNotice {
  std::string path;        // absolute
  std::uint32_t mask = 0;  // what happened, one of the requested events
};

class WatchedTree {
 public:
  // `mask`: which of IN_CLOSE_WRITE, IN_MOVED_TO and IN_OPEN to report. An error if the store itself cannot be
  // watched.
  enum class Reach : std::uint8_t {
    all,    // every directory
    asked,  // those of watch_around() alone
  };
  static Result<WatchedTree> start(const std::filesystem::path& store, std::uint32_t mask,
                                   Reach reach = Reach::all);

  // The directory of a path in the store, and the path itself if that is a directory.
  void watch_around(const std::string& path);

  // Readable when something happened.
  [[nodiscard]] int descriptor() const { return watch_.get(); }
  [[nodiscard]] std::size_t directories() const { return directories_.size(); }

  // What happened to files since the last call, in order. An error if the kernel dropped events.
  Result<std::vector<FileNotice>> read();

  // Says what is not watched, if that came up since the last call.
  std::optional<std::string> take_warning();

 private:
  struct State {
    ino_t number = 0;
    off_t size = 0;
    std::int64_t changed_ns = 0;
    nlink_t names = 0;
    bool operator==(const State&) const = default;
  };

  WatchedTree(std::filesystem::path store, std::uint32_t mask, Reach reach, Descriptor watch)
      : store_(std::move(store)), mask_(mask), reach_(reach), watch_(std::move(watch)) {}
  void list(const std::string& directory, bool tell, std::deque<std::string>& below);
  // 0, or the errno of the first.
  int walk(const std::string& directory, bool tell, std::map<int, std::string>* seen);
  void directory_event(std::uint32_t mask, const std::string& path);
  void look_again();
  void file_event(std::uint32_t mask, const std::string& path);
  void name_event(const std::string& path);
  void found(const std::string& path, const State& state);
  void warn(std::string what);
  [[nodiscard]] std::optional<State> state_of(const std::string& path) const;

  std::filesystem::path store_;
  std::uint32_t mask_;
  Reach reach_;
  Descriptor watch_;
  std::map<int, std::string> directories_;  // by watch: the path in the store, "" of the store itself
  bool moved_ = false;                      // a directory was moved, so names must be checked again
  std::map<std::string, State> found_;      // reported without an event, which may still come
  std::vector<FileNotice> notices_;
  std::optional<std::string> warning_;
  bool warned_ = false;
};

}  // namespace holdfast
