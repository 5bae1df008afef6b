// What a person sees for each mistake, to the line and column.

#include <gtest/gtest.h>

#include <string>

#include "core/base/random.h"
#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

std::string parse_error_of(const std::string& toml, const std::vector<std::string>& settings = {}) {
  const auto scenario = parse_scenario(toml, "s.toml", settings);
  if (scenario) return "no error";
  EXPECT_EQ(scenario.error().code, Code::invalid);
  return scenario.error().message;
}

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

struct Mistake {
  const char* toml;
  const char* error;  // its beginning
};

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsNamedWithItsPlace) {
  const std::string found = parse_error_of(GetParam().toml);
  EXPECT_EQ(found.substr(0, std::string(GetParam().error).size()), GetParam().error) << "in full: " << found;
}

INSTANTIATE_TEST_SUITE_P(
    Words, MistakeTest,
    testing::Values(
        Mistake{"[agents]\ncuont = 8\n",
                "s.toml:2:1: unknown key in agents \"cuont\"; the nearest is \"count\". Valid here: count, "
                "broadcasts, "},
        Mistake{"[agents]\nzz = 1\naa = 2\n", "s.toml:2:1: unknown key in agents \"zz\""},
        Mistake{"\n  [agent]\n",
                "s.toml:2:4: unknown key \"agent\"; the nearest is \"agents\". Valid here: title, "},
        Mistake{"[agents]\nxyzzyxyzzyxyzzy = 8\n",
                "s.toml:2:1: unknown key in agents \"xyzzyxyzzyxyzzy\"; the nearest is"},
        Mistake{"[subject]\nretry = { max_retry = 5 }\n",
                "s.toml:2:11: unknown key in subject.retry \"max_retry\"; the nearest is \"max_retries\"."},
        Mistake{"[[inject]]\nkind = \"open-handle\"\nhold = { medain = \"1s\" }\npath = \"q\"",
                "s.toml:3:10: unknown key in inject.0.hold \"medain\"; the nearest is \"median\"."},
        Mistake{
            "[subject]\nstore = \"snapshop\"\n",
            "s.toml:2:9: subject.store: unknown store \"snapshop\"; the nearest is \"snapshot\". Valid here: "
            "snapshot, origin-before, origin-after, origin-enhanced"},
        Mistake{"[subject]\nkind = \"command\"\n",
                "s.toml:1:1: subject.command is missing; it must be a list of strings, such as"},
        Mistake{"[subject]\ncommand = [\"python3\", \"q.py\"]\n",
                "s.toml:2:11: subject.command belongs to kind = \"command\", but this is kind = \"core\""},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\"]\nstore = \"snapshot\"\n",
                "s.toml:4:9: subject.store belongs to kind = \"core\", but this is kind = \"command\""},
        Mistake{"[subject]\nkind = \"cores\"\n",
                "s.toml:2:8: subject.kind: unknown kind of subject \"cores\""},
        Mistake{"[subject]\ndurability = \"disk\"\n",
                "s.toml:2:14: subject.durability: unknown durability \"disk\""},
        Mistake{"[subject]\nretry = { jitter = \"ful\" }\n",
                "s.toml:2:20: subject.retry.jitter: unknown jitter \"ful\"; the nearest is \"full\". Valid "
                "here: none, "},
        Mistake{"[sharing]\nrules = \"linux\"\n",
                "s.toml:2:9: sharing.rules: unknown rules \"linux\"; the nearest is \"posix\". Valid here: "
                "windows, posix"},
        Mistake{"[sharing]\nprofile = \"pyhton\"\n",
                "s.toml:2:11: sharing.profile: unknown profile \"pyhton\"; the nearest is \"python\". Valid "
                "here: c, python, go, java, java-nio, node, rust"},
        Mistake{
            "[sharing]\nopens = \"traped\"\n",
            "s.toml:2:9: sharing.opens: unknown opens \"traped\"; the nearest is \"untrapped\". Valid here: "
            "decided, untrapped"},
        Mistake{"[sharing]\nopens = \"untrapped\"\nprofile = \"dotnet\"\n",
                "s.toml:2:9: sharing.opens is \"untrapped\", but a profile or an injector denies"},
        Mistake{"[[inject]]\nkind = \"anti-virus\"\n",
                "s.toml:2:8: inject.0.kind: unknown kind of injector \"anti-virus\"; the nearest is "
                "\"antivirus\"."},
        Mistake{"[[expect]]\nfigure = \"succes_rate.lower\"\nat_least = 1\n",
                "s.toml:2:10: expect.0.figure: unknown figure \"succes_rate.lower\"; the nearest is "
                "\"success_rate.lower\"."}));

