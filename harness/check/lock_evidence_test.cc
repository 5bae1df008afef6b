#include "harness/check/lock_evidence.h"

#include <gtest/gtest.h>

#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

LockSeen seen(LockState state, std::uint32_t agent, std::uint32_t number, const char* path) {
  return seen_lock(state, agent, path, number);
}

TestRun late_run() {
  TestRun run(3, 1);
  run.broadcast(a, 0, 5'000);
  return run;
}

std::string told(const TestRun& run) {
  return who_held_what(run.history, run.history.operations[0], run.history.operations[0].complete_ns);
}

TEST(LockEvidence, TheLastLookWithinTheOperationCounts) {
  TestRun run = late_run();
  EXPECT_EQ(told(run), "");
  run.history.lock_looks = {{run.at(-10), false, {seen(LockState::held, 1, 1, "x")}},
                            {run.at(6'000), false, {seen(LockState::held, 1, 1, "x")}}};
  EXPECT_EQ(told(run), "");
  run.history.lock_looks.insert(run.history.lock_looks.begin() + 1, {run.at(3'000), false, {}});
  EXPECT_EQ(told(run), "") << "none was seen";
}

TEST(LockEvidence, SaysWhoHeldAndWhoWaited) {
  TestRun run = late_run();
  LockSeen range = seen(LockState::held, 2, 8, "index");
  range.exclusive = false;
  range.kind = LockKind::ofd;
  range.first_byte = 4;
  range.last_byte = 9;
  run.history.lock_looks = {{run.at(3'000), false, {range, seen(LockState::held, 1, 7, "jobs.lock")}}};
  EXPECT_EQ(
      told(run),
      "; at 3.000 s agent 2 (go, pid 102) held index (OFD, shared, bytes 4 to 9); agent 1 (go, pid 101) held "
      "jobs.lock (flock, exclusive); agent 2 had no operation under way; agent 1 had no operation under way");
  auto& locks = run.history.lock_looks[0].locks;
  locks.push_back(seen(LockState::waits, 0, 7, "jobs.lock"));
  locks.push_back(seen(LockState::waits, 2, 7, "jobs.lock"));
  EXPECT_EQ(told(run),
            "; at 3.000 s agent 1 (go, pid 101) held jobs.lock (flock, exclusive), and agents 0 and 2 waited "
            "for it; agent 1 had no operation under way");
}

TEST(LockEvidence, NamesADeadlock) {
  TestRun run = late_run();
  run.history.lock_looks = {
      {run.at(3'000),
       false,
       {seen(LockState::held, 0, 1, "a"), seen(LockState::waits, 1, 1, "a"), seen(LockState::held, 1, 2, "b"),
        seen(LockState::waits, 2, 2, "b"), seen(LockState::waits, 0, 2, "b")}}};
  EXPECT_EQ(
      told(run),
      "; a deadlock at 3.000 s: agent 1 (go, pid 101) waited for a (flock, exclusive), which agent 0 (go, "
      "pid 100) "
      "held, and agent 0 (go, pid 100) waited for b (flock, exclusive), which agent 1 (go, pid 101) held");
  run.history.lock_looks[0].locks[4].number = 1;  // agent 0 waits for its own lock
  EXPECT_EQ(circle_of_waiters(run.history.lock_looks[0]).size(), 1U);
  EXPECT_EQ(told(run),
            "; a deadlock at 3.000 s: agent 0 (go, pid 100) waited for a (flock, exclusive), which it held");
  run.history.lock_looks[0].locks.pop_back();
  EXPECT_TRUE(circle_of_waiters(run.history.lock_looks[0]).empty());
}

TEST(LockEvidence, AgentsAreBusyWhileTheirOperationsAreOpen) {
  TestRun run(3, 1);
  run.broadcast({0, 0}, 0, 10).broadcast({1, 0}, 5, 0, Outcome::info).broadcast({2, 0}, 20, 30);
  run.history.lock_looks = {{run.at(7), false, {}}, {run.at(15), false, {}}, {run.at(25), false, {}}};
  EXPECT_EQ(busy_agents(run.history), (std::vector<std::set<std::uint32_t>>{{0, 1}, {1}, {1, 2}}));
}

}  // namespace
}  // namespace holdfast
