#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <csignal>
#include <functional>
#include <map>

#include "harness/history/codec.h"
#include "harness/history/history.h"
#include "harness/history/merge_agent.h"
#include "harness/history/recorder.h"
#include "harness/history/testing_event_file.h"
#include "harness/history/testing_run_files.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Merge, AGoodRunBecomesOneHistory) {
  RunFiles run;
  const auto merged = run.merged();
  ASSERT_TRUE(merged) << merged.error().message;
  const History& history = *merged;
  EXPECT_THAT(history.doubts, IsEmpty());
  EXPECT_THAT(history.warnings, IsEmpty());
  EXPECT_EQ(history.run_id, merged_run);
  EXPECT_EQ(history.started_ns, 1000);
  EXPECT_EQ(history.quiesced_ns, 5000);
  EXPECT_EQ(history.finished_ns, 9000);
  EXPECT_TRUE(history.complete);
  EXPECT_EQ(history.processes.size(), 3U);
  EXPECT_TRUE(history.processes[0].exited);
  EXPECT_THAT(history.standstills, ElementsAre(Standstill{2000, 2300}));
  EXPECT_EQ(history.exactness, (Exactness{3, 1}));
  EXPECT_EQ(history.disk_bytes_per_s, 500);
  EXPECT_EQ(history.disk_flush_ns, 60);
  EXPECT_THAT(history.machine, ElementsAre(Contention{1000, 2000, 900, 100, 300, 200, 70, 80, 90, 5},
                                           Contention{2000, 3000, 900, 0, {}, {}, {}, {}, 90}));

  ASSERT_EQ(history.operations.size(), 4U);
  const Operation& first = history.operations[0];
  EXPECT_EQ(first.function, Function::broadcast);
  EXPECT_EQ(first.outcome, Outcome::ok);
  EXPECT_EQ(first.invoke_ns, 1100);
  EXPECT_EQ(first.complete_ns, 1500);
  ASSERT_EQ(first.calls, 2U);
  const Call& refused = history.calls[first.first_call];
  EXPECT_EQ(refused.windows_code, 5);
  EXPECT_EQ(refused.os_error, 13);
  EXPECT_EQ(refused.answered_ns, 1210);
  EXPECT_EQ(refused.path, "/store/a.tmp");
  EXPECT_EQ(refused.destination, "/store/queue.json");
  ASSERT_EQ(refused.holders.size(), 1U);
  EXPECT_EQ(refused.holders[0].kind, HolderKind::injector);
  EXPECT_EQ(refused.holders[0].program, "scanner");
  EXPECT_EQ(refused.holders[0].path, "/store/queue.json");
  EXPECT_EQ(refused.holders[0].descriptor, 7);

  const Operation& read = history.operations[1];
  EXPECT_EQ(read.function, Function::read);
  EXPECT_EQ(read.calls, 0U);
  ASSERT_EQ(read.seen, 2U);
  EXPECT_EQ(history.seen[read.first_seen + 1].message, (MessageId{1, 0}));
  Event torn = seen_event({0, 0}, {1, 0}, 1, false);
  EXPECT_EQ(seen_of(torn).torn_size, 0U) << "older files do not have it";
  torn.value[3] = 49;
  EXPECT_EQ(seen_of(torn).torn_size, 49U);
  torn.value[3] = 0x10000;
  EXPECT_EQ(seen_of(torn).torn_size, 0U) << "too long";

  EXPECT_EQ(history.operations[2].calls, 1U);
  EXPECT_EQ(history.operations[3].outcome, Outcome::fail);
  EXPECT_EQ(history.operations[3].code, 28);
  EXPECT_EQ(history.texts[history.operations[3].error], "no space left");

  ASSERT_EQ(history.injectors.size(), 1U);
  EXPECT_EQ(history.injectors[0].planned, 2U);
  EXPECT_EQ(history.injectors[0].fired, 1U);
  ASSERT_EQ(history.injectors[0].faults.size(), 2U);
  EXPECT_EQ(history.injectors[0].faults[0].released_ns, 1450);
  EXPECT_EQ(history.injectors[0].faults[0].planned_hold_ns, 300);
  EXPECT_EQ(history.injectors[0].faults[1].fired_ns, 0);
}

TEST(Merge, AnInvokeWithoutAnswerMayOrMayNotBeDone) {
  RunFiles run;
  run.agent(1) = {operation_event(EventType::invoke, Function::broadcast, {1, 0}, 1200)};
  run.conductor()[6] = process_event(EventType::exited, Role::agent, 1, SIGKILL);
  const auto history = run.merged();
  EXPECT_THAT(history->doubts, IsEmpty());
  ASSERT_EQ(history->operations.size(), 3U);
  EXPECT_EQ(history->operations[2].outcome, Outcome::info);
  EXPECT_EQ(history->operations[2].complete_ns, 0);
  EXPECT_EQ(history->operations[2].calls, 1U);  // after the invoke, whenever
}

