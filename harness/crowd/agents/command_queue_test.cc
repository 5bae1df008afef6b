// Every way in which a program can break the protocol, by a real one that does (misbehaving_subject.py): each is
// told apart from the others, ends in the right outcome, and leaves nothing behind.
#include "harness/crowd/agents/command_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <ostream>
#include <sstream>

#include "core/testing/scratch_directory.h"
#include "harness/history/event.h"
#include "harness/linux/reaper.h"

namespace holdfast {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class CommandTest : public testing::Test {
 protected:
  CommandTest() {
    std::signal(SIGPIPE, SIG_IGN);  // as join_run() does for an agent
    plan_.scenario.subject.kind = SubjectKind::command;
    plan_.scenario.subject.directory = scratch_.path();
    plan_.scenario.agents.count = 2;
    plan_.scenario.agents.broadcasts = 3;
    plan_.scenario.agents.operation_deadline = std::chrono::seconds(20);
    log_ = Descriptor(::open((scratch_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }

  // Whoever is tested: none of its processes stays.
  void TearDown() override {
    queue_.reset();
    EXPECT_EQ(children(), std::vector<pid_t>{});
  }

  CommandQueue& start(std::vector<std::string> how) {
    how.insert(how.begin(), {"python3", HOLDFAST_MISBEHAVING_SUBJECT});
    plan_.scenario.subject.command = std::move(how);
    queue_ = std::make_unique<CommandQueue>(plan_, 0, scratch_.path(), log_.get());
    return *queue_;
  }

  Entry message(std::uint32_t number) const {
    Entry entry;
    entry.id = to_string(MessageId{0, number});
    entry.body = message_body(plan_, {0, number});
    return entry;
  }

  // "ok", "fail: …" or "info: …"
  template <typename T>
  static std::string told(const Result<T>& outcome) {
    if (outcome) return "ok";
    return (outcome.error().code == Code::indefinite ? "info: " : "fail: ") + outcome.error().message;
  }

  std::string log_text() const {
    std::stringstream text;
    text << std::ifstream(scratch_.path() / "log").rdbuf();
    return text.str();
  }

  ScratchDirectory scratch_;
  Plan plan_;
  Descriptor log_;
  std::unique_ptr<CommandQueue> queue_;
};

struct Misbehaviour {
  std::vector<std::string> how;
  std::string first, second;  // how the first and the second broadcast end: the beginning, then what it holds
  std::string second_holds = "";
  std::string warning = "";  // one of those given, by what it holds; "": none at all is given
  std::chrono::milliseconds deadline{120'000};

  // As the test is listed.
  friend void PrintTo(const Misbehaviour& misbehaviour, std::ostream* out) {
    *out << fmt::format("{}", fmt::join(misbehaviour.how, " "));
  }
};

class EveryMisbehaviour : public CommandTest, public testing::WithParamInterface<Misbehaviour> {};

TEST_P(EveryMisbehaviour, IsToldApart) {
  const Misbehaviour& expected = GetParam();
  plan_.scenario.agents.operation_deadline = expected.deadline;
  CommandQueue& queue = start(expected.how);
  ASSERT_TRUE(queue.begin());
  const std::string first = told(queue.broadcast(message(0), {}));
  EXPECT_TRUE(first.starts_with(expected.first)) << first;
  const std::string second = told(queue.broadcast(message(1), {}));
  EXPECT_TRUE(second.starts_with(expected.second)) << second;
  EXPECT_TRUE(holds(second, expected.second_holds)) << second;
  EXPECT_LT(first.size(), 1000U);
  queue.finish();
  const auto warnings = queue.take_warnings();
  const bool warned = std::any_of(warnings.begin(), warnings.end(), [&](const std::string& warning) {
    return holds(warning, expected.warning);
  });
  EXPECT_EQ(warned, !expected.warning.empty()) << (warnings.empty() ? "none" : warnings.front());
}

constexpr std::chrono::milliseconds soon{200};

INSTANTIATE_TEST_SUITE_P(
    Answers, EveryMisbehaviour,
    testing::Values(
        Misbehaviour{{"good"}, "ok", "ok"},
        Misbehaviour{{"fails"}, "fail: somebody has it open", "fail: somebody has it open"},
        Misbehaviour{{"unsure"}, "info: the disk did not say", "info: the disk did not say"},
        Misbehaviour{
            {"rubbish"},
            "info: the program did not answer: its line \"Traceback (most recent call last):\" is not "
            "JSON; it went on and had to be ended",
            "info: the program did not answer"},
        Misbehaviour{
            {"not-utf8"},
            "info: the program did not answer: its line \"{\"result\":\"\\xff\\xfe\"}\" is not UTF-8 "
            "from byte 11 on",
            "info: "},
        Misbehaviour{
            {"deep"}, "info: the program did not answer: its line \"[[[[", "info: ", "(1000000 bytes)"},
        Misbehaviour{
            {"out-of-turn"},
            "info: the program did not answer: its line \"{\"result\": \"ok\", \"op\": \"broadcast\", "
            "\"id\": \"9-9\"}\" answers \"9-9\", but 0-0 was asked: it is out of turn",
            "info: "},
        Misbehaviour{{"wrong-op"},
                     "info: the program did not answer: its line ",
                     "info: ",
                     "answers \"read\", but broadcast was asked: it is out of turn"},
        Misbehaviour{{"twice"},
                     "ok",
                     "fail: the program said \"{\"result\":\"ok\"}\" before it was asked: an answer given "
                     "twice, or out of turn"},
        Misbehaviour{{"long-line", "1000000"}, "ok", "ok"},
        Misbehaviour{
            {"endless-line"}, "info: the program's line \"xxxx", "info: ", "goes on beyond 64 MiB"}));

INSTANTIATE_TEST_SUITE_P(
    Ends, EveryMisbehaviour,
    testing::Values(
        Misbehaviour{{"exits"},
                     "info: the program ended or closed its output before it answered; it exited with 3; its "
                     "last words: \"out of luck\"",
                     "info: the program ended"},
        Misbehaviour{{"crashes"},
                     "info: the program ended or closed its output before it answered; it was killed "
                     "by signal 11",
                     "info: "},
        Misbehaviour{
            {"half-a-line"},
            "info: the program ended or closed its output before it answered, in the middle of the line "
            "\"{\"result\":\"o\"; it exited with 0",
            "info: "},
        Misbehaviour{
            {"closes-stdout"},
            "info: the program ended or closed its output before it answered; it went on and had to be "
            "ended",
            "info: "},
        Misbehaviour{{"closes-stdin"},
                     "ok",
                     "fail: the program ended or closed its input before it was asked",
                     "it went on and had to be ended"},
        Misbehaviour{{"leaves-child"},
                     "ok",
                     "",
                     "ended or closed its output before it ",
                     "the program ended, and python3 ("},
        Misbehaviour{{"leaves-daemon"},
                     "ok",
                     "",
                     "ended or closed its output before it ",
                     "the program ended, and python3 ("},
        Misbehaviour{{"will-not-quit"}, "ok", "ok", "", "did not quit when asked, and had to be ended"},
        Misbehaviour{{"quits-badly"}, "ok", "ok", "", "was asked to quit and exited with 7"}));

INSTANTIATE_TEST_SUITE_P(
    TimeOuts, EveryMisbehaviour,
    testing::Values(
        Misbehaviour{{"hangs"},
                     "info: timed out: the program did not answer within 0.200 s; it went on and had "
                     "to be ended",
                     "info: timed out",
                     "",
                     "",
                     soon},
        Misbehaviour{{"ignores-sigterm"},
                     "info: timed out: the program did not answer within 0.200 s; it went on, ignored "
                     "SIGTERM and had to be killed",
                     "info: timed out",
                     "",
                     "the program ignored SIGTERM",
                     soon}));

// It is still in step: nothing needs to be started anew. Should the machine have been too busy, it is asked again.
TEST_F(CommandTest, ALateAnswerIsIndefiniteAndLeavesTheTwoInStep) {
  plan_.scenario.agents.operation_deadline = std::chrono::seconds(1);
  CommandQueue& queue = start({"late", "1.3"});
  ASSERT_TRUE(queue.begin());
  std::string outcome;
  std::uint32_t number = 0;
  for (; number < 3 && !holds(outcome, "the program answered after 1."); ++number) {
    outcome = told(queue.broadcast(message(number), {}));
    EXPECT_TRUE(outcome.starts_with("info: timed out: ")) << outcome;
  }
  EXPECT_TRUE(holds(outcome, "s, later than 1.000 s")) << outcome;
  plan_.scenario.agents.operation_deadline = std::chrono::seconds(20);
  const auto read = queue.receive("agent-0");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->back().id, to_string(MessageId{0, number - 1}));
}

TEST_F(CommandTest, GetsItsArgumentsDirectoryAndEnvironmentAndNothingElse) {
  const Descriptor inherited(::dup(STDIN_FILENO));  // without FD_CLOEXEC
  plan_.scenario.subject.environment = {{"MODE", "fast; $(ls) *"}};
  CommandQueue& queue = start({"tells", "a b", "$HOME", "", "*"});
  ASSERT_TRUE(queue.begin());
  const std::string seen = told(queue.broadcast(message(0), {}));
  EXPECT_EQ(seen, "fail: {\"argv\": [\"a b\", \"$HOME\", \"\", \"*\"], \"cwd\": \"" +
                      scratch_.path().string() +
                      "\", \"mode\": \"fast; $(ls) *\", \"home\": true, \"descriptors\": [0, 1, 2, 3]}");
}

TEST_F(CommandTest, ReadsWhatItSaid) {
  CommandQueue& queue = start({"good"});
  ASSERT_TRUE(queue.begin());
  ASSERT_TRUE(queue.broadcast(message(0), {}));
  ASSERT_TRUE(queue.broadcast(message(1), {}));
  const auto read = queue.receive("agent-0");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].id, "0-1");
  EXPECT_EQ((*read)[1].body, message(1).body);
  EXPECT_TRUE(queue.told_bodies());
}

TEST_F(CommandTest, WhoNamesIdsAloneIsKnownForIt) {
  CommandQueue& queue = start({"ids-alone"});
  ASSERT_TRUE(queue.begin());
  ASSERT_TRUE(queue.broadcast(message(0), {}));
  const auto read = queue.receive("agent-0");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_FALSE(queue.told_bodies());
  EXPECT_EQ(seen_value(plan_, read->front(), 7, queue.told_bodies()),
            (std::array<std::uint64_t, 4>{0, 7, static_cast<std::uint64_t>(SeenBody::untold), 0}));
  EXPECT_EQ(seen_value(plan_, read->front(), 7, true)[2], static_cast<std::uint64_t>(SeenBody::whole));
  Entry torn = read->front();
  torn.body += 'x';
  EXPECT_EQ(seen_value(plan_, torn, 7, true)[2], static_cast<std::uint64_t>(SeenBody::torn));
  EXPECT_EQ(seen_value(plan_, torn, 7, true)[3], torn.body.size() + 1);
}

TEST_F(CommandTest, ReadsThatCannotBeAreToldApart) {
  const std::pair<const char*, const char*> cases[] = {
      {"many-entries", "has more than 1012 entries, more than there can be"},
      {"odd-entries", "has a list as an entry's \"body\""},
      {"no-entries", "has no \"entries\", but a read was asked"}};
  for (const auto& [how, said] : cases) {
    CommandQueue& queue = start({how});
    ASSERT_TRUE(queue.begin());
    const std::string outcome = told(queue.receive("agent-0"));
    EXPECT_TRUE(outcome.starts_with("info: the program did not answer: its line \"{\"result\"")) << outcome;
    EXPECT_TRUE(holds(outcome, said)) << outcome;
  }
}

TEST_F(CommandTest, AFloodOnStandardErrorIsKeptShortAndCounted) {
  CommandQueue& queue = start({"stderr"});
  ASSERT_TRUE(queue.begin());
  EXPECT_EQ(told(queue.broadcast(message(0), {})), "ok");
  queue.finish();
  EXPECT_EQ(log_text().size(), ErrorOutput::kept_bytes_max);
  const auto warnings = queue.take_warnings();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0],
            "the program wrote 3932224 bytes on standard error beyond the 256 KiB that are kept in "
            "the log; they were dropped");
}

