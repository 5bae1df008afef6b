// Messages that are there in the wrong number or order, and reads that return what is no longer there.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/cause/scene.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

// Messages that some final read has twice, at most a hundred.
std::vector<std::uint32_t> duplicated(const Evidence& evidence) {
  constexpr std::size_t most = 100;
  std::vector<std::uint32_t> found;
  const Delivery& delivery = evidence.delivery;
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size() && found.size() < most; ++ordinal) {
    const std::uint32_t sender = delivery.sent().operation(ordinal).agent;
    const std::size_t places = possible_recipients(evidence.plan, sender).size();
    for (std::size_t place = 0; place < places; ++place) {
      if (delivery.times_read(sender, ordinal, place) < 2) continue;
      found.push_back(ordinal);
      break;
    }
  }
  return found;
}

bool changed_between(Scene& scene, std::int64_t from_ns, std::int64_t until_ns) {
  if (scene.queue().empty()) return true;
  const auto& changes = scene.names.changes_of(scene.queue());
  return std::any_of(changes.begin(), changes.end(), [&](const NameChange& change) {
    return change.call->received_ns <= until_ns && change.call->answered_ns >= from_ns;
  });
}

// Two neighbours of one read that another has the other way round.
bool contradict(const std::span<const Seen>& one, const std::span<const Seen>& other) {
  std::map<MessageId, std::size_t> places;
  for (std::size_t at = 0; at < other.size(); ++at) places.try_emplace(other[at].message, at);
  for (std::size_t at = 1; at < one.size(); ++at) {
    const auto before = places.find(one[at - 1].message), after = places.find(one[at].message);
    if (before != places.end() && after != places.end() && before->second > after->second) return true;
  }
  return false;
}

// Whether a property holds for every final read of several messages, and there is one.
template <typename Holds>
bool in_all_reads(const Scene& scene, Holds holds) {
  constexpr std::size_t several = 6;
  bool any = false;
  const Delivery& delivery = scene.evidence.delivery;
  for (std::uint32_t agent = 0; agent < scene.evidence.plan.scenario.agents.count; ++agent) {
    std::vector<MessageId> ids;
    for (const std::uint32_t entry : delivery.log(agent)) {
      if (is_ordinal(entry)) ids.push_back(delivery.sent().id(entry));
    }
    if (ids.size() < several) continue;
    if (!holds(ids)) return false;
    any = true;
  }
  return any;
}

}  // namespace

