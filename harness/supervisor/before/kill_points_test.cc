#include "harness/supervisor/before/kill_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <utility>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using FileCalls = std::vector<std::pair<std::string, std::string>>;

const FileCalls save = {{"open", "q.lock"}, {"lock", "q.lock"},   {"open", "q"},      {"close", "q"},
                        {"open", "*.tmp"},  {"write", "*.tmp"},   {"write", "*.tmp"}, {"close", "*.tmp"},
                        {"rename", "q"},    {"unlock", "q.lock"}, {"close", "q.lock"}};

// One broadcast: the number of the call before which the victim was killed (calls.size(): right after the
// answer), or none.
std::optional<std::size_t> broadcast(KillPoints& points, const FileCalls& calls, bool acknowledged = true) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (points.kills_before(calls[i].first, calls[i].second)) return i;
  }
  if (points.kills_after_broadcast(acknowledged)) return calls.size();
  return std::nullopt;
}

TEST(KillPoints, EveryCallInTurnThenTheAnswerThenNoMore) {
  auto points = KillPoints::every_call(100);
  EXPECT_EQ(broadcast(points, save), std::nullopt);  // the first is left alone
  for (std::size_t i = 0; i <= save.size(); ++i) {
    EXPECT_FALSE(points.over());
    EXPECT_EQ(points.visited(), i == save.size() + 1 ? save.size() : i);
    EXPECT_EQ(broadcast(points, save), i);
  }
  EXPECT_FALSE(points.complete());
  EXPECT_EQ(broadcast(points, save), std::nullopt);
  EXPECT_TRUE(points.complete());
  EXPECT_TRUE(points.over());
  EXPECT_EQ(points.visited(), save.size());
  EXPECT_THAT(points.points(), ElementsAre("open q.lock", "lock q.lock", "open q", "close q", "open *.tmp",
                                           "write *.tmp", "write *.tmp, number 2", "close *.tmp", "rename q",
                                           "unlock q.lock, number 2", "close q.lock"));
  EXPECT_EQ(broadcast(points, save), std::nullopt);
}

TEST(KillPoints, WaitingForTheLockIsOnePointAKind) {
  FileCalls contended = save;
  contended.insert(contended.begin() + 2, 50, {"lock", "q.lock"});
  contended.insert(contended.begin() + 52, {"unlock", "q.lock"});  // its ticket
  auto points = KillPoints::every_call(100);
  broadcast(points, save);
  std::size_t kills = 0;
  while (!points.over()) kills += broadcast(points, kills % 2 == 0 ? contended : save) ? 1 : 0;
  EXPECT_TRUE(points.complete());
  EXPECT_LE(kills, save.size() + 2);  // the unlock of a ticket, if it was met, and the answer
  EXPECT_GE(kills, save.size() + 1);
}

TEST(KillPoints, NothingBeginsBeforeABroadcastIsAcknowledged) {
  auto points = KillPoints::every_call(100);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(broadcast(points, save, false), std::nullopt);
  EXPECT_EQ(broadcast(points, save), std::nullopt);
  EXPECT_EQ(broadcast(points, save), 0U);
}

TEST(KillPoints, TheLastBroadcastIsLeftAlone) {
  auto points = KillPoints::every_call(5);
  EXPECT_EQ(broadcast(points, save), std::nullopt);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(broadcast(points, save), i);
  EXPECT_TRUE(points.over());
  EXPECT_FALSE(points.complete());
  EXPECT_EQ(points.points().size(), save.size());  // of the first, so that it can be said how much is missing
  EXPECT_EQ(points.visited(), 3U);
  EXPECT_EQ(broadcast(points, save), std::nullopt);
}

TEST(KillPoints, AtRandomCountsFromTheLastKillOn) {
  auto points = KillPoints::at_random(100, {1, 3, 14});
  EXPECT_EQ(broadcast(points, save), std::nullopt);
  EXPECT_EQ(broadcast(points, save), 0U);
  EXPECT_EQ(broadcast(points, save), 2U);
  EXPECT_EQ(broadcast(points, save), std::nullopt);  // 11 calls and an answer
  EXPECT_FALSE(points.over());
  EXPECT_EQ(broadcast(points, save), 1U);
  EXPECT_TRUE(points.over());
  EXPECT_THAT(KillPoints::at_random(100, {}).over(), true);
}

// Whatever saves consist of: no point is met twice, and it is complete only when nothing of a whole
// save is left.
RC_GTEST_PROP(KillPointsProperty, VisitsEveryPointOnce, ()) {
  const auto calls = *rc::gen::container<FileCalls>(
      rc::gen::pair(rc::gen::element<std::string>("open", "write", "lock", "unlock", "close"),
                    rc::gen::element<std::string>("a", "b")));
  const auto broadcasts = *rc::gen::inRange<std::uint32_t>(3, 60);
  auto points = KillPoints::every_call(broadcasts);
  std::vector<std::size_t> killed_at;
  bool whole = false;
  for (std::uint32_t i = 0; i < broadcasts; ++i) {
    const auto at = broadcast(points, calls);
    RC_ASSERT(!at || (i != 0 && i + 1 != broadcasts && !whole));
    whole = whole || (i != 0 && i + 1 != broadcasts && !at);
    if (at) killed_at.push_back(*at);
  }
  RC_ASSERT(std::is_sorted(killed_at.begin(), killed_at.end()));
  RC_ASSERT(std::adjacent_find(killed_at.begin(), killed_at.end()) == killed_at.end());
  RC_ASSERT(points.complete() == whole);
  RC_ASSERT(points.visited() <= points.points().size());
  if (whole) RC_ASSERT(killed_at.size() == points.points().size() + 1);
  if (whole) RC_ASSERT(points.visited() == points.points().size());
}

}  // namespace
}  // namespace holdfast
