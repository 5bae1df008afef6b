// What is wrong with one event file, said once for each sort: a file that is wrong throughout must not fill
// the history with a million sentences.
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

  // The event now being merged, for the sentences that follow; the first after the header is event 1.
  void next_event() { ++event_; }

  // `sort` tells doubts of one sort from others: the first is kept in words, the rest are counted.
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
