// What became of an operation's renames, links and removals, and which later call by another agent replaced or
// removed what they had put in place: what witnesses say about a message that is lost, came back, vanished or appears
// twice.
//
// Says only what the record proves. Stores that replace a whole file write what they read before. So among the
// replaces after a message's own, the first whose message is still there at the end cannot have read that message: it
// read something older, or nothing, no matter when the messages in between were lost. Where opens are decided, the
// record has what each operation opened and when; only then do witnesses say that two operations overlapped.
// Operations that merely ran at the same time are not named.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/check/check.h"
#include "harness/check/name_changes.h"

namespace holdfast {

// The text, beginning with "; ", or empty if the record shows nothing. Times are marks (moment() in prose.h).
struct Fate {
  std::string story;
  const Kill* kill = nullptr;  // that came between a removal and the call that should have followed
  // How much of the cause it explains, to choose among several.
  enum class Tells {
    what_followed,
    overlap,
    overlap_and_removal,
    retry_of_a_missing_file
  } tells = Tells::what_followed;
};

// For one history; caches what it finds for a name.
class Fates {
 public:
  explicit Fates(const Evidence& evidence);

  // An acknowledged broadcast that is missing in the end.
  Fate of_lost(const Operation& broadcast);
  // A broadcast that is there in the end, but missing from a read requested at `from_ns` and answered at `until_ns`.
  Fate of_missing(const Operation& broadcast, std::int64_t from_ns, std::int64_t until_ns);
  // A broadcast that is there although it was reported as failed.
  Fate of_resurrected(const Operation& broadcast);
  // A broadcast that is there more than once.
  Fate of_duplicate(const Operation& broadcast);
  // Who left a file: ": agent 0 was killed at … right before writing it, and nobody removed it"; "" if unknown.
  std::string of_leftover(const std::string& name);
  // The kill that left it: the last one before a call on the file other than an open, if no later call touched the
  // file. `last` is the last call on it, null if there was none.
  [[nodiscard]] const Kill* kill_that_left(const std::string& name, const Call* last) const;

 private:
  [[nodiscard]] const Call* last_opened(const Operation& operation, const std::string& path,
                                        std::int64_t before_ns) const;
  [[nodiscard]] bool stays(const NameChange& change) const;
  [[nodiscard]] bool others_put();
  [[nodiscard]] bool is_read_in_the_end(const Operation* operation) const;
  [[nodiscard]] std::string moved_instead(const Call& refused) const;
  [[nodiscard]] const Call* last_call_on(const std::string& name) const;
  [[nodiscard]] std::string why_not_put(const Operation& broadcast, const Call& put);
  [[nodiscard]] std::string in_place(std::int64_t from_ns, std::int64_t until_ns) const;
  [[nodiscard]] std::string seen_before(const Operation& broadcast, std::int64_t before_ns) const;
  [[nodiscard]] std::string put_later(const Operation& broadcast) const;
  Fate replaced(const Operation& broadcast, const Call& put);
  [[nodiscard]] std::string missing_at_first(const Operation& broadcast, const Call& put) const;
  Fate removal_before(const std::vector<NameChange>& changes, std::size_t next, std::int64_t since_ns) const;
  std::string reading_of(const NameChange& change, std::int64_t put_ns, const std::string& path);
  [[nodiscard]] std::string shared_source(const Call& put) const;

  const Evidence& evidence_;
  const History& history_;
  NameChanges names_;
};

}  // namespace holdfast
