// Why a run failed: a cause is named where the record shows its pattern, each with its evidence, and otherwise not at all.
//
// A cause is its row in causes.def and a function from a Scene to a Trace, in one of the files beside this. The first row
// whose checks include the gravest that failed, and whose pattern is on record, is the cause.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/cause/moment.h"
#include "harness/check/check.h"

namespace holdfast {

struct Cause {
  std::string name;      // "saved-over-each-other"
  std::string check;     // the failed check that it explains: "lost"
  std::string sentence;  // "two agents read the same version …", a main clause without a full stop
  std::string evidence;  // where the record shows it
  std::string advice;    // what to do
  std::vector<MomentLane> moment;  // the operations that show it
};

// None if nothing failed, or no pattern is on record.
std::optional<Cause> cause_of(const Evidence& evidence, const std::vector<Finding>& findings);

struct CauseRow {
  std::string_view name;
  std::string_view checks;  // separated by spaces
  std::string_view sentence, advice;
};
const std::vector<CauseRow>& cause_rows();

}  // namespace holdfast
