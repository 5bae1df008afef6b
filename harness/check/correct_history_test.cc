// Properties: a history of a correct store passes every check; the same history with one thing spoilt fails
// exactly the checks that it must fail, and no others.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "harness/check/testing_correct_run.h"

namespace holdfast {
namespace {

// Two readers that hold the same two messages in opposite orders disagree besides; with one reader of each, none does.
std::pair<Names, Names> without_divergence(const CorrectRun& correct) {
  auto names = correct.failed_and_unknown();
  const bool all = !correct.run.plan.scenario.agents.neighbours.has_value();
  RC_ASSERT(!all || names.first.contains("divergent-order"));
  names.first.erase("divergent-order");
  return names;
}

RC_GTEST_PROP(CorrectHistory, PassesEveryCheck, ()) {
  const CorrectRun correct = any_correct_run(true);
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{}, Names{}));
}

RC_GTEST_PROP(CorrectHistory, PassesEveryCheckWithReadersToo, ()) {
  const CorrectRun correct = any_correct_run_with_readers(true);
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{}, Names{}));
}

RC_GTEST_PROP(CorrectHistory, PassesEveryCheckWhoeverMessagesAreFor, ()) {
  CorrectRun correct = any_correct_run_with_readers(true, Recipients::mixed);
  RC_PRE(!correct.seen().empty());  // all of them may be for nobody
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, WhatIsNotForAReaderIsAPhantom, ()) {
  CorrectRun correct = any_correct_run(true, Recipients::mixed);
  const auto agent = *rc::gen::inRange<std::uint32_t>(0, correct.run.plan.scenario.agents.count);
  const auto for_others = std::find_if(correct.queue.begin(), correct.queue.end(), [&](MessageId id) {
    return !Audience(correct.run.plan, id).has(agent);
  });
  RC_PRE(for_others != correct.queue.end());
  Operation& read =
      *std::find_if(correct.run.history.operations.begin(), correct.run.history.operations.end(),
                    [&](const Operation& o) { return o.function == Function::read && o.agent == agent; });
  auto entries = entries_of(correct, read);
  entries.push_back({*for_others, true});
  set_entries(correct, read, entries);
  RC_ASSERT(correct.failed_and_unknown().first == Names{"phantom"});
}

// Failures and unanswered operations that the scenario allows are no fault. (If the only refusal of all came
// right before an operation fell silent, no retry was seen, and its discipline is unknown.)
RC_GTEST_PROP(CorrectHistory, IndefiniteOutcomesRaiseNoAlarm, ()) {
  CorrectRun correct = any_correct_run_with_readers(false);
  const bool any_acknowledged = std::any_of(
      correct.run.history.operations.begin(), correct.run.history.operations.end(),
      [](const Operation& o) { return o.function == Function::broadcast && o.outcome == Outcome::ok; });
  RC_PRE(any_acknowledged && !correct.queue.empty());
  correct.run.plan.scenario.allowed_failures = 1;
  const auto [failed, unknown] = correct.failed_and_unknown();
  RC_ASSERT(failed == Names{});
  RC_ASSERT(unknown == Names{} || unknown == Names{"retry-discipline"});
}

RC_GTEST_PROP(SpoiltHistory, ADroppedEntryIsLost, ()) {
  CorrectRun correct = any_correct_run(true);
  const Spot spot = any_entry(correct);
  auto entries = entries_of(correct, *spot.read);
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(spot.at - spot.read->first_seen));
  set_entries(correct, *spot.read, entries);
  const auto [failed, unknown] = correct.failed_and_unknown();
  RC_ASSERT(failed == (Names{"delivered", "lost"}));
}

RC_GTEST_PROP(SpoiltHistory, AnEntryAddedAgainIsADuplicate, ()) {
  CorrectRun correct = any_correct_run(true);
  const Spot spot = any_entry(correct);
  auto entries = entries_of(correct, *spot.read);
  const auto behind = *rc::gen::inRange<std::size_t>(spot.at - spot.read->first_seen, entries.size()) + 1;
  entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(behind), correct.seen()[spot.at]);
  set_entries(correct, *spot.read, entries);
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"delivered", "duplicate"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AnAlteredIdIsAPhantomAndALoss, ()) {
  CorrectRun correct = any_correct_run(true);
  const Spot spot = any_entry(correct);
  correct.seen()[spot.at].message.number += correct.run.plan.scenario.agents.broadcasts;
  const auto [failed, unknown] = correct.failed_and_unknown();
  RC_ASSERT(failed == (Names{"delivered", "lost", "phantom"}));
}

