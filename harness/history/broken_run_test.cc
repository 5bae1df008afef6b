// A good run that is broken in one way: the one doubt that must come of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "harness/history/testing_run_files.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

// Each case breaks a good run in one way and names the one doubt that must come of it.
struct BrokenRun {
  const char* name;
  std::function<void(RunFiles&)> break_it;
  const char* doubt;
};

const Function broadcast_function = Function::broadcast;

const std::vector<BrokenRun> broken_runs = {
    {"answer unasked",
     [](RunFiles& run) {
       run.agent(0).insert(run.agent(0).begin(),
                           operation_event(EventType::ok, broadcast_function, {0, 9}, 1));
     },
     "agent-0.events: event 1: an answer for 0-9, which is not being asked"},
    {"answered twice", [](RunFiles& run) { run.agent(0).insert(run.agent(0).begin() + 1, run.agent(0)[1]); },
     "agent-0.events: event 3: an answer for 0-0"},
    {"answer to another", [](RunFiles& run) { run.agent(0)[1].op = 77; },
     "agent-0.events: event 2: an answer for 0-77"},
    {"asked while asking", [](RunFiles& run) { run.agent(0).erase(run.agent(0).begin() + 1); },
     "agent-0.events: event 2: 0-0 is asked before 0-0 was answered"},
    {"seen without read",
     [](RunFiles& run) {
       run.agent(0).insert(run.agent(0).begin(), seen_event({0, 0}, {1, 0}, 0));
     },
     "agent-0.events: event 1: an entry read for 0-0"},
    {"seen after the answer", [](RunFiles& run) { std::swap(run.agent(0)[4], run.agent(0)[5]); },
     "event 6: an entry read for 0-0"},
    {"seen backwards", [](RunFiles& run) { std::swap(run.agent(0)[3], run.agent(0)[4]); },
     "event 5: entry 0-0 is at position 0"},
    {"clock backwards", [](RunFiles& run) { run.agent(0)[2].time_ns = 1499; },
     "event 3: time runs backwards, from 1500 to 1499 ns"},
    {"number backwards",
     [](RunFiles& run) {
       run.agent(1)[2] = operation_event(EventType::invoke, broadcast_function, {1, 0}, 1300);
     },
     "event 3: broadcast 1-0 comes after 1-0"},
    {"another's number",
     [](RunFiles& run) {
       run.agent(1)[2] = operation_event(EventType::invoke, broadcast_function, {0, 5}, 1300);
     },
     "event 3: 0-5 is asked of agent 1"},
    {"neither broadcast nor read", [](RunFiles& run) { run.agent(1)[2].function = Function::rename; },
     "event 3: 1-1 is asked, but it is neither"},
    {"an agent that writes calls",
     [](RunFiles& run) { run.agent(1).insert(run.agent(1).begin(), call_event(1, 1, 2)); },
     "agent-1.events: event 1: an event of type 20, which agents do not write"},
    {"torn outside",
     [](RunFiles& run) { run.agent(1).insert(run.agent(1).begin(), event_of(EventType::torn, 1)); },
     "event 1: a torn load for 0-0"},
    {"agent's file cut", [](RunFiles& run) { run.agent(1).pop_back(); },
     "agent-1.events: cut short: its writer ended normally"},
    {"agent's file of nobody",
     [](RunFiles& run) {
       run.events[{Role::agent, 5}] = {event_of(EventType::end, 1)};
     },
     "agent-5.events: its writer was never started"},
    {"agent's file missing", [](RunFiles& run) { run.agent(1).clear(); },
     "agent-1.events: missing, although its writer ended normally"},
    {"injector's file cut", [](RunFiles& run) { run.injector().pop_back(); }, "injector-0.events: cut short"},
    {"supervisor's file missing", [](RunFiles& run) { run.supervisor().clear(); },
     "supervisor.events: missing"},
    {"supervisor's file cut", [](RunFiles& run) { run.supervisor().pop_back(); },
     "supervisor.events: cut short"},
    {"conductor's file cut", [](RunFiles& run) { run.conductor().pop_back(); },
     "conductor.events: cut short"},
    {"holder of nothing",
     [](RunFiles& run) { run.supervisor().insert(run.supervisor().begin(), run.supervisor()[1]); },
     "supervisor.events: event 1: a holder that belongs to no call"},
    {"more missed than decided", [](RunFiles& run) { run.supervisor()[4].value[1] = 4; },
     "4 of 3 refusals missed"},
    {"exactness twice",
     [](RunFiles& run) { run.supervisor().insert(run.supervisor().begin() + 4, run.supervisor()[4]); },
     "1 of 3 refusals missed"},
    {"holder missing", [](RunFiles& run) { run.supervisor().erase(run.supervisor().begin() + 1); },
     "supervisor.events: event 2: 1 holders of a refused call are missing"},
    {"holder of unknown kind", [](RunFiles& run) { run.supervisor()[1].value[0] = 77; }, "unknown kind 77"},
    {"call answered before it came", [](RunFiles& run) { run.supervisor()[2].value[0] = 3; },
     "a call was answered at 3 ns, before it came at 1250 ns"},
    {"call of no trapped function", [](RunFiles& run) { run.supervisor()[2].function = Function::read; },
     "a call of function 2, which is not trapped"},
    {"call of a stranger", [](RunFiles& run) { run.supervisor()[2].process = 77; },
     "supervisor.events: 1 calls are of agents that were never started, such as agent 77"},
    {"call of agent 4 billion", [](RunFiles& run) { run.supervisor()[2].process = 4'000'000'000; },
     "a call of agent 4000000000, more than a run can have"},
    {"fired unplanned", [](RunFiles& run) { run.injector()[1].op = 9; },
     "injector-0.events: event 2: fault 9 fired, but it was never planned"},
    {"released unfired", [](RunFiles& run) { run.injector()[2].op = 9; },
     "fault 9 released, but it was never planned"},
    {"fired twice",
     [](RunFiles& run) { run.injector().insert(run.injector().begin() + 1, run.injector()[1]); },
     "fault 1 fired twice"},
    {"planned backwards", [](RunFiles& run) { run.injector()[3].op = 1; },
     "fault 1 is planned after fault 1"},
    {"unknown mark", [](RunFiles& run) { run.conductor()[3].value[0] = 77; }, "unknown mark 77"},
    {"standstill of the future", [](RunFiles& run) { run.conductor()[8].value[1] = 8001; },
     "the disk stood still from 2000 to 8001 ns"},
    {"standstill backwards", [](RunFiles& run) { run.conductor()[8].value[0] = 2301; },
     "the disk stood still from 2301 to 2300 ns"},
    {"standstill twice at once",
     [](RunFiles& run) {
       run.conductor().insert(run.conductor().begin() + 9,
                              event_of(EventType::standstill, 8000, 0, {2299, 2400}));
     },
     "the disk stood still from 2299 to 2400 ns"},
    {"machine of the future", [](RunFiles& run) { run.conductor()[10].value[1] = 8001; },
     "the machine was looked at from 1000 to 8001 ns"},
    {"machine backwards", [](RunFiles& run) { run.conductor()[12].value[0] = 1999; },
     "the machine was looked at from 1999 to 3000 ns"},
    {"disk of no time", [](RunFiles& run) { run.conductor().erase(run.conductor().begin() + 10); },
     "what a disk did, but not when"},
    {"marks out of order", [](RunFiles& run) { run.conductor()[4].time_ns = 10; }, "not in that order"},
    {"end of nobody", [](RunFiles& run) { run.conductor()[6].process = 44; }, "process 44 (pid 1001) ended"},
    {"unknown role", [](RunFiles& run) { run.conductor()[2].value[0] = 9; }, "a process of unknown role 9"},
};

TEST(Merge, WhatCannotBeIsADoubtAndTheRestIsKept) {
  for (const BrokenRun& broken : broken_runs) {
    RunFiles run;
    broken.break_it(run);
    const auto history = run.merged();
    ASSERT_TRUE(history) << broken.name;
    EXPECT_THAT(texts_of(history->doubts), testing::Contains(HasSubstr(broken.doubt))) << broken.name;
    EXPECT_GE(history->operations.size(), 2U) << broken.name;
  }
}

}  // namespace
}  // namespace holdfast
