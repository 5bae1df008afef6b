#include "harness/check/stale_saver.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/check/attempts.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

bool is_save(const NameChange& change) {
  return change.puts && change.operation != nullptr && change.operation->function == Function::broadcast;
}

// A save that cannot have read what stood there all the time since it was asked for; by its place.
std::optional<std::size_t> save_that_did_not_read(const History& history,
                                                  const std::vector<NameChange>& changes, std::size_t first,
                                                  std::size_t last, std::uint32_t agent) {
  for (std::size_t i = first + 1; i <= last; ++i) {
    const NameChange& save = changes[i];
    const NameChange& before = changes[i - 1];
    if (!is_save(save) || save.operation->agent != agent) continue;
    if (!is_save(before) || before.operation->agent == agent) continue;
    if (before.call->answered_ns >= save.operation->invoke_ns) continue;
    const auto calls = calls_of(history, *save.operation);
    if (std::none_of(calls.begin(), calls.end(), is_refused)) return i;
  }
  return std::nullopt;
}

std::string message_of(const NameChange& change) {
  return to_string(MessageId{change.operation->agent, change.operation->number});
}

}  // namespace

std::string never_read_again(const History& history, const std::vector<NameChange>& changes,
                             std::uint32_t agent, const std::function<bool(const NameChange&)>& stays) {
  constexpr std::size_t few = 3;
  const auto is_own = [&](const NameChange& change) {
    return is_save(change) && change.operation->agent == agent;
  };
  const auto begin = std::find_if(changes.begin(), changes.end(), is_own);
  const auto end = std::find_if(changes.rbegin(), changes.rend(), is_own).base();  // behind its last
  if (begin >= end) return "";
  std::size_t own = 0, of_others = 0;
  for (auto change = begin; change != end; ++change) {
    if (!change->puts) return "";
    if (!is_save(*change)) continue;
    if (stays(*change) != is_own(*change)) return "";
    ++(is_own(*change) ? own : of_others);
  }
  const auto place = [&](auto at) { return static_cast<std::size_t>(at - changes.begin()); };
  const auto save = save_that_did_not_read(history, changes, place(begin), place(end) - 1, agent);
  if (own < few || of_others < few) return "";
  std::string text = fmt::format(
      "; of the {} that others put there between agent {}'s first rename, at {}, and its last, at {}, none "
      "is read at the end: each of its {} saves lacks what others had put there since the first",
      counted(of_others, "broadcast"), agent, moment(begin->call->answered_ns),
      moment(std::prev(end)->call->answered_ns), own);
  if (!save) return text;
  const NameChange& lacks = changes[*save];
  const NameChange& stood = changes[*save - 1];
  return text + fmt::format(", even {}, asked for at {}, when {} had stood there since {}", message_of(lacks),
                            moment(lacks.operation->invoke_ns), message_of(stood),
                            moment(stood.call->answered_ns));
}

}  // namespace holdfast
