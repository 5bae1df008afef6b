// The conductor's events become processes, marks and leftovers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "harness/history/doubt_list.h"
#include "harness/history/history.h"

namespace holdfast {

class ConductorMerge {
 public:
  ConductorMerge(History& history, DoubtList& doubts) : history_(history), doubts_(doubts) {}

  void add(Event&& event);
  void finish();

 private:
  void spawned(const Event& event);
  void exited(const Event& event);
  void mark(const Event& event);
  void idle(Event&& event);
  void lock(Event&& event);
  void leftover(Event&& event);
  struct Span {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
  };
  std::optional<Span> span_of(const Event& event, std::int64_t last_end_ns, const char* doubt,
                              const char* what);
  void standstill(const Event& event);
  void processors(const Event& event);
  void disk(const Event& event);

  History& history_;
  DoubtList& doubts_;
  bool disk_follows_ = false;                                     // the last was about processors
  std::map<std::pair<Role, std::uint32_t>, std::size_t> latest_;  // its latest record in History::processes
};

}  // namespace holdfast
