// For tests: histories of a correct store, drawn at random, to be spoilt.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/retry/retry_policy.h"
#include "harness/check/checks.h"
#include "harness/check/testing_history.h"

namespace holdfast {

using Names = std::set<std::string>;

// What a run of a correct store looks like: agents take turns at random, saves overlap, some are refused and
// retried by the policy, each save appends, and in the end everybody reads what is for them.
struct CorrectRun {
  TestRun run;
  std::vector<MessageId> queue;
  std::vector<std::int64_t> landed_at_ms;  // likewise

  CorrectRun(const Agents& crowd, bool all_answered, std::uint64_t seed)
      : run(crowd.count, crowd.broadcasts) {
    const std::uint32_t agents = crowd.count;
    const std::uint32_t broadcasts = crowd.broadcasts;
    run.plan.seed = seed;
    run.plan.scenario.agents = crowd;
    run.plan.scenario.agents.operation_deadline = std::chrono::hours(1);  // a save may wait for all before it
    run.injector("antivirus", 3, 2);
    Random random(seed);
    std::vector<std::uint32_t> next(agents, 0);
    std::vector<std::int64_t> free_ms(agents, 1);
    std::int64_t landed_ms = 0;
    for (std::uint32_t left = agents * broadcasts; left > 0;) {
      const auto agent = static_cast<std::uint32_t>(random.next() % agents);
      if (next[agent] == broadcasts) continue;
      --left;
      save(MessageId{agent, next[agent]++}, free_ms[agent], landed_ms, all_answered, random);
    }
    run.now_ms = *std::max_element(free_ms.begin(), free_ms.end()) + landed_ms;
    run.quiet();
    for (std::uint32_t agent = 0; agent < crowd.everyone(); ++agent) run.read(agent, entries_for(agent));
    run.finished();
  }

  void save(MessageId id, std::int64_t& free_ms, std::int64_t& landed_ms, bool all_answered, Random& random) {
    const std::int64_t from_ms = free_ms;
    // The save lands after those before it in the queue, and after the waits of its refusals.
    std::int64_t at_ms = std::max(from_ms, landed_ms) + 1;
    const int refusals = random.next() % 4 == 0 ? static_cast<int>(random.next() % 6) : 0;
    for (int retry = 1; retry <= refusals; ++retry) {
      run.replace(id.sender, at_ms, retry % 2 == 0 ? 32 : 5);
      at_ms += wait_bounds(run.plan.scenario.subject.retry, retry).greatest.count() / TestRun::ms +
               static_cast<std::int64_t>(random.next() % 3);
    }
    const std::uint64_t fate = all_answered ? 0 : random.next() % 8;
    const bool lands = fate != 1 && fate != 2;
    if (lands) {
      run.replace(id.sender, at_ms);
      queue.push_back(id);
      landed_at_ms.push_back(at_ms);
      landed_ms = at_ms;
    }
    const Outcome outcome = fate == 1 ? Outcome::fail : fate == 2 || fate == 3 ? Outcome::info : Outcome::ok;
    free_ms = at_ms + 1 + static_cast<std::int64_t>(random.next() % 5);
    run.broadcast(id, from_ms, free_ms, outcome, outcome == Outcome::fail ? 28 : 0);
    ++free_ms;
  }

  [[nodiscard]] std::vector<MessageId> entries_for(std::uint32_t agent) const {
    std::vector<MessageId> entries;
    for (const MessageId id : queue) {
      const auto to = recipients(run.plan, id);
      if (std::find(to.begin(), to.end(), agent) != to.end()) entries.push_back(id);
    }
    return entries;
  }

  // A reader looks at mail at a moment of the run: it finds what has landed by then.
  Reading& look(std::uint32_t mailbox, std::int64_t at_ms) {
    const auto all = entries_for(mailbox);
    std::vector<MessageId> entries;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      if (landed_at_ms[i] <= at_ms && std::find(all.begin(), all.end(), queue[i]) != all.end())
        entries.push_back(queue[i]);
    }
    const std::int64_t now_ms = run.now_ms;
    run.reading(0, mailbox, entries);
    run.now_ms = now_ms;
    Reading& made = run.history.readings.back();
    made.invoke_ns = run.at(at_ms) + TestRun::ms / 5;
    made.complete_ns = run.at(at_ms) + TestRun::ms * 4 / 5;
    return made;
  }

  // A fresh process reads after the run.
  void read_afresh() {
    for (std::uint32_t agent = 0; agent < run.plan.scenario.agents.everyone(); ++agent)
      look(agent, run.now_ms + 1 + agent);
  }

  // The read of some agent, to be spoilt: entry vectors are rebuilt from it.
  [[nodiscard]] std::vector<Seen>& seen() { return run.history.seen; }

  [[nodiscard]] std::pair<Names, Names> failed_and_unknown() const {
    std::pair<Names, Names> names;
    for (const Finding& finding : run_checks(run.plan, run.history)) {
      if (finding.verdict == Verdict::fail) names.first.insert(finding.name);
      if (finding.verdict == Verdict::unknown) names.second.insert(finding.name);
    }
    return names;
  }
};

enum class Recipients { alike, mixed };

inline CorrectRun any_correct_run(bool all_answered, Recipients to = Recipients::alike,
                                  std::uint32_t readers = 0) {
  Agents crowd;
  crowd.count = *rc::gen::inRange<std::uint32_t>(2, 6);
  crowd.broadcasts = *rc::gen::inRange<std::uint32_t>(1, 12);
  crowd.readers = readers;
  crowd.mixed_recipients = to == Recipients::mixed;
  const bool ring = *rc::gen::arbitrary<bool>();
  if (ring && !crowd.mixed_recipients) crowd.neighbours = *rc::gen::inRange<std::uint32_t>(1, crowd.count);
  return {crowd, all_answered, *rc::gen::arbitrary<std::uint64_t>()};
}

// The same with an agent that only reads, and a reader during the run.
inline CorrectRun any_correct_run_with_readers(bool all_answered, Recipients to = Recipients::alike) {
  CorrectRun correct = any_correct_run(all_answered, to, 1);
  const auto looks = *rc::gen::inRange(0, 20);
  for (int i = 0; i < looks; ++i) {
    const auto mailbox = *rc::gen::inRange<std::uint32_t>(0, correct.run.plan.scenario.agents.everyone());
    correct.look(mailbox, *rc::gen::inRange<std::int64_t>(
                              0, correct.landed_at_ms.empty() ? 1 : correct.landed_at_ms.back() + 2));
  }
  correct.read_afresh();
  return correct;
}

// Index into `seen` of an entry of an agent's read, and that read.
struct Spot {
  std::size_t at;
  Operation* read;
};

inline Spot any_entry(CorrectRun& correct) {
  const auto at = *rc::gen::inRange<std::size_t>(0, correct.seen().size());
  for (Operation& operation : correct.run.history.operations) {
    if (operation.function == Function::read && at >= operation.first_seen &&
        at < operation.first_seen + operation.seen) {
      return {at, &operation};
    }
  }
  std::abort();
}

// Puts a changed list of entries in the place of a read's.
inline void set_entries(CorrectRun& correct, Operation& read, const std::vector<Seen>& entries) {
  read.first_seen = static_cast<std::uint32_t>(correct.seen().size());
  read.seen = static_cast<std::uint32_t>(entries.size());
  correct.seen().insert(correct.seen().end(), entries.begin(), entries.end());
}

inline std::vector<Seen> entries_of(CorrectRun& correct, const Operation& read) {
  const auto first = correct.seen().begin() + read.first_seen;
  return {first, first + read.seen};
}

}  // namespace holdfast
