// With which modes a file was handed over, by handles that may still be open: what another open could be refused for.
//
// In bounded memory: modes of too many files are kept as those that any file may have.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "harness/sharing/sharing.h"

namespace holdfast {

class HandedModes {
 public:
  explicit HandedModes(std::size_t most_files = 10'000) : most_files_(most_files) {}

  // `writes`: the descriptor may write, whatever mode it stands for.
  void add(const struct stat& file, const Handle& mode, bool writes);

  void all_closed(const struct stat& file) { files_.erase(id_of(file)); }
  void writers_closed(const struct stat& file);

  // Whether one was handed over since the file was last closed, as far as that is remembered.
  [[nodiscard]] bool knows(const struct stat& file) const { return files_.contains(id_of(file)); }
  // Whether one of the handles could refuse this open.
  [[nodiscard]] bool may_refuse(const struct stat& file, const Handle& opener) const;

 private:
  using Id = std::pair<dev_t, ino_t>;
  using Modes = std::uint64_t;  // a bit for each of the 64
  struct Handed {
    Modes by_readers = 0, by_writers = 0;
  };
  static Id id_of(const struct stat& file) { return {file.st_dev, file.st_ino}; }

  std::size_t most_files_;
  std::map<Id, Handed> files_;
  Modes of_any_file_ = 0;
};

}  // namespace holdfast
