// What a scenario reads as, and that nothing in it can do harm.
#include <gtest/gtest.h>

#include <string>

#include "core/base/random.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/testing_parse.h"

namespace holdfast {
namespace {

// A scenario that is right, to lay single mistakes over.
constexpr const char* sound_scenario = R"(title = "T"
[subject]
kind = "core"
store = "snapshot"
retry = { max_retries = 3, base_delay = "50ms", multiplier = 1.5, max_delay = "1s", jitter = "full", deadline = "9s" }
durability = "power"
[agents]
count = 4
broadcasts = 5
recipients = { neighbours = 3 }
body_bytes = 64
rate = 10
deadline = "20s"
[sharing]
rules = "posix"
profile = "python"
[[inject]]
kind = "open-handle"
name = "backup"
path = "queue*.json"
hold = "400ms"
period = "1s"
count = 6
start_delay = "20ms"
share = "rwd"
min_fired = 2
[[inject]]
kind = "antivirus"
chance = 0.25
delay = "1ms"
hold = { median = "30ms", p99 = "300ms", max = "800ms" }
[[expect]]
figure = "success_rate.lower"
at_least = 0.98
[[expect]]
figure = "lost"
equals = 0
[[expect]]
figure = "wait.max"
at_most = 3500
[run]
deadline = "90s"
[delivered]
allowed_failures = 0.1
)";

TEST(ParseScenarioTest, ReadsWhatOtherHoldersHave) {
  const auto read = parse_scenario(
      "[[inject]]\nkind = \"antivirus\"\ntriggers = \"open\"\nmode = \"delay\"\nshare = \"\"\n"
      "hold = { median = \"30ms\", p99 = \"1.5s\", rare = { chance = 0.001, min = \"5s\", max = \"60s\" } }\n"
      "[[inject]]\nkind = \"indexer\"\nhold = \"1s\"\nyield_after = \"5ms\"\n"
      "[[inject]]\nkind = \"backup\"\nhold = \"20ms\"\ncount = 3\nperiod = \"1s\"\nmin_fired = 6\n",
      "s.toml");
  ASSERT_TRUE(read) << read.error().message;
  const Injector& antivirus = read->injectors[0];
  EXPECT_EQ(antivirus.triggers, (Triggers{false, false, true}));
  EXPECT_EQ(antivirus.share, "");
  EXPECT_EQ(antivirus.hold.rare, (RareHolds{0.001, std::chrono::seconds(5), std::chrono::seconds(60)}));
  EXPECT_TRUE(makes_wait(antivirus));
  const Injector& indexer = read->injectors[1];
  EXPECT_EQ(indexer.triggers, (Triggers{true, true, false}));
  EXPECT_EQ(indexer.yield_after, std::chrono::milliseconds(5));
  EXPECT_EQ(indexer.share, "rwd");
  EXPECT_TRUE(makes_wait(indexer));
  const Injector& backup = read->injectors[2];
  EXPECT_EQ(backup.path, "*");
  EXPECT_EQ(backup.share, "");
  EXPECT_EQ(backup.count, 3U);
  EXPECT_EQ(backup.min_fired, 6U);  // a pass takes several files
  EXPECT_FALSE(makes_wait(backup));
}

TEST(ParseScenarioTest, ReadsEveryKey) {
  const auto read = parse_scenario(sound_scenario, "dir/crowd.toml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "crowd");
  EXPECT_EQ(read->title, "T");
  EXPECT_EQ(read->subject.store, StoreKind::snapshot);
  EXPECT_EQ(read->subject.durability, Durability::power);
  RetryPolicy retry;
  retry.max_retries = 3;
  retry.base_delay = std::chrono::milliseconds(50);
  retry.multiplier = 1.5;
  retry.max_delay = std::chrono::seconds(1);
  retry.jitter = Jitter::full;
  retry.deadline = std::chrono::seconds(9);
  EXPECT_EQ(read->subject.retry, retry);
  EXPECT_EQ(read->agents.count, 4U);
  EXPECT_EQ(read->agents.broadcasts, 5U);
  EXPECT_EQ(read->agents.neighbours, 3U);
  EXPECT_EQ(read->agents.body_bytes, 64U);
  EXPECT_EQ(read->agents.rate_per_s, 10.0);
  EXPECT_EQ(read->agents.operation_deadline, std::chrono::seconds(20));
  EXPECT_EQ(read->sharing.rules, Rules::posix);
  ASSERT_EQ(read->injectors.size(), 2U);
  const Injector& backup = read->injectors[0];
  EXPECT_EQ(backup.kind, InjectorKind::open_handle);
  EXPECT_EQ(backup.name, "backup");
  EXPECT_EQ(backup.path, "queue*.json");
  EXPECT_EQ(backup.hold.median, std::chrono::milliseconds(400));
  EXPECT_FALSE(backup.hold.p99);
  EXPECT_EQ(backup.period, std::chrono::seconds(1));
  EXPECT_EQ(backup.count, 6U);
  EXPECT_EQ(backup.start_delay, std::chrono::milliseconds(20));
  EXPECT_EQ(backup.share, "rwd");
  EXPECT_EQ(backup.min_fired, 2U);
  const Injector& antivirus = read->injectors[1];
  EXPECT_EQ(antivirus.name, "antivirus");
  EXPECT_EQ(antivirus.chance, 0.25);
  EXPECT_EQ(antivirus.delay, std::chrono::milliseconds(1));
  EXPECT_EQ(antivirus.hold.max, std::chrono::milliseconds(800));
  EXPECT_EQ(antivirus.share, "rw");
  EXPECT_EQ(antivirus.min_fired, 1U);
  ASSERT_EQ(read->expectations.size(), 3U);
  EXPECT_EQ(read->expectations[0].figure, "success_rate.lower");
  EXPECT_EQ(read->expectations[0].relation, Relation::at_least);
  EXPECT_EQ(read->expectations[0].value, 0.98);
  EXPECT_EQ(read->expectations[1].relation, Relation::equals);
  EXPECT_EQ(read->expectations[2].relation, Relation::at_most);
  EXPECT_EQ(read->run_deadline, std::chrono::seconds(90));
  EXPECT_EQ(read->allowed_failures, 0.1);
}

TEST(ParseScenarioTest, ReadsReadersFaultsAndDelays) {
  const auto read = parse_scenario(
      "[subject]\nstore = \"mutant\"\nfault = \"no-lock\"\n[agents]\ncount = 3\nread_every = 2\nreaders = 4\n"
      "reader_pause = \"1ms\"\n[[inject]]\nkind = \"delay\"\ncall = \"rename\"\npath = \"queue.json\"\n"
      "victim = [0, 2]\nevery = 3\nhold = \"20ms\"\n",
      "s.toml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->subject.fault, PlantedFault::no_lock);
  EXPECT_EQ(read->agents.read_every, 2U);
  EXPECT_EQ(read->agents.readers, 4U);
  EXPECT_EQ(read->agents.reader_pause, std::chrono::milliseconds(1));
  const Injector& delay = read->injectors.at(0);
  EXPECT_EQ(delay.kind, InjectorKind::delay);
  EXPECT_EQ(delay.call, "rename");
  EXPECT_EQ(delay.path, "queue.json");
  EXPECT_EQ(delay.victims, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(delay.every, 3U);
  EXPECT_EQ(delay.hold.median, std::chrono::milliseconds(20));
  EXPECT_FALSE(is_victim(*read, 0));  // of a kill
}

TEST(ParseScenarioTest, WhatIsLeftOutHasTheDefaultsOfTheHeader) {
  const auto read = parse_scenario("[subject]\n", "bare.toml");
  ASSERT_TRUE(read) << read.error().message;
  const Scenario preset;
  EXPECT_EQ(read->title, "bare");
  EXPECT_EQ(read->subject.retry, preset.subject.retry);
  EXPECT_EQ(read->agents.count, preset.agents.count);
  EXPECT_FALSE(read->agents.rate_per_s);
  EXPECT_EQ(read->run_deadline, preset.run_deadline);
}

TEST(ParseScenarioTest, AnOriginStoreRetriesWhatTheOriginClaimed) {
  const auto retry_of = [](const std::string& subject) {
    const auto read = parse_scenario("[subject]\n" + subject, "s.toml");
    EXPECT_TRUE(read) << read.error().message;
    return read ? read->subject.retry : RetryPolicy{};
  };
  EXPECT_EQ(retry_of("store = \"origin-before\"").max_retries, 0);
  EXPECT_EQ(retry_of("store = \"origin-after\""), RetryPolicy{});
  RetryPolicy enhanced;
  enhanced.max_retries = 8;
  enhanced.base_delay = std::chrono::milliseconds(150);
  enhanced.max_delay = std::chrono::seconds(2);
  EXPECT_EQ(retry_of("store = \"origin-enhanced\""), enhanced);
  // The order in the file does not matter, and single keys are laid over the claim.
  enhanced.max_retries = 2;
  EXPECT_EQ(retry_of("retry = { max_retries = 2 }\nstore = \"origin-enhanced\""), enhanced);
  enhanced.max_delay.reset();
  EXPECT_EQ(retry_of("retry = { max_retries = 2, max_delay = \"none\" }\nstore = \"origin-enhanced\""),
            enhanced);
}

TEST(ParseScenarioTest, ACommandRunsWhereItsScenarioStands) {
  const auto read = parse_scenario(R"(
[subject]
kind = "command"
command = ["python3", "-u", "my queue.py", ""]
directory = "subjects"
environment = { MODE = "fast", EMPTY = "" }
files = ["queue.db*"]
retry = { max_retries = 2 }
)",
                                   "/srv/scenarios/mine.toml");
  ASSERT_TRUE(read) << read.error().message;
  const Subject& subject = read->subject;
  EXPECT_EQ(subject.kind, SubjectKind::command);
  EXPECT_EQ(subject.command, (std::vector<std::string>{"python3", "-u", "my queue.py", ""}));
  EXPECT_EQ(subject.directory, "/srv/scenarios/subjects");
  EXPECT_EQ(subject.environment,
            (std::vector<std::pair<std::string, std::string>>{{"EMPTY", ""}, {"MODE", "fast"}}));
  EXPECT_EQ(subject.files, std::vector<std::string>{"queue.db*"});
  EXPECT_TRUE(subject.policy_stated);
  EXPECT_EQ(subject.retry.max_retries, 2);
  EXPECT_EQ(subject_text(subject), "python3 -u my queue.py ");

  const std::string bare = "[subject]\nkind = \"command\"\ncommand = [\"q\"]\n";
  const auto beside = parse_scenario(bare, "/srv/scenarios/mine.toml");
  ASSERT_TRUE(beside) << beside.error().message;
  EXPECT_EQ(beside->subject.directory, "/srv/scenarios");
  EXPECT_FALSE(beside->subject.policy_stated);
  const auto here = parse_scenario(bare, "mine.toml");
  ASSERT_TRUE(here) << here.error().message;
  EXPECT_EQ(here->subject.directory, std::filesystem::current_path());
  const auto elsewhere = parse_scenario(bare + "directory = \"/opt\"\n", "/srv/mine.toml");
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_EQ(elsewhere->subject.directory, "/opt");
}

TEST(ParseScenarioTest, ThePathOfAHolderCannotLeaveTheStore) {
  for (const char* path : {"", ".", "..", "/etc/passwd", "../queue.json", "a/../b", "a/..", "a\\\\b",
                           "..\\\\x", "a\\u0000b", "a\\nb"}) {
    const std::string found = parse_error_of(
        std::string("[[inject]]\nkind = \"open-handle\"\nhold = \"1s\"\npath = \"") + path + "\"\n");
    EXPECT_EQ(found.find("s.toml:4:8: inject.0.path is "), 0U) << path << ": " << found;
  }
  for (const char* path :
       {"queue.json", "*.tmp", "queue.json.??????", "..queue", "*", "new/*", "a/b", "**/b"}) {
    EXPECT_TRUE(parse_scenario(
        std::string("[[inject]]\nkind = \"open-handle\"\nhold = \"1s\"\npath = \"") + path + "\"\n",
        "s.toml"))
        << path;
  }
}

TEST(ParseScenarioTest, StringsAndCommentsMayHoldAnyCharacter) {
  const auto read = parse_scenario("\xEF\xBB\xBF# ä 🔒 ''\ntitle = \"ä \\\" 'ö\" # \"ü\n", "s.toml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->title, "ä \" 'ö");
}

TEST(ParseScenarioTest, WhatIsQuotedCannotDriveATerminal) {
  const std::string found = parse_error_of("[agents]\n\"\\u001b[2J\" = 1\n");
  EXPECT_EQ(found.find('\x1b'), std::string::npos) << found;
  const std::string longer = parse_error_of("[subject]\nstore = \"" + std::string(5000, 'x') + "\"\n");
  EXPECT_LT(longer.size(), 400U);
}

TEST(ParseScenarioTest, NestingCannotOverflowTheStack) {
  std::string dots;
  for (int i = 0; i < 300'000; ++i) dots += "a.";
  EXPECT_NE(parse_error_of(dots + "a = 1\n").find("more than 40 dots"), std::string::npos);
  EXPECT_NE(parse_error_of("[" + dots + "a]\n").find("more than 40 dots"), std::string::npos);
  EXPECT_NE(parse_error_of("a = " + std::string(300'000, '[')).find("s.toml:1:"), std::string::npos);

  // The deepest that passes both counts: 40 dots on each line, arrays that carry on the nesting over lines.
  const std::string forty = dots.substr(0, 80);
  const auto nested = [&](int lines) {
    std::string text;
    for (int line = 0; line < lines; ++line) text += (line == 0 ? "" : "{ ") + forty + "a = [\n";
    text += "1\n";
    for (int line = 1; line < lines; ++line) text += "] }\n";
    return text + "]\n";
  };
  EXPECT_NE(parse_error_of(nested(16)).find("unknown key \"a\""), std::string::npos);
  EXPECT_NE(parse_error_of(nested(17)).find("more than 32 brackets"), std::string::npos);

  EXPECT_NE(parse_error_of("# " + std::string(2U << 20, 'x')).find("longer than 1048576 bytes"),
            std::string::npos);

  // Dots in strings and comments nest nothing.
  std::string prose = "# " + dots.substr(0, 500) + "\ntitle = \"\\\"" + dots.substr(0, 500) + "\"\n";
  prose += "agents.count = 2 # '" + dots.substr(0, 500) + "\n";
  const auto read = parse_scenario(prose, "s.toml");
  EXPECT_TRUE(read) << read.error().message;
}

// Every prefix of a sound scenario is a scenario or an error with a place, never a crash.
TEST(ParseScenarioTest, AnyCutIsReadOrRefused) {
  const std::string whole = sound_scenario;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto read = parse_scenario(whole.substr(0, length), "s.toml");
    if (read) continue;
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_EQ(read.error().message.find("s.toml:"), 0U) << read.error().message;
  }
}

TEST(ParseScenarioTest, AnyChangedBytesAreReadOrRefused) {
  const std::string whole = sound_scenario;
  const std::string inserts = "\"'[]{}=.,#\n\r\v\\\x01\xff-+e_09naif";
  Random random(20250101);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole;
    for (std::uint64_t edits = 1 + random.next() % 3; edits > 0; --edits) {
      const std::size_t at = random.next() % text.size();
      text.replace(at, random.next() % 4, 1, inserts[random.next() % inserts.size()]);
    }
    const auto read = parse_scenario(text, "s.toml");
    if (read) continue;
    ++refused;
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_EQ(read.error().message.find("s.toml:"), 0U) << read.error().message;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace holdfast