TEST_F(CommandTest, AProgramThatEndsBadlyEachTimeFillsNoHistory) {
  CommandQueue& queue = start({"leaves-child"});
  ASSERT_TRUE(queue.begin());
  std::size_t warnings = 0;
  // A request may go to a program that is about to end: not each of them starts one.
  for (std::uint32_t number = 0; number < 26; ++number) {
    static_cast<void>(queue.broadcast(message(number % 3), {}));
    warnings += queue.take_warnings().size();
  }
  queue.finish();
  const auto last = queue.take_warnings();
  ASSERT_FALSE(last.empty());
  EXPECT_TRUE(holds(last.back(), " more warnings of this kind")) << last.back();
  EXPECT_LE(warnings + last.size(), 11U);
}

TEST_F(CommandTest, ThatCannotBeStartedIsNoSubject) {
  const auto error_of = [&](const std::vector<std::string>& command) {
    plan_.scenario.subject.command = command;
    queue_ = std::make_unique<CommandQueue>(plan_, 0, scratch_.path(), log_.get());
    const auto begun = queue_->begin();
    EXPECT_FALSE(begun);
    if (begun) return std::string();
    EXPECT_EQ(begun.error().code, Code::invalid);
    return begun.error().message;
  };
  EXPECT_TRUE(holds(error_of({"no-such-program"}), "cannot start \"no-such-program\" in "));
  EXPECT_TRUE(holds(error_of({"no-such-program"}), "no such program in PATH, nor beside holdfast"));
  EXPECT_TRUE(holds(error_of({"./none"}), "No such file or directory"));
  scratch_.write("text", "no program");
  EXPECT_TRUE(holds(error_of({"./text"}), "Permission denied"));
  plan_.scenario.subject.directory = scratch_.path() / "gone";
  EXPECT_TRUE(holds(error_of({"true"}), "the directory: No such file or directory"));
}

// What it does not do before the first broadcast is told by that.
TEST_F(CommandTest, ThatFailsAtItsInitIsToldByEachOperation) {
  CommandQueue& queue = start({"no-init"});
  ASSERT_TRUE(queue.begin());
  EXPECT_TRUE(told(queue.broadcast(message(0), {}))
                  .starts_with("fail: the program answered init with a failure: not today"));
  CommandQueue& dead = start({"dies-at-init"});
  ASSERT_TRUE(dead.begin());
  const std::string outcome = told(dead.broadcast(message(0), {}));
  EXPECT_TRUE(outcome.starts_with("fail: at init: the program ended or closed its output before it answered"))
      << outcome;
}

}  // namespace
}  // namespace holdfast
