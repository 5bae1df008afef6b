// One injector's events become its faults, by their running number.
#pragma once

#include <cstdint>

#include "harness/history/doubt_list.h"
#include "harness/history/history.h"

namespace holdfast {

class InjectorMerge {
 public:
  InjectorMerge(InjectorRecord& record, DoubtList& doubts) : record_(record), doubts_(doubts) {}

  void add(Event&& event);

 private:
  void planned(const Event& event);
  Fault* find(std::uint64_t number, const char* what);

  InjectorRecord& record_;
  DoubtList& doubts_;
};

}  // namespace holdfast