INSTANTIATE_TEST_SUITE_P(
    TypesAndRanges, MistakeTest,
    testing::Values(
        Mistake{"[agents]\ncount = 0\n",
                "s.toml:2:9: agents.count is 0, but must be a whole number from 1 to 100000"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = \"q\"\n",
                "s.toml:3:11: subject.command is the string \"q\", but must be a list of strings"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = []\n",
                "s.toml:3:11: subject.command is an array, but must be a list of strings"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"\"]\n", "s.toml:3:12: subject.command"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\", 3]\n",
                "s.toml:3:17: subject.command.1 is 3, but must be text of at most 4,096 bytes without NUL"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\"]\nfiles = [\"a\", \"new/\", \"../b\"]\n",
                "s.toml:4:23: subject.files.2 is the string \"../b\", but must be a file inside the store"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\"]\nfiles = [\"/etc/passwd\"]\n",
                "s.toml:4:10: subject.files.0 is the string \"/etc/passwd\", but must be a file inside"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"a\\u0000b\"]\n", "s.toml:3:12: subject.command"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\"]\nenvironment = { A = 1 }\n",
                "s.toml:4:21: subject.environment.A is 1, but must be a string"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\"]\nenvironment = { \"A=B\" = \"1\" }\n",
                "s.toml:4:17: subject.environment: a variable's name has no '='"},
        Mistake{"[subject]\nkind = \"command\"\ncommand = [\"q\"]\n[[inject]]\nkind = \"kill\"\nkill_at = "
                "\"every-call\"\n",
                "s.toml:4:1: inject: kills are counted by the file calls of the built-in agent"},
        Mistake{"[agents]\ncount = 100001\n", "s.toml:2:9: agents.count is 100001, but must be"},
        Mistake{"[agents]\ncount = -1\n", "s.toml:2:9: agents.count is -1, but must be"},
        Mistake{"[agents]\ncount = 4294967304\n", "s.toml:2:9: agents.count is 4294967304, but must be"},
        Mistake{"[agents]\ncount = 8.0\n", "s.toml:2:9: agents.count is 8.0, but must be a whole number"},
        Mistake{"[agents]\ncount = \"8\"\n",
                "s.toml:2:9: agents.count is the string \"8\", but must be a whole"},
        Mistake{"[agents]\ncount = [8]\n",
                "s.toml:2:9: agents.count is an array, but must be a whole number"},
        Mistake{"[agents]\ncount = 2024-01-01\n", "s.toml:2:9: agents.count is a date or time, but must be"},
        Mistake{"[agents]\nbroadcasts = 0\n", "s.toml:2:14: agents.broadcasts is 0, but must be"},
        Mistake{"[agents]\nbody_bytes = 16\n",
                "s.toml:2:14: agents.body_bytes is 16, but must be a whole number from 17"},
        Mistake{"[agents]\nrate = 0\n", "s.toml:2:8: agents.rate is 0, but must be a number greater than 0"},
        Mistake{"[agents]\nrate = -1.5\n", "s.toml:2:8: agents.rate is -1.5, but must be"},
        Mistake{"[agents]\nrate = nan\n", "s.toml:2:8: agents.rate is nan, but must be"},
        Mistake{"[agents]\nrate = inf\n", "s.toml:2:8: agents.rate is inf, but must be"},
        Mistake{"[agents]\nrate = 0.01\n",
                "s.toml:2:8: agents.rate: 25 broadcasts at 0.01 a second need 2500 s, more than "
                "run.deadline, 5m"},
        Mistake{"[agents]\nrecipients = \"some\"\n",
                "s.toml:2:14: agents.recipients is the string \"some\", but must be \"all\", \"mixed\", or { "
                "neighbours "
                "= n }"},
        Mistake{"[agents]\ncount = 4\nrecipients = { neighbours = 4 }\n",
                "s.toml:3:29: agents.recipients.neighbours is 4, but an agent of 4 has only 3 neighbours"},
        Mistake{"[agents]\nrecipients = { neighbours = 8 }\n",
                "s.toml:2:29: agents.recipients.neighbours is 8, but"},
        Mistake{"[agents]\nrecipients = { neighbours = 0 }\n",
                "s.toml:2:29: agents.recipients.neighbours is 0, but"},
        Mistake{"[agents]\nrecipients = { }\n", "s.toml:2:14: agents.recipients.neighbours is missing"},
        Mistake{"[agents]\ndeadline = \"-5s\"\n",
                "s.toml:2:12: agents.deadline is the string \"-5s\", but must be a duration"},
        Mistake{"[agents]\ndeadline = 30\n", "s.toml:2:12: agents.deadline is 30, but must be a duration"},
        Mistake{"[agents]\ndeadline = \"0s\"\n",
                "s.toml:2:12: agents.deadline is the string \"0s\", but must be"},
        Mistake{"[run]\ndeadline = \"25h\"\n",
                "s.toml:2:12: run.deadline is the string \"25h\", but must be"},
        Mistake{"[subject]\nretry = { multiplier = 0.5 }\n",
                "s.toml:2:24: subject.retry.multiplier is 0.5, but must be a number from 1 to"},
        Mistake{"[subject]\nretry = { max_retries = -1 }\n",
                "s.toml:2:25: subject.retry.max_retries is -1, but"},
        Mistake{"[subject]\nretry = 5\n", "s.toml:2:9: subject.retry is 5, but must be a table"},
        Mistake{"subject = \"core\"\n", "s.toml:1:11: subject is the string \"core\", but must be a table"},
        Mistake{"title = 3\n", "s.toml:1:9: title is 3, but must be a string"},
        Mistake{"[agents]\nrate = 1000000.5\n", "s.toml:2:8: agents.rate is 1000000.5, but must be a number"},
        Mistake{"[delivered]\nallowed_failures = 1.1\n",
                "s.toml:2:20: delivered.allowed_failures is 1.1, but must be a number from 0 to 1"},
        Mistake{"[inject]\nkind = \"antivirus\"\n",
                "s.toml:1:1: inject is a table, but must be an array of tables"},
        Mistake{"inject = [1]\n", "s.toml:1:11: inject.0 is 1, but must be a table"},
        Mistake{"[expect]\n", "s.toml:1:1: expect is a table, but must be an array of tables"}));

