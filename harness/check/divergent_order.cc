// Divergent order: two reads hold the same two messages in opposite orders, or several form a ring of such orders.
//
// After Elle (Kingsbury and Alvaro, 2020): the reads of an append-only list are prefixes of one order of versions, so
// the orders of all reads together must have no cycle. Sound: the queue has one order, no matter who reads it and
// when, and each reader's mail is a part of it. O(entries): a message that only one read holds lies on no cycle, save
// as a step between two that others hold too; among these an edge from each entry of a read to the next, and Kahn's
// topological sort; what it cannot place lies on a cycle or behind one. Messages of every outcome count: that one is
// there at all is for other checks, but wherever it is, it stands in one place. One that is twice in a read counts
// where it stands first. Not applicable with fewer than two readers of the same messages by plan; unknown if nothing
// was read.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/name_changes.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

// One read of somebody's mail.
struct Source {
  std::uint32_t agent = 0;  // whose
  MailRead read;
  bool only = false;  // of this mail: then it is the agent's final read

  [[nodiscard]] std::string name(const Evidence& evidence) const {
    return only ? fmt::format("agent {}'s final read", agent) : name_of(evidence, agent, read);
  }
};

struct Log {
  const Source* source = nullptr;
  std::vector<std::uint32_t> ordinals;  // of what stands in other reads too, each once
};

std::vector<Source> all_reads(const Evidence& evidence) {
  const History& history = evidence.history;
  std::vector<Source> sources;
  std::vector<bool> often(evidence.plan.scenario.agents.everyone(), false);
  for (const Mailbox& mailbox : mailboxes_read_often(evidence)) {
    often[mailbox.agent] = true;
    for (const MailRead& read : mailbox.reads) sources.push_back({mailbox.agent, read});
  }
  for (std::uint32_t agent = 0; agent < often.size(); ++agent) {
    const std::uint32_t final_read = evidence.delivery.final_read(agent);
    if (often[agent] || final_read == not_there) continue;
    const Operation& read = history.operations[final_read];
    sources.push_back({agent, {no_process, read.invoke_ns, read.complete_ns, seen_by(history, read)}, true});
  }
  return sources;
}

// The messages of reads, each once a read.
class Messages {
 public:
  explicit Messages(const Evidence& evidence)
      : evidence_(evidence), last_in_(evidence.delivery.sent().size(), 0) {}

  // visit(ordinal, whether another read held it before)
  template <typename Visit>
  void each_of(const Source& source, Visit&& visit) {
    ++reads_;
    for (const Seen& seen : source.read.entries) {
      const std::uint32_t ordinal = ordinal_of(evidence_, source.agent, seen);
      if (ordinal == not_there || last_in_[ordinal] == reads_) continue;
      visit(ordinal, std::exchange(last_in_[ordinal], reads_) != 0);
    }
  }

 private:
  const Evidence& evidence_;
  std::uint32_t reads_ = 0;
  std::vector<std::uint32_t> last_in_;  // by ordinal: the read that held it last, counted from 1
};

bool begin_alike(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  const auto shorter = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  return std::equal(a.begin(), a.begin() + shorter, b.begin());
}

// A pair that two logs hold in opposite orders; false if these two do not.
bool disagree(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b,
              std::vector<std::uint32_t>& places, std::pair<std::uint32_t, std::uint32_t>& pair) {
  for (std::uint32_t place = 0; place < a.size(); ++place) places[a[place]] = place;
  std::uint32_t before = not_there;
  bool found = false;
  for (const std::uint32_t ordinal : b) {
    if (places[ordinal] == not_there) continue;
    if (before != not_there && places[ordinal] < places[before]) {
      pair = {ordinal, before};
      found = true;
      break;
    }
    before = ordinal;
  }
  for (const std::uint32_t ordinal : a) places[ordinal] = not_there;
  return found;
}

// That both reads met the same file, where messages are put in place by renames or links: so it was not the store that
// changed between them.
std::string same_file(const Evidence& evidence, const MailRead& a, const MailRead& b) {
  const History& history = evidence.history;
  if (history.calls_in_doubt) return "";
  std::map<std::string, std::uint64_t> times_put;
  for (const Call& call : history.calls) {
    if (puts_a_name(call) && is_done(call)) ++times_put[call.destination];
  }
  if (times_put.empty()) return "";
  const std::string& path =
      std::max_element(times_put.begin(), times_put.end(), [](const auto& one, const auto& other) {
        return one.second < other.second;
      })->first;
  const std::int64_t from_ns = std::min(a.invoke_ns, b.invoke_ns);
  const std::int64_t until_ns = std::max(a.complete_ns, b.complete_ns);
  bool before = false;
  for (const Call& call : history.calls) {
    if (call.path != path && call.destination != path) continue;
    if (call.answered_ns >= from_ns && call.received_ns <= until_ns) return "";
    before = before || (is_done(call) && puts_a_name(call) && call.answered_ns < from_ns);
  }
  return before ? fmt::format("; nothing replaced {} from the first of these reads to the last",
                              file_name_of(path))
                : "";
}

