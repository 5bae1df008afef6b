#include <gtest/gtest.h>

#include "harness/check/tolerances.h"
#include "harness/sharing/not_modelled.h"
#include "reports/summary/process_end.h"
#include "reports/summary/retry_summary.h"

namespace holdfast {
namespace {

TEST(ProcessEnd, InWords) {
  const auto end = [](bool exited, int status, bool stopped) {
    return process_end({Role::agent, 0, 1, exited, status, stopped});
  };
  EXPECT_EQ(end(true, 0, false), "exit 0");
  EXPECT_EQ(end(true, 9 << 8, false), "exit 9");
  EXPECT_EQ(end(true, 9, false), "killed by SIGKILL");
  EXPECT_EQ(end(true, 11 | 0x80, false), "killed by SIGSEGV") << "with a core dump";
  EXPECT_EQ(end(true, 64, false), "killed by signal 64");
  EXPECT_EQ(end(true, 15, true), "stopped by the run (SIGTERM)");
  EXPECT_EQ(end(true, 3 << 8, true), "stopped by the run (exit 3)");
  EXPECT_EQ(end(false, 0, false), "still running");
}

TEST(PolicyText, InWords) {
  RetryPolicy policy;
  EXPECT_EQ(policy_text(policy), "up to 5 retries, 100ms x 2, no jitter");
  policy.max_retries = 1;
  policy.max_delay = std::chrono::seconds(2);
  policy.deadline = std::chrono::seconds(10);
  policy.jitter = Jitter::full;
  EXPECT_EQ(policy_text(policy), "up to 1 retry, 100ms x 2, no wait over 2s, all within 10s, full jitter");
  policy.max_retries = 0;
  EXPECT_EQ(policy_text(policy), "no retries");
}

TEST(NotModelled, EachSentenceNamesItsTopicFirst) {
  for (const auto& [windows, opens] : {std::pair(true, true), {true, false}, {false, false}}) {
    const auto sentences = not_modelled(windows, opens);
    ASSERT_FALSE(sentences.empty());
    for (const auto& sentence : sentences) {
      EXPECT_NE(sentence.find(": "), std::string::npos) << sentence;
      EXPECT_EQ(sentence.back(), '.') << sentence;
    }
  }
  EXPECT_GT(not_modelled(true, true).size(), not_modelled(false, false).size());
  EXPECT_GT(not_modelled(true, false).size(), not_modelled(true, true).size());
}

TEST(Tolerated, EachSentenceNamesItsTopicFirst) {
  for (const auto kind : {SubjectKind::core, SubjectKind::command}) {
    Plan plan;
    plan.scenario.subject.kind = kind;
    plan.scenario.agents.operation_deadline = std::chrono::seconds(5);
    const auto sentences = what_was_tolerated(plan);
    EXPECT_EQ(
        sentences[0],
        "Deadline: an answer may come 1.000 s after the deadline of 5.000 s (20 % of it, at least 0.100 s).");
    for (const auto& sentence : sentences) {
      EXPECT_NE(sentence.find(": "), std::string::npos) << sentence;
      EXPECT_EQ(sentence.back(), '.') << sentence;
    }
  }
}

}  // namespace
}  // namespace holdfast
