// Divergent order: two reads hold the same two messages in opposite orders, or several form a ring of such orders.
//
// After Elle (Kingsbury and Alvaro, 2020): the reads of an append-only list are prefixes of one order of versions, so
// the orders of all reads together must have no cycle. Sound: the queue has one order, whoever reads and whenever, and
// each reader's mail is a part of it. O(entries): an edge from each entry of a read to the next, and Kahn's
// topological sort; what it cannot place lies on a cycle or behind one. Messages of every outcome count: that one is
// there at all is for other checks, but wherever it is, it stands in one place. One that is twice in a read counts
// where it stands first. Not applicable with fewer than two readers of the same messages by plan; unknown if nothing
// was read.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/check/checks.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

struct Log {
  std::string name;
  std::vector<std::uint32_t> ordinals;  // of what was sent, each once
};

std::vector<std::uint32_t> ordinals_of(const Evidence& evidence, std::uint32_t agent,
                                       std::span<const Seen> entries, std::vector<std::uint32_t>& stamps,
                                       std::uint32_t stamp) {
  std::vector<std::uint32_t> ordinals;
  ordinals.reserve(entries.size());
  for (const Seen& seen : entries) {
    const std::uint32_t ordinal = ordinal_of(evidence, agent, seen);
    if (ordinal == not_there || stamps[ordinal] == stamp) continue;
    stamps[ordinal] = stamp;
    ordinals.push_back(ordinal);
  }
  return ordinals;
}

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

}  // namespace

Finding check_divergent_order(const Evidence& evidence) {
  Finding finding;
  const History& history = evidence.history;
  const SentIndex& sent = evidence.delivery.sent();
  const auto mailboxes = mailboxes_read_often(evidence);
  std::vector<Log> logs;  // those that tell something
  std::uint64_t reads = 0;
  std::vector<std::uint32_t> stamps(sent.size(), not_there);
  const auto add = [&](std::string name, std::uint32_t agent, std::span<const Seen> entries) {
    auto ordinals = ordinals_of(evidence, agent, entries, stamps, static_cast<std::uint32_t>(reads));
    if (ordinals.empty()) return;
    finding.checked += ordinals.size();
    ++reads;
    // Mostly all mail is alike, or one the beginning of another: of these the longest is enough.
    if (!logs.empty() && begin_alike(ordinals, logs.front().ordinals)) {
      if (ordinals.size() > logs.front().ordinals.size())
        logs.front() = {std::move(name), std::move(ordinals)};
      return;
    }
    logs.push_back({std::move(name), std::move(ordinals)});
  };
  std::vector<bool> often(evidence.plan.scenario.agents.count, false);
  for (const Mailbox& mailbox : mailboxes) {
    often[mailbox.agent] = true;
    for (const MailRead& read : mailbox.reads)
      add(name_of(evidence, mailbox, read), mailbox.agent, read.entries);
  }
  for (std::uint32_t agent = 0; agent < often.size(); ++agent) {
    const std::uint32_t final_read = evidence.delivery.final_read(agent);
    if (often[agent] || final_read == not_there) continue;
    add(fmt::format("agent {}'s final read", agent), agent, seen_by(history, history.operations[final_read]));
  }

  if (logs.size() < 2) {
    if (finding.checked == 0) {
      finding.witness = "no read held a message that was sent";
    } else {
      finding.verdict = reads < 2 ? Verdict::not_applicable : Verdict::pass;
    }
    return finding;
  }

  // Kahn: from each entry to the next of the same read.
  std::vector<std::uint32_t> first_edge(std::size_t{sent.size()} + 1, 0);
  std::vector<std::uint32_t> waits_for(sent.size(), 0);
  for (const Log& log : logs) {
    for (std::size_t i = 0; i + 1 < log.ordinals.size(); ++i) {
      ++first_edge[log.ordinals[i] + 1];
      ++waits_for[log.ordinals[i + 1]];
    }
  }
  for (std::size_t i = 1; i < first_edge.size(); ++i) first_edge[i] += first_edge[i - 1];
  std::vector<std::uint32_t> edges(first_edge.back());
  std::vector<std::uint32_t> filled(first_edge.begin(), first_edge.end() - 1);
  for (const Log& log : logs) {
    for (std::size_t i = 0; i + 1 < log.ordinals.size(); ++i)
      edges[filled[log.ordinals[i]]++] = log.ordinals[i + 1];
  }
  std::vector<std::uint32_t> ready;
  for (std::uint32_t ordinal = 0; ordinal < sent.size(); ++ordinal) {
    if (waits_for[ordinal] == 0) ready.push_back(ordinal);
  }
  std::uint64_t placed = 0;
  while (!ready.empty()) {
    const std::uint32_t ordinal = ready.back();
    ready.pop_back();
    ++placed;
    for (std::uint32_t edge = first_edge[ordinal]; edge < first_edge[ordinal + 1]; ++edge) {
      if (--waits_for[edges[edge]] == 0) ready.push_back(edges[edge]);
    }
  }

  if (placed != sent.size()) {
    finding.verdict = Verdict::fail;
    finding.count = sent.size() - placed;
    std::vector<std::uint32_t> places(sent.size(), not_there);
    std::pair<std::uint32_t, std::uint32_t> pair;
    constexpr std::size_t most_compared = 300;  // logs: their pairs are many
    const std::size_t compared = std::min(logs.size(), most_compared);
    for (std::size_t a = 0; a < compared && !finding.witness; ++a) {
      for (std::size_t b = a + 1; b < compared && !finding.witness; ++b) {
        if (!disagree(logs[a].ordinals, logs[b].ordinals, places, pair)) continue;
        finding.witness =
            fmt::format("{} holds {} before {}, and {} holds them the other way round", logs[a].name,
                        to_string(sent.id(pair.first)), to_string(sent.id(pair.second)), logs[b].name);
      }
    }
    if (!finding.witness)
      finding.witness = "the orders of several reads cannot be put together into one, though no two disagree";
  } else {
    finding.verdict = Verdict::pass;
  }
  return finding;
}

}  // namespace holdfast
