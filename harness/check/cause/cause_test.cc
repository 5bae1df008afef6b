// Causes are named where their pattern is on record, and nothing is named without it.
#include "harness/check/cause/cause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/check/testing_history.h"
#include "harness/scenario/check_names.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

// The calls of a broadcast, which must be the last operation added.
void calls(TestRun& run, const std::vector<Call>& made) {
  Operation& operation = run.history.operations.back();
  operation.first_call = static_cast<std::uint32_t>(run.history.calls.size());
  operation.calls = static_cast<std::uint32_t>(made.size());
  for (Call call : made) {
    call.agent = operation.agent;
    run.history.calls.push_back(call);
  }
}

Call made(const TestRun& run, Function function, std::int64_t from_ms, std::int64_t to_ms, const char* path,
          const char* destination = "") {
  Call call;
  call.function = function;
  call.received_ns = run.at(from_ms);
  call.answered_ns = run.at(to_ms);
  call.path = path;
  call.destination = destination;
  return call;
}

std::optional<Cause> cause_in(TestRun& run) {
  std::stable_sort(run.history.operations.begin(), run.history.operations.end(),
                   [](const Operation& one, const Operation& other) { return one.agent < other.agent; });
  const Evidence evidence(run.plan, run.history);
  return cause_of(evidence, run_checks(run.plan, run.history));
}

TEST(Cause, EveryRowNamesChecksThatExist) {
  std::set<std::string_view> names;
  for (const CauseRow& row : cause_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.sentence.empty());
    EXPECT_NE(row.sentence.back(), '.') << row.name;
    EXPECT_EQ(row.advice.back(), '.') << row.name;
    std::string_view rest = row.checks;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      EXPECT_NE(find_check(rest.substr(0, end)), nullptr) << row.name << ": " << rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

TEST(Cause, TwoSavesThatOverlap) {
  TestRun run;
  run.broadcast(a, 0, 30);
  calls(run, {made(run, Function::rename, 10, 12, "/s/a.tmp", "/s/queue.json")});
  run.broadcast(b, 0, 40);
  calls(run, {made(run, Function::rename, 11, 20, "/s/b.tmp", "/s/queue.json")});
  run.quiet().all_read({b});
  const auto cause = cause_in(run);
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->name, "saved-over-each-other");
  EXPECT_EQ(cause->check, "lost");
  ASSERT_EQ(cause->moment.size(), 2U);
  EXPECT_EQ(cause->moment[0].operation, "0-0");
  EXPECT_EQ(cause->moment[1].operation, "1-0");
  EXPECT_THAT(cause->moment[1].below, HasSubstr("lacks 0-0"));
}

TEST(Cause, NothingIsNamedWhereTheLaterSaveBeganAfterTheFirst) {
  TestRun run;
  run.broadcast(a, 0, 30);
  calls(run, {made(run, Function::rename, 10, 12, "/s/a.tmp", "/s/queue.json")});
  run.broadcast(b, 50, 90);
  calls(run, {made(run, Function::rename, 60, 61, "/s/b.tmp", "/s/queue.json")});
  run.quiet().all_read({b});
  EXPECT_FALSE(cause_in(run));
}

TEST(Cause, NothingIsNamedOfARunThatPassed) {
  TestRun run;
  run.sent(a).sent(b).quiet().all_read({a, b});
  EXPECT_FALSE(cause_in(run));
}

TEST(Cause, NothingIsNamedFromADoubtfulRecord) {
  TestRun run;
  run.broadcast(a, 0, 30);
  calls(run, {made(run, Function::rename, 10, 12, "/s/a.tmp", "/s/queue.json")});
  run.broadcast(b, 0, 40);
  calls(run, {made(run, Function::rename, 11, 20, "/s/b.tmp", "/s/queue.json")});
  run.quiet().all_read({b});
  run.history.calls_in_doubt = true;
  EXPECT_FALSE(cause_in(run));
}

TEST(Cause, EveryBroadcastFailsTheSameWay) {
  TestRun run;
  for (const MessageId id : {a, b})
    run.broadcast(id, 0, 10, Outcome::fail, 0, "it exited with 1; its last words: \"NameError: x\"");
  run.quiet().all_read({});
  const auto cause = cause_in(run);
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->name, "subject-fails");
  EXPECT_THAT(cause->sentence, HasSubstr("NameError: x"));
  EXPECT_THAT(cause->evidence, HasSubstr("logs/agent-0.log"));
}

TEST(MessagesNamed, AreWordsOfTheirOwn) {
  const auto names =
      messages_named("agent 0's 3-17, and 4-2: not .queue.json.12-3.tmp, 0.5-1.5 s, 1-2-3 or a/5-6");
  EXPECT_EQ(names, (std::vector<MessageId>{{3, 17}, {4, 2}}));
}

}  // namespace
}  // namespace holdfast