TEST(Merge, CallsOutsideAnyOperationAreKept) {
  RunFiles run;
  run.supervisor().insert(run.supervisor().begin(), call_event(1, 100, 101));
  run.supervisor().insert(run.supervisor().begin(), call_event(no_process, 1250, 1251));
  const auto history = run.merged();
  EXPECT_THAT(history->doubts, IsEmpty());
  ASSERT_EQ(history->calls.size(), 5U);
  EXPECT_EQ(history->calls[2].received_ns, 100);
  EXPECT_EQ(history->calls.back().agent, no_process);
  EXPECT_EQ(history->operations[2].calls, 1U);
  EXPECT_EQ(history->calls[history->operations[2].first_call].received_ns, 1250);
}

TEST(Merge, MarksTellHowTheRunEnded) {
  RunFiles run;
  run.conductor() = {process_event(EventType::spawned, Role::agent, 0),
                     process_event(EventType::spawned, Role::agent, 1),
                     event_of(EventType::mark, 1, 0, {4}),
                     event_of(EventType::mark, 2, 0, {5}),
                     event_of(EventType::leftover, 3),
                     event_of(EventType::end, 4)};
  run.conductor()[4].text = ".queue.json.1-2.tmp";
  const auto history = run.merged();
  EXPECT_TRUE(history->interrupted);
  EXPECT_TRUE(history->timed_out);
  EXPECT_FALSE(history->complete);
  EXPECT_THAT(history->leftovers, ElementsAre(Leftover{".queue.json.1-2.tmp"}));
}

TEST(Merge, WarningsAreShownOrDoubted) {
  RunFiles run;
  Event shown = event_of(EventType::warning, 1);
  shown.text = "two leases broke";
  Event grave = event_of(EventType::warning, 1, 0, {1});
  grave.text = "a call could not be decided";
  // Of a version that knows more kinds, and one that says which kind it is, and of how many.
  Event newer = event_of(EventType::warning, 1, 0, {1, 250});
  Event kind =
      event_of(EventType::warning, 1, 0, {1, static_cast<std::uint64_t>(DoubtKind::other_identity), 3});
  run.supervisor().insert(run.supervisor().begin(), {shown, grave, newer, kind});
  const auto history = run.merged();
  EXPECT_THAT(history->warnings, ElementsAre(Doubt{DoubtKind::other, "two leases broke", 1}));
  EXPECT_THAT(history->doubts,
              ElementsAre(Doubt{DoubtKind::other, "a call could not be decided", 1},
                          Doubt{DoubtKind::other, "", 1}, Doubt{DoubtKind::other_identity, "", 3}));
}

TEST(Merge, AnInjectorWithoutAFileFiredNothing) {
  RunFiles run;
  run.injector().clear();
  run.conductor()[7] = process_event(EventType::exited, Role::injector, 0, SIGKILL);
  const auto history = run.merged();
  EXPECT_THAT(history->doubts, IsEmpty());
  ASSERT_EQ(history->injectors.size(), 1U);
  EXPECT_EQ(history->injectors[0].fired, 0U);
}

TEST(Merge, SaysWhoseRecordIsNotWhole) {
  const std::vector<std::uint32_t> nobody;
  const auto in_doubt = [](const std::function<void(RunFiles&)>& break_it) {
    RunFiles run;
    break_it(run);
    const auto history = run.merged();
    return std::pair(history->agents_in_doubt, history->calls_in_doubt);
  };
  const std::vector<std::uint32_t> second{1};
  EXPECT_EQ(in_doubt([](RunFiles&) {}), std::pair(nobody, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.agent(1).clear(); }), std::pair(second, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.agent(1).pop_back(); }), std::pair(second, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.agent(1)[1].op = 77; }), std::pair(second, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.supervisor().clear(); }), std::pair(nobody, true));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.supervisor().pop_back(); }), std::pair(nobody, true));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.supervisor()[1].value[0] = 77; }), std::pair(nobody, true));
  // Killed, it wrote down all that it did, though no end.
  EXPECT_EQ(in_doubt([](RunFiles& run) {
              run.agent(1).pop_back();
              run.conductor()[6] = process_event(EventType::exited, Role::agent, 1, SIGKILL);
            }),
            std::pair(nobody, false));
}

TEST(Merge, ManyDoubtsOfOneKindAreOneSentence) {
  RunFiles run;
  for (int i = 0; i < 5000; ++i) {
    run.agent(0).insert(run.agent(0).begin(), operation_event(EventType::ok, Function::broadcast, {0, 9}, 1));
  }
  EXPECT_THAT(texts_of(run.merged()->doubts), ElementsAre(HasSubstr("(and 4999 more like it)")));
}

TEST(Merge, DamageIsADoubtWithItsPlaceAndWhatCameBeforeIsKept) {
  RunFiles run;
  ASSERT_TRUE(run.merged());
  std::string bytes = run.bytes_of(Role::agent, 0);
  bytes[4 * 64] = static_cast<char>(bytes[4 * 64] ^ 4);
  run.agent(0).clear();
  write_bytes(run.path_of(Role::agent, 0), bytes);
  const auto history = run.merged();
  EXPECT_THAT(texts_of(history->doubts),
              ElementsAre(HasSubstr("agent-0.events: byte offset 256: the record's check")));
  EXPECT_THAT(history->agents_in_doubt, ElementsAre(0U));
  EXPECT_EQ(history->operations[0].outcome, Outcome::ok);
  EXPECT_EQ(history->operations[1].function, Function::read);
  EXPECT_EQ(history->operations[1].outcome, Outcome::info);  // a read cut short is no read
}

