// What the functions that look for a cause look at, and what they answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/check.h"
#include "harness/check/name_changes.h"

namespace holdfast {

// Where the record shows a cause. Times in the evidence are marks (moment() in prose.h).
struct Trace {
  std::string evidence;
  struct Shown {
    const Operation* operation = nullptr;
    std::string below = {};  // what it read and wrote
  };
  std::vector<Shown> operations = {};
  std::string detail = {};  // ends the sentence: ": AttributeError: …"
};

class Scene {
 public:
  Scene(const Evidence& the_evidence, const std::vector<Finding>& the_findings);

  const Evidence& evidence;
  const History& history;
  NameChanges names;

  [[nodiscard]] const Finding* failed(std::string_view check) const;
  // Whether some final read has the broadcast.
  [[nodiscard]] bool is_read_in_the_end(const Operation* operation) const;
  [[nodiscard]] bool stays(const NameChange& change) const { return is_read_in_the_end(change.operation); }
  // Acknowledged broadcasts that no final read has; the first thousand.
  [[nodiscard]] const std::vector<const Operation*>& lost() const { return lost_; }
  // The path onto which most broadcasts put their file; empty if none was put anywhere.
  [[nodiscard]] const std::string& queue() const { return queue_; }

 private:
  const std::vector<Finding>& findings_;
  std::vector<const Operation*> lost_;
  std::string queue_;
};

std::string message_name(const Operation& broadcast);  // "3-1"

#define HOLDFAST_CAUSE_ROW(function, name, checks, sentence, advice) \
  std::optional<Trace> trace_##function(Scene& scene);
#include "harness/check/cause/causes.def"
#undef HOLDFAST_CAUSE_ROW

}  // namespace holdfast
