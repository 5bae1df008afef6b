#include "harness/check/prose.h"

#include <gtest/gtest.h>

#include "harness/check/testing_witness.h"

namespace holdfast {
namespace {

TEST(Told, TimesHaveTheDigitsThatTellThemApart) {
  TestRun run(1, 1);
  const auto two = [&](std::int64_t apart_ns) {
    return told(run.history, moment(run.at(2)) + " and " + moment(run.at(2) + apart_ns));
  };
  EXPECT_EQ(two(0), "0.002 s and 0.002 s");
  EXPECT_EQ(two(1'000'000), "0.002 s and 0.003 s");
  EXPECT_EQ(two(300'000), "0.0020 s and 0.0023 s");
  EXPECT_EQ(two(1), "0.002000000 s and 0.002000001 s");
}

TEST(Told, NoPathBeginsWithTheRunsDirectory) {
  TestRun run(1, 1);
  run.call(0, 1, Function::rename, "/run/store/new/1.tmp", "/run/store/new/1")
      .call(0, 2, Function::unlink, stored_queue);
  EXPECT_EQ(told(run.history, "rename \"/run/store/new/1.tmp\" to \"/run/store/new/1\""),
            "rename \"new/1.tmp\" to \"new/1\"");
  TestRun in_place(1, 1);  // makes no call that is trapped
  in_place.history.kills.push_back({0, 0, 100, in_place.at(1), "write", stored_queue});
  EXPECT_EQ(told(in_place.history, "/run/store/queue.json: not a queue"), "queue.json: not a queue");
}

}  // namespace
}  // namespace holdfast