// How many messages the orders of the logs leave no place for.
std::uint64_t unplaced(const std::vector<Log>& logs, std::uint32_t messages) {
  // Kahn: an edge from each entry to the next of the same log. Those of one message lie together.
  std::vector<std::uint32_t> first_edge(std::size_t{messages} + 1, 0);
  std::vector<std::uint32_t> waits_for(messages, 0);
  for (const Log& log : logs) {
    for (std::size_t i = 0; i + 1 < log.ordinals.size(); ++i) {
      ++first_edge[log.ordinals[i]];
      ++waits_for[log.ordinals[i + 1]];
    }
  }
  for (std::size_t i = 1; i < first_edge.size(); ++i) first_edge[i] += first_edge[i - 1];
  std::vector<std::uint32_t> edges(first_edge.back());
  for (const Log& log : logs) {  // from the end of each message's place to its beginning
    for (std::size_t i = 0; i + 1 < log.ordinals.size(); ++i)
      edges[--first_edge[log.ordinals[i]]] = log.ordinals[i + 1];
  }
  constexpr std::uint32_t placed = not_there;
  std::uint64_t left = messages;
  std::vector<std::uint32_t> ready;
  for (std::uint32_t first = 0; first < messages; ++first) {
    if (waits_for[first] != 0) continue;
    ready.push_back(first);
    while (!ready.empty()) {
      const std::uint32_t ordinal = ready.back();
      ready.pop_back();
      waits_for[ordinal] = placed;
      --left;
      for (std::uint32_t edge = first_edge[ordinal]; edge < first_edge[ordinal + 1]; ++edge) {
        if (--waits_for[edges[edge]] == 0) ready.push_back(edges[edge]);
      }
    }
  }
  return left;
}

}  // namespace

Finding check_divergent_order(const Evidence& evidence) {
  Finding finding;
  const SentIndex& sent = evidence.delivery.sent();
  const std::vector<Source> sources = all_reads(evidence);
  std::vector<Log> logs;  // those that tell something
  std::uint64_t reads = 0;
  {
    Messages messages(evidence);
    std::vector<bool> shared(sent.size(), false);
    for (const Source& source : sources) {
      const std::uint64_t before = finding.checked;
      messages.each_of(source, [&](std::uint32_t ordinal, bool elsewhere) {
        ++finding.checked;
        if (elsewhere) shared[ordinal] = true;
      });
      reads += finding.checked != before ? 1 : 0;
    }
    for (const Source& source : sources) {
      Log log{&source, {}};
      messages.each_of(source, [&](std::uint32_t ordinal, bool) {
        if (shared[ordinal]) log.ordinals.push_back(ordinal);
      });
      if (log.ordinals.empty()) continue;
      // Mostly all mail is alike, or one the beginning of another: of these the longest is enough.
      if (logs.empty() || !begin_alike(log.ordinals, logs.front().ordinals)) {
        logs.push_back(std::move(log));
      } else if (log.ordinals.size() > logs.front().ordinals.size()) {
        logs.front() = std::move(log);
      }
    }
  }

  if (finding.checked == 0) {
    finding.witness = "no read had a message that was sent";
    return finding;
  }
  finding.count = logs.size() < 2 ? 0 : unplaced(logs, sent.size());
  if (finding.count == 0) {
    finding.verdict = reads < 2 ? Verdict::not_applicable : Verdict::pass;
    return finding;
  }
  finding.verdict = Verdict::fail;
  std::vector<std::uint32_t> places(sent.size(), not_there);
  std::pair<std::uint32_t, std::uint32_t> pair;
  constexpr std::size_t most_compared = 300;  // logs: their pairs are many
  const std::size_t compared = std::min(logs.size(), most_compared);
  for (std::size_t a = 0; a < compared && !finding.witness; ++a) {
    for (std::size_t b = a + 1; b < compared && !finding.witness; ++b) {
      if (!disagree(logs[a].ordinals, logs[b].ordinals, places, pair)) continue;
      finding.witness = told(evidence.history,
                             fmt::format("{} has {} before {}, and {} has them the other way round{}",
                                         logs[a].source->name(evidence), to_string(sent.id(pair.first)),
                                         to_string(sent.id(pair.second)), logs[b].source->name(evidence),
                                         same_file(evidence, logs[a].source->read, logs[b].source->read)));
    }
  }
  if (!finding.witness)
    finding.witness = "several reads together contradict each other about the order, although no two do";
  return finding;
}

}  // namespace holdfast
