// A run directory that was damaged after the run: `check` says which file and where, and never "pass".
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "harness/cli/testing_run.h"
#include "harness/history/codec.h"

namespace holdfast {
namespace {

class DamagedEvents : public RunTest {
 protected:
  void SetUp() override {
    const auto end = start_small(small_scenario("count = 2\nbroadcasts = 4")).wait();
    ASSERT_EQ(end.exit_code, 0) << end.out << end.err;
  }

  // A copy of the run with `file` spoilt, checked.
  Summary check_spoilt(const std::string& file, const std::function<void(std::string&)>& spoil) {
    std::filesystem::remove_all(scratch() / "copy");
    std::filesystem::copy(scratch() / "run", scratch() / "copy", std::filesystem::copy_options::recursive);
    std::string bytes = file_bytes(scratch() / "copy" / "events" / file);
    EXPECT_GE(bytes.size(), 3 * record_bytes);
    spoil(bytes);
    put_file(scratch() / "copy" / "events" / file, bytes);
    const auto end = holdfast({"check", "copy"});
    EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
    Summary summary = result_of("copy");
    EXPECT_EQ(summary.verdict, RunVerdict::inconclusive);
    EXPECT_EQ(exit_code(summary), end.exit_code);
    return summary;
  }

  static bool gives_reason(const Summary& summary, const std::string& part) {
    return std::any_of(summary.reasons.begin(), summary.reasons.end(),
                       [&](const std::string& reason) { return holds(reason, part); });
  }
};

const std::vector<std::string> every_file = {"agent-0.events", "agent-1.events", "conductor.events",
                                             "supervisor.events"};

TEST_F(DamagedEvents, BitFlippedAnywhereIsFoundWithItsOffset) {
  for (const std::string& file : every_file) {
    SCOPED_TRACE(file);
    const auto summary = check_spoilt(file, [&](std::string& bytes) {
      const std::size_t record = bytes.size() / record_bytes / 2;
      bytes[record * record_bytes + 20] ^= 0x10;
    });
    EXPECT_TRUE(gives_reason(summary, file + ": byte offset ")) << testing::PrintToString(summary.reasons);
  }
}

TEST_F(DamagedEvents, TruncatedOnARecordBoundary) {
  for (const std::string& file : every_file) {
    SCOPED_TRACE(file);
    const auto summary =
        check_spoilt(file, [](std::string& bytes) { bytes.resize(bytes.size() - record_bytes); });
    EXPECT_TRUE(gives_reason(summary, file + ": cut short")) << testing::PrintToString(summary.reasons);
  }
}

TEST_F(DamagedEvents, TruncatedWithinARecord) {
  for (const std::string& file : every_file) {
    SCOPED_TRACE(file);
    const auto summary = check_spoilt(file, [](std::string& bytes) { bytes.resize(bytes.size() - 7); });
    EXPECT_TRUE(gives_reason(summary, file + ": byte offset ")) << testing::PrintToString(summary.reasons);
  }
}

// Rewrites the header so that its check fits: only what it says is wrong.
void rewrite_header(std::string& bytes, std::size_t offset, char value) {
  bytes[offset] = value;
  const std::uint32_t check = record_check(bytes.data());
  std::memcpy(bytes.data(), &check, sizeof check);
}

TEST_F(DamagedEvents, AnotherVersion) {
  const auto summary =
      check_spoilt("agent-1.events", [](std::string& bytes) { rewrite_header(bytes, 6, 99); });
  EXPECT_TRUE(gives_reason(summary, "agent-1.events: byte offset 0"))
      << testing::PrintToString(summary.reasons);
  EXPECT_TRUE(gives_reason(summary, "version")) << testing::PrintToString(summary.reasons);
}

TEST_F(DamagedEvents, AnotherRun) {
  const auto summary = check_spoilt("agent-1.events", [](std::string& bytes) {
    rewrite_header(bytes, 32, static_cast<char>(bytes[32] + 1));
  });
  EXPECT_TRUE(gives_reason(summary, "agent-1.events: it belongs to run "))
      << testing::PrintToString(summary.reasons);
}

TEST_F(DamagedEvents, AnotherAgentsFile) {
  const std::string other = file_bytes(scratch() / "run" / "events" / "agent-0.events");
  const auto summary = check_spoilt("agent-1.events", [&](std::string& bytes) { bytes = other; });
  EXPECT_TRUE(gives_reason(summary, "agent-1.events: ")) << testing::PrintToString(summary.reasons);
}

TEST_F(DamagedEvents, FileTakenAway) {
  for (const std::string file : {"agent-0.events", "supervisor.events"}) {
    SCOPED_TRACE(file);
    std::filesystem::remove_all(scratch() / "copy");
    std::filesystem::copy(scratch() / "run", scratch() / "copy", std::filesystem::copy_options::recursive);
    std::filesystem::remove(scratch() / "copy" / "events" / file);
    const auto end = holdfast({"check", "copy"});
    EXPECT_EQ(end.exit_code, 2) << end.out;
    EXPECT_TRUE(gives_reason(result_of("copy"), file + ": missing")) << end.out;
  }
}

// Without the conductor's file nothing is known of the run.
TEST_F(DamagedEvents, ConductorsFileIsNeeded) {
  std::filesystem::remove(scratch() / "run" / "events" / "conductor.events");
  expect_one_sentence(holdfast({"check", "run"}), 64, "no conductor.events here");
}

TEST_F(DamagedEvents, AnEventFileThatIsALink) {
  const auto path = scratch() / "run" / "events" / "agent-1.events";
  std::filesystem::rename(path, scratch() / "moved");
  std::filesystem::create_symlink(scratch() / "moved", path);
  const auto end = holdfast({"check", "run"});
  EXPECT_EQ(end.exit_code, 2) << end.out;
  EXPECT_TRUE(gives_reason(result_of("run"), "agent-1.events: a symbolic link")) << end.out;
}

}  // namespace
}  // namespace holdfast