TEST(Merge, ForeignFilesAreDoubted) {
  RunFiles run;
  ASSERT_TRUE(run.merged());
  const auto other_run = FileHeader{Role::agent, 2, 1, merged_run + 1, 0, 0};
  const auto other_index = FileHeader{Role::agent, 9, 1, merged_run, 0, 0};
  write_bytes(run.path_of(Role::agent, 2), encode_file(other_run, run.agent(0)));
  write_bytes(run.path_of(Role::agent, 3), encode_file(other_index, run.agent(0)));
  std::filesystem::create_directory(run.path_of(Role::agent, 4));
  std::filesystem::create_symlink(run.path_of(Role::agent, 0), run.path_of(Role::agent, 5));
  write_bytes(run.path_of(Role::agent, 6), "");
  write_bytes(run.path_of(Role::agent, 4'000'000'000), "");
  write_bytes(run.directory() / "events" / "agent-007.events", "");
  write_bytes(run.directory() / "events" / "notes.txt", "");
  const auto history = run.merged();
  ASSERT_TRUE(history);
  EXPECT_THAT(
      texts_of(history->doubts),
      ElementsAre("agent-007.events: not the name of an event file",
                  HasSubstr("agent-2.events: it belongs to run 000000000000feee"),
                  HasSubstr("agent-3.events: its header names another writer"),
                  "agent-4.events: not a regular file", "agent-5.events: a symbolic link, not an event file",
                  "agent-6.events: byte offset 0: the file is empty",
                  "agent-4000000000.events: no run has that many processes"));
  EXPECT_THAT(texts_of(history->warnings), ElementsAre(HasSubstr("notes.txt")));
  EXPECT_EQ(history->operations.size(), 4U);
}

TEST(Merge, WithoutAConductorThereIsNoRun) {
  const TestDirectory empty;
  EXPECT_EQ(merge(empty.path()).error().code, Code::not_found);
  EXPECT_THAT(merge(empty.path()).error().message, HasSubstr(empty.path().string()));
  RunFiles run;
  run.conductor().clear();
  EXPECT_EQ(run.merged().error().code, Code::not_found);
  write_bytes(run.path_of(Role::conductor), "rubbish");
  EXPECT_EQ(run.merged().error().code, Code::corrupt);
  EXPECT_THAT(run.merged().error().message, HasSubstr("conductor.events: byte offset 0"));
}

// Any events at all, sealed or not: a History comes out, its ranges lie inside its vectors, and twice
// is the same.
RC_GTEST_PROP(MergeProperty, AnythingAtAllIsMergedSafely, ()) {
  RunFiles run;
  const auto any_list = rc::gen::container<std::vector<Event>>(rc::gen::exec([] {
    Event event =
        event_of(*rc::gen::element(EventType::invoke, EventType::ok, EventType::fail, EventType::info,
                                   EventType::seen, EventType::torn, EventType::call, EventType::holder,
                                   EventType::planned, EventType::fired, EventType::released,
                                   EventType::spawned, EventType::exited, EventType::mark),
                 *rc::gen::inRange<std::int64_t>(0, 50));
    event.function = *rc::gen::element(Function::broadcast, Function::read, Function::rename);
    event.process = *rc::gen::element(0U, 1U, 2U, no_process);
    event.op = MessageId{*rc::gen::inRange(0U, 2U), *rc::gen::inRange(0U, 4U)}.packed();
    event.value = {*rc::gen::inRange<std::uint64_t>(0, 7), *rc::gen::arbitrary<std::uint64_t>(),
                   *rc::gen::inRange<std::uint64_t>(0, 3), 0};
    return event;
  }));
  for (auto& [writer, list] : run.events) list = *any_list;
  run.conductor().push_back(event_of(EventType::end, 1));
  const auto history = run.merged();
  RC_ASSERT(history.has_value());
  for (const Operation& operation : history->operations) {
    RC_ASSERT(std::uint64_t{operation.first_call} + operation.calls <= history->calls.size());
    RC_ASSERT(std::uint64_t{operation.first_seen} + operation.seen <= history->seen.size());
    RC_ASSERT(operation.error < history->texts.size());
    RC_ASSERT(operation.complete_ns == 0 || operation.complete_ns >= operation.invoke_ns);
    for (std::uint32_t i = 0; i < operation.calls; ++i) {
      const Call& call = history->calls[operation.first_call + i];
      RC_ASSERT(call.agent == operation.agent && call.received_ns >= operation.invoke_ns);
      RC_ASSERT(operation.complete_ns == 0 || call.received_ns <= operation.complete_ns);
    }
  }
  const auto again = merge(run.directory());
  RC_ASSERT(again->doubts == history->doubts);
  RC_ASSERT(again->operations.size() == history->operations.size());
}

}  // namespace
}  // namespace holdfast
