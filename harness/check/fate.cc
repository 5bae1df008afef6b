#include "harness/check/fate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/cut_short.h"
#include "harness/check/delivery.h"
#include "harness/check/overlapping_saves.h"
#include "harness/check/prose.h"
#include "harness/check/stale_saver.h"
#include "harness/check/torn_evidence.h"

namespace holdfast {
namespace {

// "0-3's": "its" would be the recipient's, of whom the sentence has just spoken.
std::string whose(const Operation& broadcast) {
  return to_string(MessageId{broadcast.agent, broadcast.number}) + "'s";
}

}  // namespace

Fates::Fates(const Evidence& evidence)
    : evidence_(evidence), history_(evidence.history), names_(evidence.history) {}

const Call* Fates::last_opened(const Operation& operation, const std::string& path,
                               std::int64_t before_ns) const {
  const Call* found = nullptr;
  for (const Call& call : calls_of(history_, operation)) {
    if (call.function == Function::open && call.path == path && call.answered_ns <= before_ns) found = &call;
  }
  return found;
}

bool Fates::stays(const NameChange& change) const {
  return is_read_in_the_end(change.operation);
}

bool Fates::is_read_in_the_end(const Operation* operation) const {
  if (operation == nullptr || operation->function != Function::broadcast) return false;
  const std::uint32_t ordinal = evidence_.delivery.sent().find({operation->agent, operation->number});
  return ordinal != not_there && evidence_.delivery.was_read(ordinal);
}

bool Fates::others_put() {
  return std::any_of(history_.operations.begin(), history_.operations.end(), [&](const Operation& other) {
    return other.function == Function::broadcast && other.outcome == Outcome::ok &&
           names_.main_put(other) != nullptr;
  });
}

// Its rename that was not done: refused, or without its source.
std::string Fates::why_not_put(const Operation& broadcast, const Call& put) {
  if (is_refused(put)) {
    return fmt::format("; {} {} {} and was not repeated", whose(broadcast), named_call(put),
                       refused_words(evidence_.plan, put));
  }
  if (put.os_error != ENOENT)
    return fmt::format("; {} {} failed at {} ({})", whose(broadcast), named_call(put),
                       moment(put.answered_ns), errno_words(put.os_error));
  const NameChange* taken = nullptr;
  for (const NameChange& change : names_.changes_of(put.path)) {
    if (change.call->answered_ns > put.answered_ns) break;
    if (change.operation != &broadcast && change.call->answered_ns >= broadcast.invoke_ns)
      taken = change.puts ? nullptr : &change;
  }
  std::string text = fmt::format("; {} {} found no {} at {}", whose(broadcast), named_call(put),
                                 file_name_of(put.path), moment(put.answered_ns));
  if (taken != nullptr) {
    const bool moved = taken->call->function == Function::rename;
    text += fmt::format(": {} had {} at {}", actor_of(taken->operation, *taken->call),
                        moved ? "renamed it onto " + file_name_of(taken->call->destination) : "removed it",
                        moment(taken->call->answered_ns));
  }
  return text;
}

// A broadcast that was acknowledged before it had put anything in place, where others do so.
std::string Fates::put_later(const Operation& broadcast) const {
  std::string text = fmt::format("; agent {} had renamed and linked nothing for it by then", broadcast.agent);
  for (auto next = &broadcast + 1; next != history_.operations.data() + history_.operations.size(); ++next) {
    if (next->agent != broadcast.agent) break;
    for (const Call& call : calls_of(history_, *next)) {
      if (!puts_a_name(call) || !is_done(call)) continue;
      return text + fmt::format(", and agent {}'s next rename, onto {}, came at {}", broadcast.agent,
                                file_name_of(call.destination), moment(call.answered_ns));
    }
  }
  return text + fmt::format(", and agent {} made no rename after that", broadcast.agent);
}

// Another that had written the file which this broadcast moved, and then found it gone: first one whose message is read
// in the end, since then that is what was moved, or what it put there later.
std::string Fates::shared_source(const Call& put) const {
  const Call* missed_by = nullptr;
  const Operation* by = nullptr;
  for (const Call& call : history_.calls) {
    const bool missed = puts_a_name(call) && call.path == put.path && call.os_error == ENOENT &&
                        call.answered_ns >= put.answered_ns && call.agent != put.agent;
    if (!missed) continue;
    const Operation* other = names_.operation_of(call);
    if (other == nullptr || other->invoke_ns > put.answered_ns || other->function != Function::broadcast)
      continue;
    const bool better = by == nullptr || (!is_read_in_the_end(by) && is_read_in_the_end(other));
    if (!better) continue;
    missed_by = &call;
    by = other;
  }
  if (by == nullptr) return "";
  const auto calls = calls_of(history_, *by);
  const auto misses = std::count_if(calls.begin(), calls.end(), [&](const Call& call) {
    return puts_a_name(call) && call.path == put.path && call.os_error == ENOENT;
  });
  return fmt::format(
      "; {}, under way then, tried to move the same {} and found it gone at {}{}", actor_of(by, *missed_by),
      file_name_of(put.path), moment(missed_by->answered_ns),
      misses > 1 ? fmt::format(", as did {}",
                               misses == 2 ? "1 retry"
                                           : with_commas(static_cast<std::uint64_t>(misses - 1)) + " retries")
                 : "");
}

// The name was gone when `next` put it there again: who had taken it away, and what kept the remover from more.
Fate Fates::removal_before(const std::vector<NameChange>& changes, std::size_t next,
                           std::int64_t since_ns) const {
  Fate fate;
  const Operation* by = next < changes.size() ? changes[next].operation : nullptr;
  for (std::size_t i = std::min(next, changes.size()); i-- > 0;) {
    const NameChange& before = changes[i];
    if (before.call->answered_ns <= since_ns) break;
    if (by != nullptr && before.operation == by) continue;  // it removes the name itself, and puts it there
    // Something older is still there: the save that put it back had read it before.
    const auto removed = changes.begin() + static_cast<std::ptrdiff_t>(i);
    if (before.puts ||
        std::any_of(changes.begin(), removed, [&](const NameChange& one) { return stays(one); }))
      break;
    const Kill* kill = before.operation != nullptr ? kill_of(history_, *before.operation) : nullptr;
    const bool failed = before.operation != nullptr && before.operation->outcome == Outcome::fail;
    fate.kill = kill;
    const bool moved = before.call->function == Function::rename;
    fate.story = fmt::format(
        "; {} {} at {}{}", actor_of(before.operation, *before.call),
        moved ? fmt::format("moved {} to {}", file_name_of(before.call->path),
                            file_name_of(before.call->destination))
              : "removed " + file_name_of(before.call->path),
        moment(before.call->answered_ns),
        kill != nullptr
            ? fmt::format(", and was killed at {} before it put another there", moment(kill->time_ns))
        : failed ? std::string(", and then failed to put another there")
                 : std::string());
    return fate;
  }
  return fate;
}

// What the record shows of how the operation that replaced the name came to know nothing of it.
std::string Fates::reading_of(const NameChange& change, std::int64_t put_ns, const std::string& path) {
  if (change.operation == nullptr) return "";
  const Call* opened = last_opened(*change.operation, path, change.call->received_ns);
  if (opened != nullptr && is_refused(*opened)) {
    return fmt::format("; its open of {} {} and was not repeated", file_name_of(path),
                       refused_words(evidence_.plan, *opened));
  }
  if (opened != nullptr && opened->os_error == ENOENT)
    return fmt::format("; it had found no {} at {}", file_name_of(path), moment(opened->answered_ns));
  if (opened != nullptr && opened->answered_ns <= put_ns)
    return fmt::format("; it had opened {} at {}, before that: the two overlapped", file_name_of(path),
                       moment(opened->answered_ns));
  return "";
}

// A rename that was tried again though what it was to move was gone: when it is done, it moves what another wrote.
std::string Fates::missing_at_first(const Operation& broadcast, const Call& put) const {
  for (const Call& call : calls_of(history_, broadcast)) {
    if (&call == &put) break;
    if (puts_a_name(call) && call.os_error == ENOENT && call.path == put.path &&
        call.destination == put.destination)
      return fmt::format("; {} {} had found no {} at {}, and was tried again", whose(broadcast),
                         named_call(put), file_name_of(put.path), moment(call.answered_ns));
  }
  return "";
}

// Its rename was done; what stands under the name now lacks it.
Fate Fates::replaced(const Operation& broadcast, const Call& put) {
  const std::string& path = put.destination;
  const auto& changes = names_.changes_of(path);
  const auto after = static_cast<std::size_t>(
      std::find_if(changes.begin(), changes.end(), [&](const NameChange& one) { return one.call == &put; }) -
      changes.begin());
  const auto others = [&](const NameChange& one) { return one.puts && one.operation != &broadcast; };
  std::size_t first = changes.size(), kept = changes.size();
  for (std::size_t i = after + 1; i < changes.size(); ++i) {
    if (!others(changes[i])) continue;
    first = std::min(first, i);
    if (kept == changes.size() && stays(changes[i])) kept = i;
  }
  const std::size_t next = kept != changes.size() ? kept : first;
  const std::string shared = shared_source(put), missed = missing_at_first(broadcast, put);
  std::string text = missed.empty() ? fmt::format("; {} {} was done at {}", whose(broadcast), named_call(put),
                                                  moment(put.answered_ns))
                                    : fmt::format("{}, and done at {}", missed, moment(put.answered_ns));
  if (!shared.empty())
    return {text + shared, nullptr,
            missed.empty() ? Fate::Tells::what_followed : Fate::Tells::retry_of_a_missing_file};
  Fate fate = removal_before(changes, next, put.answered_ns);
  if (!fate.story.empty()) {
    fate.story = text + fate.story;
    return fate;
  }
  if (next == changes.size())
    return {text + fmt::format(", and nothing replaced or removed {} after that", file_name_of(path))};
  const OverlappingSaves saves(evidence_, changes);
  if (const NameChange* over = after < changes.size() ? saves.over(after) : nullptr; over != nullptr) {
    const bool removed = saves.any_removal(changes[after], *over);
    return {text + saves.told(changes[after], *over), nullptr,
            removed ? Fate::Tells::overlap_and_removal : Fate::Tells::overlap};
  }
  const NameChange& by = changes[next];
  const std::string replacing =
      fmt::format(" replaced {} at {}{}", file_name_of(path), moment(by.call->answered_ns),
                  kept != changes.size() ? " with one that lacks it" : "");
  text += "; " + actor_of(by.operation, *by.call);
  // Asked for before is not begun before: it may have waited for its turn.
  if (by.operation != nullptr)
    text += fmt::format(", asked for {} that at {},",
                        by.operation->invoke_ns <= put.answered_ns ? "before" : "after",
                        moment(by.operation->invoke_ns));
  std::string reading = reading_of(by, put.answered_ns, path);
  const bool shows_how = !reading.empty();
  if (by.operation != nullptr && reading.empty())
    reading = never_read_again(history_, changes, by.operation->agent,
                               [&](const NameChange& change) { return stays(change); });
  if (kept != changes.size() && !shows_how) reading += saves.none_overlapped();
  return {text + replacing + reading};
}

Fate Fates::of_lost(const Operation& broadcast) {
  const Call* put = names_.main_put(broadcast);
  if (put != nullptr && is_done(*put)) return replaced(broadcast, *put);
  if (put != nullptr) return {why_not_put(broadcast, *put)};
  if (others_put()) return {put_later(broadcast)};
  // Written in place: the call that put another file there, or removed it, after it had been opened.
  for (const Call& call : calls_of(history_, broadcast)) {
    if (call.function != Function::open || !is_done(call)) continue;
    for (const NameChange& change : names_.changes_of(call.path)) {
      if (change.call->answered_ns < call.answered_ns || change.operation == &broadcast) continue;
      return {fmt::format("; it opened {} at {}, which {} {} at {}", file_name_of(call.path),
                          moment(call.answered_ns), actor_of(change.operation, *change.call),
                          change.puts ? "replaced" : "removed", moment(change.call->answered_ns))};
    }
  }
  return {};
}

// A store that changes its files in place: who did, while that was read.
std::string Fates::in_place(std::int64_t from_ns, std::int64_t until_ns) const {
  return under_way(history_, from_ns, until_ns, nullptr) + delayed_write(evidence_, "", from_ns, until_ns);
}

// Another agent's read that had it, and was over before.
std::string Fates::seen_before(const Operation& broadcast, std::int64_t before_ns) const {
  for (const Operation& read : history_.operations) {
    if (read.function != Function::read || read.outcome != Outcome::ok || read.complete_ns > before_ns)
      continue;
    const auto entries = seen_by(history_, read);
    const MessageId id{broadcast.agent, broadcast.number};
    if (std::any_of(entries.begin(), entries.end(), [&](const Seen& seen) { return seen.message == id; }))
      return fmt::format(", and agent {}'s read at {} had it", read.agent, moment(read.complete_ns));
  }
  return "";
}

Fate Fates::of_missing(const Operation& broadcast, std::int64_t from_ns, std::int64_t until_ns) {
  const Call* put = names_.main_put(broadcast);
  if (put == nullptr) return {others_put() ? put_later(broadcast) : in_place(from_ns, until_ns)};
  if (!is_done(*put)) return {why_not_put(broadcast, *put)};
  const std::string name = file_name_of(put->destination);
  const auto& changes = names_.changes_of(put->destination);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const NameChange& change = changes[i];
    const bool gone = !change.puts && change.call->received_ns <= until_ns &&
                      (i + 1 == changes.size() || changes[i + 1].call->answered_ns >= from_ns);
    const bool odd = change.puts && change.operation != nullptr &&
                     change.operation->function == Function::read &&
                     change.operation->agent == broadcast.agent && change.call->answered_ns >= from_ns;
    if (odd)
      return {fmt::format("; {} replaced {} at {}", actor_of(change.operation, *change.call), name,
                          moment(change.call->answered_ns))};
    if (!gone) continue;
    const bool again = i + 1 < changes.size() && changes[i + 1].puts;
    return {fmt::format(
        "; {} {} {} at {}{}", actor_of(change.operation, *change.call),
        change.call->function == Function::rename ? "moved away" : "removed", name,
        moment(change.call->answered_ns),
        again ? fmt::format(", and the next was put there at {}", moment(changes[i + 1].call->answered_ns))
              : std::string())};
  }
  if (put->answered_ns > until_ns)
    return {fmt::format("; {} {} was not done before {}", whose(broadcast), named_call(*put),
                        moment(put->answered_ns))};
  if (put->answered_ns >= from_ns)
    return {fmt::format("; {} {} was done at {}, while that read was under way", whose(broadcast),
                        named_call(*put), moment(put->answered_ns))};
  return {fmt::format("; {} {} was done at {}, {} before that read was asked for{}", whose(broadcast),
                      named_call(*put), moment(put->answered_ns), in_seconds(from_ns - put->answered_ns),
                      seen_before(broadcast, from_ns))};
}