std::optional<Trace> trace_copies_to_one(Scene& scene) {
  const Delivery& delivery = scene.evidence.delivery;
  for (const std::uint32_t ordinal : duplicated(scene.evidence)) {
    const MessageId id = delivery.sent().id(ordinal);
    const auto to = recipients(scene.evidence.plan, id);
    if (to.size() < 2) continue;
    std::size_t with = 0, copies = 0;
    std::uint32_t owner = 0;
    for (const std::uint32_t recipient : to) {
      const std::uint32_t read = delivery.final_read(recipient);
      if (read == not_there) return std::nullopt;
      const auto entries = seen_by(scene.history, scene.history.operations[read]);
      const auto times = static_cast<std::size_t>(std::count_if(
          entries.begin(), entries.end(), [&](const Seen& seen) { return seen.message == id; }));
      if (times == 0) continue;
      ++with;
      copies = times;
      owner = recipient;
    }
    if (with != 1 || copies != to.size()) continue;
    return Trace{
        fmt::format("agent {}'s final read has {} {} times, and the final reads of its {} lack it", owner,
                    to_string(id), copies, counted(to.size() - 1, "other recipient")),
        {{&delivery.sent().operation(ordinal), fmt::format("agent {} got all {} copies", owner, copies)}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_saved_twice(Scene& scene) {
  for (const std::uint32_t ordinal : duplicated(scene.evidence)) {
    const Operation& broadcast = scene.evidence.delivery.sent().operation(ordinal);
    std::vector<const Call*> done;
    for (const Call& call : calls_of(scene.history, broadcast)) {
      if (puts_a_name(call) && is_done(call) && call.destination == scene.queue()) done.push_back(&call);
    }
    if (done.size() < 2) continue;
    return Trace{
        fmt::format("{} replaced {} at {} and again at {}", message_name(broadcast),
                    file_name_of(scene.queue()), moment(done.front()->answered_ns),
                    moment(done.back()->answered_ns)),
        {{&broadcast, fmt::format("put {} in place {} times", file_name_of(scene.queue()), done.size())}}};
  }
  return std::nullopt;
}

std::optional<Trace> trace_retry_appends(Scene& scene) {
  std::size_t times = 0;
  const Operation* shown = nullptr;
  for (const std::uint32_t ordinal : duplicated(scene.evidence)) {
    const Operation& broadcast = scene.evidence.delivery.sent().operation(ordinal);
    const Attempts attempts = attempts_of(scene.history, broadcast);
    if (attempts.retries == 0) return std::nullopt;  // then retries are not what makes copies
    if (times++ == 0) shown = &broadcast;
  }
  if (shown == nullptr) return std::nullopt;
  return Trace{fmt::format("each of the {} that were read twice had been refused and tried again, such as {}",
                           counted(times, "message"), message_name(*shown)),
               {{shown, "refused, tried again, and there more than once"}}};
}

// Two reads of one mailbox between which nothing was changed.
std::optional<Trace> trace_no_fixed_order(Scene& scene) {
  for (const Mailbox& mailbox : mailboxes_read_often(scene.evidence)) {
    for (std::size_t at = 1; at < mailbox.reads.size(); ++at) {
      const MailRead& one = mailbox.reads[at - 1];
      const MailRead& other = mailbox.reads[at];
      if (one.entries.size() != other.entries.size() || !contradict(one.entries, other.entries)) continue;
      if (changed_between(scene, std::min(one.invoke_ns, other.invoke_ns),
                          std::max(one.complete_ns, other.complete_ns)))
        continue;
      return Trace{fmt::format(
          "{} and {} have the same {} in different orders, and nothing replaced {} in between",
          name_of(scene.evidence, mailbox.agent, one), name_of(scene.evidence, mailbox.agent, other),
          counted(one.entries.size(), "message"), file_name_of(scene.queue()))};
    }
  }
  return std::nullopt;
}

std::optional<Trace> trace_newest_first(Scene& scene) {
  const bool holds = in_all_reads(scene, [](const std::vector<MessageId>& ids) {
    std::map<std::uint32_t, std::uint32_t> last;
    return std::all_of(ids.begin(), ids.end(), [&](MessageId id) {
      const auto [known, is_new] = last.try_emplace(id.sender, id.number);
      const bool descends = is_new || id.number < known->second;
      known->second = id.number;
      return descends;
    });
  });
  if (!holds) return std::nullopt;
  return Trace{"every final read has each sender's messages from the last sent to the first"};
}

std::optional<Trace> trace_sorted_as_text(Scene& scene) {
  const bool holds = in_all_reads(scene, [](const std::vector<MessageId>& ids) {
    return std::is_sorted(ids.begin(), ids.end(),
                          [](MessageId a, MessageId b) { return to_string(a) < to_string(b); });
  });
  if (!holds) return std::nullopt;
  return Trace{"every final read is sorted by ids as text"};
}

// Somebody had read the message before, it stayed in place, and a later read lacks it.
std::optional<Trace> trace_read_from_cache(Scene& scene) {
  if (scene.queue().empty()) return std::nullopt;
  const auto& sent = scene.evidence.delivery.sent();
  std::map<MessageId, std::int64_t> seen_ns;  // when it was first read
  for (const Operation& read : scene.history.operations) {
    if (read.function != Function::read || read.outcome != Outcome::ok) continue;
    for (const Seen& seen : seen_by(scene.history, read)) {
      const auto [known, is_new] = seen_ns.try_emplace(seen.message, read.complete_ns);
      if (!is_new) known->second = std::min(known->second, read.complete_ns);
    }
  }
  for (const Operation& read : scene.history.operations) {
    if (read.function != Function::read || read.outcome != Outcome::ok) continue;
    std::set<MessageId> held;
    for (const Seen& seen : seen_by(scene.history, read)) held.insert(seen.message);
    for (const auto& [id, first_ns] : seen_ns) {
      if (first_ns >= read.invoke_ns || held.contains(id) ||
          !Audience(scene.evidence.plan, id).has(read.agent))
        continue;
      const std::uint32_t ordinal = sent.find(id);
      if (ordinal == not_there || !scene.is_read_in_the_end(&sent.operation(ordinal))) continue;
      const Call* put = scene.names.main_put(sent.operation(ordinal));
      if (put == nullptr || !is_done(*put) || put->answered_ns >= first_ns) continue;
      const auto& changes = scene.names.changes_of(scene.queue());
      const bool removed = std::any_of(changes.begin(), changes.end(), [&](const NameChange& change) {
        return !change.puts && change.call->answered_ns >= put->answered_ns &&
               change.call->received_ns <= read.complete_ns;
      });
      if (removed) return std::nullopt;
      return Trace{
          fmt::format("{} was in place at {} and had been read by {}, and agent {}'s read asked for at {} "
                      "lacks it",
                      to_string(id), moment(put->answered_ns), moment(first_ns), read.agent,
                      moment(read.invoke_ns)),
          {{&sent.operation(ordinal), "its message was in place"},
           {&read, fmt::format("lacks {}", to_string(id))}}};
    }
  }
  return std::nullopt;
}

}  // namespace holdfast