RC_GTEST_PROP(SpoiltHistory, AnEntryForAnotherIsAPhantom, ()) {
  CorrectRun correct = any_correct_run(true);
  RC_PRE(correct.run.plan.scenario.agents.neighbours.has_value());
  const Spot spot = any_entry(correct);
  const std::uint32_t agent = spot.read->agent;  // in a ring nobody writes to themselves
  auto entries = entries_of(correct, *spot.read);
  entries.push_back({MessageId{agent, 0}, true});
  set_entries(correct, *spot.read, entries);
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"phantom"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, TwoOfOneSenderSwappedAreOutOfOrder, ()) {
  CorrectRun correct = any_correct_run(true);
  const Spot spot = any_entry(correct);
  std::size_t later = spot.at + 1;
  const std::size_t end = spot.read->first_seen + spot.read->seen;
  while (later < end && correct.seen()[later].message.sender != correct.seen()[spot.at].message.sender)
    ++later;
  RC_PRE(later < end);
  std::swap(correct.seen()[spot.at].message, correct.seen()[later].message);
  RC_ASSERT(without_divergence(correct) == std::pair(Names{"order"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AnAcknowledgedOneBehindOneSentAfterwardsIsOutOfOrder, ()) {
  CorrectRun correct = any_correct_run(true);
  const Spot spot = any_entry(correct);
  const Operation& early = correct.run.operation(correct.seen()[spot.at].message);
  std::size_t later = spot.at + 1;
  const std::size_t end = spot.read->first_seen + spot.read->seen;
  while (later < end && correct.run.operation(correct.seen()[later].message).invoke_ns <= early.complete_ns)
    ++later;
  RC_PRE(later < end);
  std::swap(correct.seen()[spot.at].message, correct.seen()[later].message);
  RC_ASSERT(without_divergence(correct) == std::pair(Names{"order"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, ATornBodyIsATornRead, ()) {
  CorrectRun correct = any_correct_run(true);
  correct.seen()[any_entry(correct).at].intact = false;
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"torn-read"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AShorterWaitBreaksDiscipline, ()) {
  CorrectRun correct = any_correct_run(true);
  auto& calls = correct.run.history.calls;
  std::vector<std::size_t> refused;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].windows_code != 0) refused.push_back(i);
  }
  RC_PRE(!refused.empty());
  // The refusal is answered so late that the wait after it was too short.
  const std::size_t at = *rc::gen::elementOf(refused);
  calls[at].answered_ns = calls[at + 1].received_ns - TestRun::ms * 99;
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"retry-discipline"}, Names{}));
}

// Drops an entry from a reading.
void drop(CorrectRun& correct, Reading& reading, std::uint32_t place) {
  std::vector<Seen> entries(correct.seen().begin() + reading.first_seen,
                            correct.seen().begin() + reading.first_seen + reading.seen);
  entries.erase(entries.begin() + place);
  reading.first_seen = static_cast<std::uint32_t>(correct.seen().size());
  reading.seen = static_cast<std::uint32_t>(entries.size());
  correct.seen().insert(correct.seen().end(), entries.begin(), entries.end());
}

RC_GTEST_PROP(SpoiltHistory, WhatTheLastReadLacksHasVanished, ()) {
  CorrectRun correct = any_correct_run_with_readers(true);
  const auto agents = correct.run.plan.scenario.agents.everyone();
  auto& readings = correct.run.history.readings;
  Reading& last = readings[readings.size() - 1 - *rc::gen::inRange<std::uint32_t>(0, agents)];
  RC_PRE(last.seen != 0);
  drop(correct, last, *rc::gen::inRange<std::uint32_t>(0, last.seen));
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"vanished"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AReadBehindItsTimeIsStale, ()) {
  CorrectRun correct = any_correct_run(true, Recipients::alike, 1);
  const MessageId id = *rc::gen::elementOf(correct.queue);
  const auto to = recipients(correct.run.plan, id);
  const std::int64_t told_ns = correct.run.operation(id).complete_ns;
  Reading& reading = correct.look(*rc::gen::elementOf(to), (told_ns - correct.run.at(0)) / TestRun::ms);
  reading.seen = 0;
  auto [failed, unknown] = correct.failed_and_unknown();
  unknown.erase("vanished");  // if nothing was read twice but by this reading, which saw nothing
  RC_ASSERT(failed == Names{"stale-read"});
  RC_ASSERT(unknown == Names{});
}

