// What a person sees for each mistake, to the line and column.
#include <gtest/gtest.h>

#include <string>

#include "harness/scenario/testing_parse.h"

namespace holdfast {
namespace {

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
                "s.toml:2:1: unknown key in agents \"xyzzyxyzzyxyzzy\". Valid here: "},
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
                "s.toml:2:9: sharing.rules: unknown rules \"linux\". Valid here: windows, posix"},
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
            "s.toml:4:9: inject.0.share belongs to kind = \"open-handle\" or \"antivirus\" or \"backup\""},
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
                "s.toml:4:1: inject.1: the name \"antivirus\" is already taken by another injector"},
        Mistake{"[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\nname = \"a\"\n"
                "[[inject]]\nkind = \"antivirus\"\nhold = \"2s\"\nname = \"a\"\n",
                "s.toml:8:8: inject.1: the name \"a\" is already taken by another injector"},
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
            "s.toml:4:8: inject.0.hold belongs to kind = \"open-handle\" or \"antivirus\" or \"indexer\" or "
            "\"backup\" or \"delay\", but this is kind = \"kill\""},
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
    testing::Values(
        Mistake{"[[expect]]\nat_least = 1\n", "s.toml:1:1: expect.0.figure is missing"},
        Mistake{"[[expect]]\nfigure = \"lost\"\n",
                "s.toml:1:1: expect.0 has none of at_least, at_most and equals"},
        Mistake{"[[expect]]\nfigure = \"lost\"\nat_least = 1\nequals = 2\n",
                "s.toml:1:1: expect.0 has more than one of at_least, at_most and equals"},
        Mistake{"[[expect]]\nfigure = \"lost\"\nequals = \"0ms\"\n",
                "s.toml:3:10: expect.0.equals: \"0ms\" is not a threshold for lost: write a number"},
        Mistake{"[[expect]]\nfigure = \"lost == 0\"\nequals = 0\n",
                "s.toml:1:1: expect.0 has more than one of at_least, at_most and equals"},
        Mistake{"expect = [\"lots == 0\"]\n",
                "s.toml:1:11: expect.0: unknown figure \"lots\"; the nearest is \"lost\""},
        Mistake{"[[expect]]\nfigure = \"lost\"\nequals = nan\n",
                "s.toml:3:10: expect.0.equals is nan, but must be"},
        Mistake{"[[expect]]\nfigure = \"success_rate\"\nat_least = 98\n",
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

}  // namespace
}  // namespace holdfast
