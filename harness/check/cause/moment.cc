#include "harness/check/cause/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/name_changes.h"

namespace holdfast {
namespace {

constexpr std::size_t most_marks = 12;  // more than that are not told apart
constexpr std::size_t most_lanes_of_one = 4;

std::int64_t us_of(const History& history, std::int64_t time_ns) {
  return (time_ns - history.started_ns) / 1000;
}

std::string mark_text(const Call& call) {
  const std::string name = file_name_of(call.path);
  if (is_refused(call)) return fmt::format("WinError {}", call.windows_code);
  if (call.os_error == ENOENT) return fmt::format("found no {}", name);
  if (call.os_error != 0) return fmt::format("errno {}", call.os_error);
  switch (call.function) {
    case Function::open:
      return fmt::format("opened {}", name);
    case Function::unlink:
      return fmt::format("removed {}", name);
    case Function::rename:
    case Function::link:
      return fmt::format("put {} in place", file_name_of(call.destination));
    default:
      return std::string(name);
  }
}

void add_holders(const Evidence& evidence, const Call& call, std::vector<MomentLane>& lanes) {
  for (const Holder& holder : call.holders) {
    const auto& injectors = evidence.plan.scenario.injectors;
    if (holder.kind != HolderKind::injector || holder.index >= injectors.size()) continue;
    for (const InjectorRecord& record : evidence.history.injectors) {
      if (record.index != holder.index) continue;
      for (const Fault& fault : record.faults) {
        const bool then = fault.fired_ns != 0 && fault.fired_ns <= call.received_ns &&
                          (fault.released_ns == 0 || fault.released_ns >= call.received_ns) &&
                          file_name_of(fault.path) == file_name_of(holder.path);
        if (!then) continue;
        MomentLane lane;
        lane.who = fmt::format("{} holds {}", injectors[holder.index].name, file_name_of(fault.path));
        lane.holds = true;
        lane.from_us = us_of(evidence.history, fault.fired_ns);
        if (fault.released_ns != 0) lane.until_us = us_of(evidence.history, fault.released_ns);
        if (std::find(lanes.begin(), lanes.end(), lane) == lanes.end()) lanes.push_back(std::move(lane));
      }
    }
  }
}

const char* end_word(const Operation& operation) {
  if (operation.complete_ns == 0) return "never answered";
  switch (operation.outcome) {
    case Outcome::ok:
      return operation.function == Function::read ? "read" : "acknowledged";
    case Outcome::fail:
      return "reported as failed";
    case Outcome::info:
      break;
  }
  return "may or may not be done";
}

}  // namespace

void add_lanes(const Evidence& evidence, const Operation& operation, const std::string& below,
               std::vector<MomentLane>& lanes) {
  const History& history = evidence.history;
  MomentLane lane;
  if (operation.function == Function::broadcast) {
    lane.operation = to_string(MessageId{operation.agent, operation.number});
    lane.who = fmt::format("agent {}: broadcast {}", operation.agent, lane.operation);
  } else {
    lane.who = fmt::format("agent {}: read", operation.agent);
  }
  lane.from_us = us_of(history, operation.invoke_ns);
  if (operation.complete_ns != 0) lane.until_us = us_of(history, operation.complete_ns);
  lane.end = end_word(operation);
  lane.below = below;
  std::vector<MomentLane> holders;
  for (const Call& call : calls_of(history, operation)) {
    const bool bad = is_refused(call) || call.os_error != 0;
    constexpr std::int64_t noticeable_ns = 100'000;
    if (puts_a_name(call) && is_done(call) && call.answered_ns - call.received_ns > noticeable_ns &&
        lane.marks.size() < most_marks)
      lane.marks.push_back({us_of(history, call.received_ns),
                            fmt::format("ready to replace {}", file_name_of(call.destination)), false});
    if (lane.marks.size() < most_marks)
      lane.marks.push_back({us_of(history, call.answered_ns), mark_text(call), bad});
    if (is_refused(call) && holders.size() < most_lanes_of_one) add_holders(evidence, call, holders);
  }
  for (MomentLane& holder : holders) {
    if (std::find(lanes.begin(), lanes.end(), holder) == lanes.end()) lanes.push_back(std::move(holder));
  }
  lanes.push_back(std::move(lane));
}

std::vector<MessageId> messages_named(std::string_view sentence) {
  constexpr std::size_t most = 16;
  std::vector<MessageId> found;
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  const auto part_of_word = [&](std::size_t at) {
    if (at >= sentence.size()) return false;
    const char c = sentence[at];
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '/' ||
           (c == '.' && at + 1 < sentence.size() &&
            std::isalnum(static_cast<unsigned char>(sentence[at + 1])) != 0);
  };
  for (std::size_t at = 0; at < sentence.size() && found.size() < most;) {
    if (!digit(sentence[at]) || (at > 0 && (part_of_word(at - 1) || sentence[at - 1] == '.'))) {
      ++at;
      continue;
    }
    MessageId id;
    const char* const end = sentence.data() + sentence.size();
    const auto sender = std::from_chars(sentence.data() + at, end, id.sender);
    auto stop = sender.ptr;
    bool whole = sender.ec == std::errc() && stop + 1 < end && *stop == '-' && digit(stop[1]);
    if (whole) {
      const auto number = std::from_chars(stop + 1, end, id.number);
      stop = number.ptr;
      whole = number.ec == std::errc() && !part_of_word(static_cast<std::size_t>(stop - sentence.data()));
    }
    if (whole && std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
    at = std::max(at + 1, static_cast<std::size_t>(stop - sentence.data()));
  }
  return found;
}

std::vector<MomentLane> moment_of_witness(const Evidence& evidence, const Finding& finding) {
  std::vector<MomentLane> lanes;
  for (const MessageId id : messages_named(finding.witness.value_or(""))) {
    const std::uint32_t ordinal = evidence.delivery.sent().find(id);
    if (ordinal == not_there) continue;
    add_lanes(evidence, evidence.delivery.sent().operation(ordinal), "", lanes);
    if (lanes.size() >= 3) break;
  }
  return lanes;
}

}  // namespace holdfast
