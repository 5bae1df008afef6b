// Which files a scanner that acts on opens has scanned since they changed.
//
// Real scanners remember this, too; otherwise the notification of the scanner's own open would make it scan the same
// file for ever.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace holdfast {

class ScannedFiles {
 public:
  // Whether there is anything new to scan: no for a file that is gone, empty or not regular.
  [[nodiscard]] bool changed(const std::string& path) const;
  void remember(int file);

 private:
  // Size, and when it was last written and last given a name, each in ns.
  using State = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
  std::map<std::pair<dev_t, ino_t>, State> seen_;
};

}  // namespace holdfast
