// The moment that shows a failure: operations and holders of files on a common time axis. A plain value.
//
// Times are microseconds after the barrier.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/check/check.h"

namespace holdfast {

struct MomentMark {
  std::int64_t at_us = 0;
  std::string text;  // "moved into place", "WinError 5"
  bool bad = false;  // refused, or without its file

  bool operator==(const MomentMark&) const = default;
};

struct MomentLane {
  std::string who;        // "agent 3: broadcast 3-1", "antivirus holds queue.json"
  std::string operation;  // "3-1" for a broadcast; empty: no link
  bool holds = false;     // a holder rather than an operation
  std::int64_t from_us = 0;
  std::optional<std::int64_t> until_us{};  // none: no end is on record
  std::string end;                         // "acknowledged"
  std::string below;                       // what it read and wrote
  std::vector<MomentMark> marks{};

  bool operator==(const MomentLane&) const = default;
};

// A lane for the operation with its calls on files, and one for each injector that refused one of them. `below`: what
// it read and wrote.
void add_lanes(const Evidence& evidence, const Operation& operation, const std::string& below,
               std::vector<MomentLane>& lanes);

// For a failure whose cause is not known: the first operation that its witness names.
std::vector<MomentLane> moment_of_witness(const Evidence& evidence, const Finding& finding);

// The messages that a sentence names: "3-1".
std::vector<MessageId> messages_named(std::string_view sentence);

}  // namespace holdfast
