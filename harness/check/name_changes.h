// Which calls put which names in place, and which removed them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

inline bool puts_a_name(const Call& call) {
  return call.function == Function::rename || call.function == Function::link;
}

inline bool takes_a_name(const Call& call) {
  return call.function == Function::rename || call.function == Function::unlink;
}

inline bool is_done(const Call& call) {
  return call.os_error == 0;
}

// A successful call that changed what a name refers to.
struct NameChange {
  const Call* call = nullptr;
  const Operation* operation = nullptr;  // null: outside any operation
  bool puts = false;                     // false: removed the name
};

// For one history, in the order that attribute_calls() gives it; caches what it finds for a name.
class NameChanges {
 public:
  explicit NameChanges(const History& history) : history_(history) {}

  // In the order of completion.
  const std::vector<NameChange>& changes_of(const std::string& path);
  [[nodiscard]] const Operation* operation_of(const Call& call) const;
  // The rename or link that put a broadcast in its place, done or not; or none.
  [[nodiscard]] const Call* main_put(const Operation& broadcast);

 private:
  const History& history_;
  std::map<std::string, std::vector<NameChange>> changes_;
  std::map<std::string, std::uint64_t> times_put_;  // by destination; computed once
};

}  // namespace holdfast
