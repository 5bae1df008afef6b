#include <gtest/gtest.h>

#include "core/testing/plain_words.h"
#include "harness/check/tolerances.h"
#include "harness/scenario/check_names.h"
#include "harness/sharing/not_modelled.h"
#include "reports/summary/process_end.h"
#include "reports/summary/retry_summary.h"

namespace holdfast {
namespace {

// The comment of a line of C++; nothing where there is none.
std::string comment_of(const std::string& line) {
  const std::size_t at = line.find("//");
  if (at == std::string::npos || (at > 0 && line[at - 1] == ':')) return "";
  return line.substr(std::min(line.size(), at + 3));
}

std::vector<std::string> translated_lines(const std::filesystem::path& file, bool comments_only) {
  std::vector<std::string> found;
  std::ifstream in(file);
  std::string before;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line); ++number) {
    const std::string text = comments_only ? comment_of(line) : line;
    std::string words = translated_words(before + " " + text);
    if (comments_only && line.starts_with("// Of ")) words = "Of …";
    if (!words.empty()) found.push_back(file.string() + ":" + std::to_string(number + 1) + ": " + words);
    before = words.empty() ? text : "";
  }
  return found;
}

TEST(PlainWords, TheWorstPatternsAreFoundAndGoodEnglishIsNot) {
  for (const char* text : {"whoever comes first", "Whoever", "the file shall exist", "it is written anew",
                           "the kernel words it", "each is told of it", "this is no run", "what is no"}) {
    EXPECT_NE(translated_words(text), "") << text;
  }
  for (const char* text : {"there is no lock", "There is no Windows build", "it is no longer there",
                           "it is no more than a guess", "shall_wait(decision)", "marshalling", "a new file",
                           "is not a run", "this node", "told off"}) {
    EXPECT_EQ(translated_words(text), "") << text;
  }
  EXPECT_EQ(comment_of("int a = 1;  // Of a run"), "Of a run");
  EXPECT_EQ(comment_of("\"https://example.org\""), "");
}

TEST(PlainWords, HeadersAndDocumentsDoNotReadAsTranslated) {
  const std::filesystem::path root = HOLDFAST_SOURCE_DIRECTORY;
  std::vector<std::string> found;
  std::size_t read = 0;
  const auto look = [&](const std::filesystem::path& file, bool comments_only) {
    ++read;
    const auto lines = translated_lines(file, comments_only);
    found.insert(found.end(), lines.begin(), lines.end());
  };
  for (const char* folder : {"core", "harness", "reports", "scenarios", "docs"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = entry.path().string();
      if (path.find("/node_modules/") != std::string::npos || path.find("/golden/") != std::string::npos)
        continue;
      if (path.ends_with(".h")) look(path, true);
      if (path.ends_with(".md")) look(path, false);
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.path().extension() == ".md") look(entry.path(), false);
  }
  EXPECT_GT(read, 300U);
  EXPECT_THAT(found, testing::IsEmpty());
}

TEST(Documents, ListEveryCheck) {
  std::ifstream in(std::filesystem::path(HOLDFAST_SOURCE_DIRECTORY) / "docs/reference/checks.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const std::string_view name : check_names())
    EXPECT_NE(page.find("| `" + std::string(name) + "` |"), std::string::npos) << name;
}

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
  EXPECT_EQ(policy_text(policy), "up to 5 retries, waits of 100 ms doubling each time, no jitter");
  policy.max_retries = 1;
  policy.max_delay = std::chrono::seconds(2);
  policy.deadline = std::chrono::seconds(10);
  policy.jitter = Jitter::full;
  EXPECT_EQ(policy_text(policy), "up to 1 retry, after 100 ms, no wait over 2s, all within 10s, full jitter");
  policy.max_retries = 0;
  EXPECT_EQ(policy_text(policy), "no retries");
}

TEST(NotModelled, EachSentenceNamesItsTopicFirst) {
  for (const auto& [windows, opens] : {std::pair(true, true), {true, false}, {false, false}}) {
    const auto sentences = not_modelled(windows, opens, true);
    ASSERT_FALSE(sentences.empty());
    for (const auto& sentence : sentences) {
      EXPECT_NE(sentence.find(": "), std::string::npos) << sentence;
      EXPECT_EQ(sentence.back(), '.') << sentence;
    }
  }
  EXPECT_GT(not_modelled(true, true, true).size(), not_modelled(false, false, true).size());
  EXPECT_GT(not_modelled(true, false, true).size(), not_modelled(true, true, true).size());
  EXPECT_GT(not_modelled(true, true, true).size(), not_modelled(true, true, false).size());
}

TEST(Tolerated, EachSentenceNamesItsTopicFirst) {
  for (const auto kind : {SubjectKind::core, SubjectKind::command}) {
    Plan plan;
    plan.scenario.subject.kind = kind;
    plan.scenario.agents.operation_deadline = std::chrono::seconds(5);
    const auto sentences = what_was_tolerated(plan);
    EXPECT_EQ(sentences[0],
              "Deadline: an answer may come up to 1.000 s after the 5.000 s deadline (20 % of it, but never "
              "less than 0.100 s).");
    for (const auto& sentence : sentences) {
      EXPECT_NE(sentence.find(": "), std::string::npos) << sentence;
      EXPECT_EQ(sentence.back(), '.') << sentence;
    }
  }
}

}  // namespace
}  // namespace holdfast