Fate Fates::of_resurrected(const Operation& broadcast) {
  std::vector<const Call*> puts, done;
  for (const Call& call : calls_of(history_, broadcast)) {
    if (!puts_a_name(call)) continue;
    puts.push_back(&call);
    if (is_done(call)) done.push_back(&call);
  }
  if (!done.empty()) {
    std::string text = fmt::format("; {} {} was done at {}", whose(broadcast), named_call(*done.back()),
                                   moment(done.back()->answered_ns));
    if (puts.size() > 1)
      text = fmt::format("; it called rename {} times, of which {} {} done, the last at {}", puts.size(),
                         done.size(), done.size() == 1 ? "was" : "were", moment(done.back()->answered_ns));
    return {text};
  }
  for (const Call* put : puts) {
    if (put->os_error == ENOENT) return {why_not_put(broadcast, *put)};
  }
  for (const Call& call : history_.calls) {
    const bool published =
        puts_a_name(call) && is_done(call) && call.answered_ns >= broadcast.invoke_ns &&
        std::any_of(puts.begin(), puts.end(), [&](const Call* own) { return own->path == call.path; });
    if (!published) continue;
    return {fmt::format("; {} renamed its {} onto {} at {}", actor_of(names_.operation_of(call), call),
                        file_name_of(call.path), file_name_of(call.destination), moment(call.answered_ns))};
  }
  return {};
}

Fate Fates::of_duplicate(const Operation& broadcast) {
  const Call* put = names_.main_put(broadcast);
  if (put == nullptr) return {};
  std::vector<const Call*> done, refused;
  for (const Call& call : calls_of(history_, broadcast)) {
    if (!puts_a_name(call) || call.destination != put->destination) continue;
    if (is_done(call)) done.push_back(&call);
    if (is_refused(call)) refused.push_back(&call);
  }
  const std::string name = file_name_of(put->destination);
  if (done.size() > 1)
    return {fmt::format("; its operation replaced {} {}, {} {} and {}", name,
                        done.size() == 2 ? "twice" : fmt::format("{} times", done.size()),
                        done.size() == 2 ? "at" : "between", moment(done.front()->answered_ns),
                        moment(done.back()->answered_ns))};
  if (!refused.empty() && done.size() == 1)
    return {fmt::format("; its {} {}, was tried again and done at {}", named_call(*refused.front()),
                        refused_words(evidence_.plan, *refused.front()), moment(done.front()->answered_ns))};
  if (done.size() == 1)
    return {fmt::format("; its one {} was done at {}", named_call(*done.front()),
                        moment(done.front()->answered_ns))};
  return {};
}

}  // namespace holdfast