INSTANTIATE_TEST_SUITE_P(
    Injectors, MistakeTest,
    testing::Values(
        Mistake{"[[inject]]\nname = \"x\"\n", "s.toml:1:1: inject.0.kind is missing; it must be one of"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\n",
                "s.toml:1:1: inject.0.hold is missing; it must be a duration"},
        Mistake{"[[inject]]\nkind = \"open-handle\"\nhold = \"1s\"\n",
                "s.toml:1:1: inject.0.path is missing"},
        Mistake{"[[inject]]\nkind = \"open-handle\"\nhold = \"1s\"\npath = \"q\"\ncount = 3\n",
                "s.toml:1:1: inject.0.period is missing; 3 holds need"},
        Mistake{"[[inject]]\nkind = \"open-handle\"\nhold = \"1s\"\npath = \"q\"\nchance = 1\n",
                "s.toml:5:10: inject.0.chance belongs to kind = \"antivirus\" or \"indexer\", but this is "
                "kind = \"open-handle\""},
        Mistake{"[[inject]]\nhold = \"1s\"\npath = \"q\"\nkind = \"antivirus\"\n",
                "s.toml:3:8: inject.0.path belongs to kind = \"open-handle\" or \"backup\" or \"delay\", but "
                "this is kind = "
                "\"antivirus\""},
        Mistake{"[[inject]]\nkind = \"backup\"\nhold = \"1s\"\ncount = 2\n",
                "s.toml:1:1: inject.0.period is missing; 2 passes need"},
        Mistake{"[[inject]]\nkind = \"backup\"\n", "s.toml:1:1: inject.0.hold is missing"},
        Mistake{"[[inject]]\nkind = \"backup\"\nhold = \"1s\"\ntriggers = \"open\"\n",
                "s.toml:4:12: inject.0.triggers belongs to kind = \"antivirus\" or \"indexer\""},
        Mistake{
            "[[inject]]\nkind = \"indexer\"\nhold = \"1s\"\nshare = \"rw\"\n",
            "s.toml:4:9: inject.0.share belongs to kind = \"open-handle\" or \"backup\" or \"antivirus\""},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nyield_after = \"1s\"\n",
                "s.toml:4:15: inject.0.yield_after belongs to kind = \"indexer\""},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nmode = \"delya\"\n",
                "s.toml:4:8: inject.0.mode: unknown mode \"delya\"; the nearest is \"delay\""},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\ntriggers = [\"close\", \"opne\"]\n",
                "s.toml:4:22: inject.0.triggers: unknown trigger \"opne\"; the nearest is \"open\""},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\ntriggers = [\"open\", \"open\"]\n",
                "s.toml:4:21: inject.0.triggers names open twice"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\ntriggers = []\n",
                "s.toml:4:12: inject.0.triggers is an array, but must be"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = { median = \"1s\", rare = \"5s\" }\n",
                "s.toml:3:32: inject.0.hold.rare is the string \"5s\", but must be { chance, min, max }"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = { median = \"1s\", rare = { chance = 0.1, min = "
                "\"5s\" } }\n",
                "s.toml:3:32: inject.0.hold.rare.max is missing"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = { median = \"1s\", rare = { chance = 0.1, min = "
                "\"5s\", max = \"4s\" } }\n",
                "s.toml:3:66: inject.0.hold.rare.max is 4s, but must not be below rare.min, 5s"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nchance = 1.5\n",
                "s.toml:4:10: inject.0.chance is 1.5, but must be a number from 0 to 1"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nchance = nan\n",
                "s.toml:4:10: inject.0.chance is nan"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\ndelay = \"-1ms\"\n",
                "s.toml:4:9: inject.0.delay is the string \"-1ms\", but must be a duration"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"0s\"\n",
                "s.toml:3:8: inject.0.hold is the string \"0s\""},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = { median = \"10ms\", p99 = \"9ms\" }\n",
                "s.toml:3:33: inject.0.hold.p99 is 9ms, but must not be below hold.median, 10ms"},
        Mistake{
            "[[inject]]\nkind = \"antivirus\"\nhold = { median = \"10ms\", p99 = \"20ms\", max = \"5ms\" }\n",
            "s.toml:3:47: inject.0.hold.max is 5ms, but must not be below hold.median, 10ms"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = { median = \"10ms\", max = \"50ms\" }\n",
                "s.toml:3:33: inject.0.hold.max cuts a distribution, so it needs hold.p99"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = { p99 = \"10ms\" }\n",
                "s.toml:3:8: inject.0.hold.median is missing"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nshare = \"rx\"\n",
                "s.toml:4:9: inject.0.share is the string \"rx\", but must be"},
        Mistake{"[[inject]]\nkind = \"open-handle\"\nhold = \"1s\"\npath = \"q\"\ncount = 2\nperiod = "
                "\"1s\"\nmin_fired = 3\n",
                "s.toml:7:13: inject.0.min_fired is 3, but count allows only 2"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\n[[inject]]\nkind = \"antivirus\"\nhold = "
                "\"2s\"\n",
                "s.toml:4:1: inject.1: there is an injector \"antivirus\" already"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nname = \"a\"\n"
                "[[inject]]\nkind = \"antivirus\"\nhold = \"2s\"\nname = \"a\"\n",
                "s.toml:8:8: inject.1: there is an injector \"a\" already"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nname = \"a/b\"\n",
                "s.toml:4:8: inject.0.name is"}));

INSTANTIATE_TEST_SUITE_P(
    Kills, MistakeTest,
    testing::Values(
        Mistake{"[[inject]]\nkind = \"kill\"\n",
                "s.toml:1:1: inject.0.kill_at is missing; it must be one of \"every-call\", \"random\""},
        Mistake{
            "[[inject]]\nkind = \"kill\"\nkill_at = \"every-cal\"\n",
            "s.toml:3:11: inject.0.kill_at: unknown kill_at \"every-cal\"; the nearest is \"every-call\""},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill-at = \"random\"\n",
                "s.toml:3:1: unknown key in inject.0 \"kill-at\"; the nearest is \"kill_at\""},
        Mistake{"[agents]\ncount = 4\n[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nvictim = 4\n",
                "s.toml:6:10: inject.0.victim is agent 4, but agents.count is 4: the last is agent 3"},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nvictim = [1, 0, 1]\n",
                "s.toml:4:17: inject.0.victim names agent 1 twice"},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nvictim = []\n",
                "s.toml:4:10: inject.0.victim is an array, but must be an agent's number"},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nvictim = -1\n",
                "s.toml:4:10: inject.0.victim is -1, but must be an agent's number"},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\n[[inject]]\nkind = \"kill\"\n"
                "name = \"b\"\nkill_at = \"random\"\nvictim = [1, 0]\n",
                "s.toml:8:10: inject.1.victim: agent 0 is another injector's victim already"},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"every-call\"\ncount = 3\n",
                "s.toml:4:9: inject.0.count belongs to kill_at = \"random\""},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"every-call\"\nwithin = 3\n",
                "s.toml:4:10: inject.0.within belongs to kill_at = \"random\""},
        Mistake{
            "[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nhold = \"1s\"\n",
            "s.toml:4:8: inject.0.hold belongs to kind = \"open-handle\" or \"backup\" or \"antivirus\" or "
            "\"indexer\" or \"delay\", but this is kind = \"kill\""},
        Mistake{"[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\ncount = 2\nmin_fired = 3\n",
                "s.toml:5:13: inject.0.min_fired is 3, but count allows only 2"},
        Mistake{
            "[agents]\nbroadcasts = 2\n[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\n",
            "s.toml:3:1: inject.0: agents.broadcasts is 2, but the first and the last of a victim are left "
            "alone: give each agent at least 3"}));