RC_GTEST_PROP(SpoiltHistory, TwoEntriesSwappedInAReadingDiverge, ()) {
  CorrectRun correct = any_correct_run_with_readers(true);
  const auto agents = correct.run.plan.scenario.agents.everyone();
  auto& readings = correct.run.history.readings;
  const Reading& last = readings[readings.size() - 1 - *rc::gen::inRange<std::uint32_t>(0, agents)];
  RC_PRE(last.seen >= 2);
  const auto at = last.first_seen + *rc::gen::inRange<std::uint32_t>(0, last.seen - 1);
  std::swap(correct.seen()[at], correct.seen()[at + 1]);
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"divergent-order"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AFailureThatLandedIsResurrected, ()) {
  CorrectRun correct = any_correct_run(true);
  correct.run.plan.scenario.allowed_failures = 1;
  const bool more = correct.queue.size() > 1;  // something has to be acknowledged
  RC_PRE(more);
  correct.run.operation(*rc::gen::elementOf(correct.queue)).outcome = Outcome::fail;
  auto [failed, unknown] = correct.failed_and_unknown();
  unknown.erase("lost");  // of a ring whose other messages were for others
  unknown.erase("order");
  RC_ASSERT(failed == Names{"resurrected"});
  RC_ASSERT(unknown == Names{});
}

RC_GTEST_PROP(SpoiltHistory, WhatIdleAgentsHoldIsALeak, ()) {
  CorrectRun correct = any_correct_run(true);
  auto& history = correct.run.history;
  const bool replaced = *rc::gen::arbitrary<bool>();
  history.idle.push_back({0, 100, 3, replaced ? 1U : 0U, replaced ? 0U : 3U, 1, "go", "/s/queue.json"});
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"leaks"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AnOperationBeyondItsDeadlineIsUnbounded, ()) {
  CorrectRun correct = any_correct_run(true);
  std::int64_t longest_ns = 0;
  for (const Operation& operation : correct.run.history.operations)
    longest_ns = std::max(longest_ns, operation.complete_ns - operation.invoke_ns);
  RC_PRE(longest_ns > 1000 * TestRun::ms);
  correct.run.plan.scenario.agents.operation_deadline = Duration(longest_ns / 2);  // no tolerance doubles it
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{"bounded-wait"}, Names{}));
}

RC_GTEST_PROP(SpoiltHistory, AFailureAfterTheLastFaultIsNoProgress, ()) {
  CorrectRun correct = any_correct_run(false);
  correct.run.plan.scenario.allowed_failures = 1;
  std::vector<const Operation*> failures;
  for (const Operation& operation : correct.run.history.operations) {
    // What was refused here names no holder, so it may have been a stranger.
    if (operation.outcome == Outcome::fail && operation.calls == 0) failures.push_back(&operation);
  }
  RC_PRE(!failures.empty());
  Fault fault;
  fault.fired_ns = 1;
  fault.released_ns = (*rc::gen::elementOf(failures))->invoke_ns - 1;
  correct.run.history.injectors[0].faults = {fault};
  RC_ASSERT(correct.failed_and_unknown().first == Names{"progress"});
}

RC_GTEST_PROP(SpoiltHistory, WhatAKillTookIsNotDurable, ()) {
  CorrectRun correct = any_correct_run(true);
  const Spot spot = any_entry(correct);
  const Operation& broadcast = correct.run.operation(correct.seen()[spot.at].message);
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.kill_at = KillAt::random;
  injector.name = "kill";
  const std::uint32_t victim = *rc::gen::inRange<std::uint32_t>(0, correct.run.plan.scenario.agents.count);
  correct.run.plan.scenario.injectors.push_back(injector);
  correct.run.history.injectors.push_back({1, 0, 1, 1, {}});
  correct.run.history.kills.push_back({victim, 1, 100, broadcast.complete_ns, "rename", "/s/queue.json"});
  RC_ASSERT(correct.failed_and_unknown() == std::pair(Names{}, Names{}));
  auto entries = entries_of(correct, *spot.read);
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(spot.at - spot.read->first_seen));
  set_entries(correct, *spot.read, entries);
  RC_ASSERT(correct.failed_and_unknown().first == (Names{"delivered", "lost", "durability"}));
}

RC_GTEST_PROP(SpoiltHistory, AnUnreadMailboxIsUnknown, ()) {
  CorrectRun correct = any_correct_run(true);
  Operation& read = *any_entry(correct).read;
  read.outcome = *rc::gen::element(Outcome::fail, Outcome::info);
  const bool refused = read.outcome == Outcome::fail;
  if (!refused) read.complete_ns = 0;
  const auto [failed, unknown] = correct.failed_and_unknown();
  RC_ASSERT(failed == (refused ? Names{"delivered"} : Names{}));
  RC_ASSERT(unknown.contains("lost") && unknown.contains("delivered") != refused);
}

}  // namespace
}  // namespace holdfast
