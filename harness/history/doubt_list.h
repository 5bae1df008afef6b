// What is wrong with one event file, reported once per sort: a thoroughly damaged file must not fill the history with
// a million sentences.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/history/doubt.h"

namespace holdfast {

class DoubtList {
 public:
  explicit DoubtList(std::string file_name) : file_name_(std::move(file_name)) {}

  // Advances to the next event, which later sentences name; the first after the header is event 1.
  void next_event() { ++event_; }

  // `sort` groups doubts: the first of a sort is kept as text, the rest are counted.
  void add(const char* sort, std::string what);

  [[nodiscard]] bool empty() const { return entries_.empty(); }

  // Appends "file: event 17: what (and 3 more like it)", in the order of the first of each sort.
  void append_to(std::vector<Doubt>& doubts) const;

 private:
  struct Entry {
    const char* sort;
    std::string text;
    std::uint64_t more = 0;
  };

  std::string file_name_;
  std::uint64_t event_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace holdfast