INSTANTIATE_TEST_SUITE_P(
    Delays, MistakeTest,
    testing::Values(
        Mistake{"[subject]\nfault = \"no-lock\"\n",
                "s.toml:2:9: subject.fault belongs to store = \"mutant\", but this is store = \"snapshot\""},
        Mistake{"[subject]\nstore = \"mutant\"\nfault = \"no-look\"\n",
                "s.toml:3:9: subject.fault: unknown fault \"no-look\"; the nearest is \"no-lock\""},
        Mistake{"[[inject]]\nkind = \"delay\"\nhold = \"1s\"\npath = \"q\"\n",
                "s.toml:1:1: inject.0.call is missing; it must be one of \"rename\""},
        Mistake{"[[inject]]\nkind = \"delay\"\nhold = \"1s\"\npath = \"q\"\ncall = \"renam\"\n",
                "s.toml:5:8: inject.0.call: unknown call \"renam\"; the nearest is \"rename\""},
        Mistake{"[agents]\ncount = 2\n[[inject]]\nkind = \"delay\"\nhold = \"1s\"\npath = \"q\"\ncall = "
                "\"rename\"\n"
                "victim = 2\n",
                "s.toml:8:10: inject.0.victim is agent 2, but agents.count is 2: the last is agent 1"}));

