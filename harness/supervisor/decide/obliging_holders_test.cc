#include "harness/supervisor/decide/obliging_holders.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

constexpr pid_t delays = 10, refuses = 11, agent = 12;

NamedHolder held_by(pid_t process, HolderKind kind) {
  NamedHolder holder;
  holder.kind = kind;
  holder.found.process = process;
  return holder;
}

TEST(ObligingHolders, OnlyTheyAreWaitedFor) {
  Participants participants;
  participants.add(delays, {Role::injector, 0, 0, true});
  participants.add(refuses, {Role::injector, 1, 0, false});
  participants.add(agent, {Role::agent, 0});
  const auto waits = [&](std::vector<NamedHolder> holders, std::int64_t waited_ns = 0) {
    Decision decision;
    decision.kind = Decision::Kind::answered;
    decision.windows_code = error_access_denied;
    decision.holders = std::move(holders);
    return shall_wait(decision, Caller{}, participants, waited_ns);
  };
  const NamedHolder obliging = held_by(delays, HolderKind::injector);
  EXPECT_TRUE(waits({obliging}));
  EXPECT_TRUE(waits({obliging, obliging}));
  EXPECT_FALSE(waits({}));
  EXPECT_FALSE(waits({obliging, held_by(refuses, HolderKind::injector)}));
  EXPECT_FALSE(waits({obliging, held_by(agent, HolderKind::agent)}));
  EXPECT_FALSE(waits({held_by(99, HolderKind::injector)}));  // is gone
  EXPECT_TRUE(waits({obliging}, longest_wait_ns - 1));
  EXPECT_FALSE(waits({obliging}, longest_wait_ns));
}

TEST(ObligingHolders, WhatNoHolderIsInTheWayOfDoesNotWait) {
  Participants participants;
  participants.add(delays, {Role::injector, 0, 0, true});
  Decision decision;
  decision.kind = Decision::Kind::answered;
  decision.holders = {held_by(delays, HolderKind::injector)};
  EXPECT_FALSE(shall_wait(decision, Caller{}, participants, 0));  // done
  decision.windows_code = error_access_denied;
  EXPECT_TRUE(shall_wait(decision, Caller{}, participants, 0));
  decision.obstacle = Obstacle::read_only;
  EXPECT_FALSE(shall_wait(decision, Caller{}, participants, 0));
  decision.obstacle = Obstacle::held;
  decision.kind = Decision::Kind::pass_through;  // only observed
  EXPECT_FALSE(shall_wait(decision, Caller{}, participants, 0));
}

TEST(ObligingHolders, WhoMakesOthersWaitNeverWaits) {
  Participants participants;
  participants.add(delays, {Role::injector, 0, 0, true});
  Decision decision;
  decision.kind = Decision::Kind::answered;
  decision.windows_code = error_sharing_violation;
  decision.holders = {held_by(delays, HolderKind::injector)};
  Caller caller;
  caller.participant = Participant{Role::agent, 0};
  EXPECT_TRUE(shall_wait(decision, caller, participants, 0));
  caller.participant = participants.find(delays);  // it has the file open already, and would wait for itself
  EXPECT_FALSE(shall_wait(decision, caller, participants, 0));
}

TEST(ObligingHolders, LooksBecomeRarer) {
  EXPECT_EQ(next_look_after_ns(0), 1'000'000);
  std::int64_t last_ns = 0;
  for (std::int64_t waited_ns = 0; waited_ns < longest_wait_ns; waited_ns += 7'000'000) {
    const std::int64_t next_ns = next_look_after_ns(waited_ns);
    EXPECT_GE(next_ns, last_ns);
    EXPECT_LE(next_ns, 20'000'000);
    last_ns = next_ns;
  }
}

}  // namespace
}  // namespace holdfast