INSTANTIATE_TEST_SUITE_P(
    Expectations, MistakeTest,
    testing::Values(Mistake{"[[expect]]\nat_least = 1\n", "s.toml:1:1: expect.0.figure is missing"},
                    Mistake{"[[expect]]\nfigure = \"lost\"\n",
                            "s.toml:1:1: expect.0 has none of at_least, at_most and equals"},
                    Mistake{"[[expect]]\nfigure = \"lost\"\nat_least = 1\nequals = 2\n",
                            "s.toml:1:1: expect.0 has more than one of at_least, at_most and equals"},
                    Mistake{"[[expect]]\nfigure = \"lost\"\nequals = \"0\"\n",
                            "s.toml:3:10: expect.0.equals is the string \"0\""},
                    Mistake{"[[expect]]\nfigure = \"lost\"\nequals = nan\n",
                            "s.toml:3:10: expect.0.equals is nan, but must be"},
                    Mistake{
                        "[[expect]]\nfigure = \"success_rate\"\nat_least = 98\n",
                        "s.toml:3:12: expect.0.at_least is 98, but success_rate is a share, from 0 to 1"}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, MistakeTest,
    testing::Values(Mistake{"", "s.toml:1:1: the scenario is empty"},
                    Mistake{"# nothing but a comment\n", "s.toml:1:1: the scenario is empty"},
                    Mistake{"[agents\n", "s.toml:1:8: "}, Mistake{"[agents]\ncount = \n", "s.toml:2:9: "},
                    Mistake{"title = \"\xff\"\n", "s.toml:1:"}, Mistake{"a = 1\na = 2\n", "s.toml:2:"},
                    Mistake{"[=]\n", "s.toml:1:1: this is not TOML"},
                    Mistake{"title =0\"\xE3\x80\xA8\"\n", "s.toml:1:9: a quote in the middle of a word"},
                    Mistake{"title =0'\xE3\x80\xA8'\n", "s.toml:1:9: a quote in the middle of a word"},
                    Mistake{"title = \"\"\"\xC3\xA4\"\n", "s.toml:1:9: strings of several lines"},
                    Mistake{"title = \"\"'\xC3\xA4'\n", "s.toml:1:11: a quote in the middle of a word"},
                    Mistake{"title = \"\"\n'a' = \xC3\xA4\n", "s.toml:2:7: a character beyond ASCII"},
                    Mistake{"# a\xE2\x80\xA8\xC3\xA4\n", "s.toml:1:4: a line break that is not ASCII"},
                    Mistake{"title = \'\'\'a\nb\'\'\'\n", "s.toml:1:9: strings of several lines"},
                    Mistake{"title = \"\"\"a\"\"\"\n", "s.toml:1:9: strings of several lines"}));

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
