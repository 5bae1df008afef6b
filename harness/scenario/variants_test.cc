// [[variant]]: what lies over what, and what a person sees who got it wrong.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "core/base/random.h"
#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

constexpr const char* base_toml = R"(title = "T"
[subject]
retry = { max_retries = 3, base_delay = "50ms" }
[agents]
count = 4
[[inject]]
kind = "open-handle"
path = "queue.json"
hold = "400ms"
[[inject]]
kind = "antivirus"
hold = { median = "30ms", p99 = "300ms" }
)";

Result<std::vector<Variant>> variants(const std::string& toml,
                                      const std::vector<std::string>& settings = {}) {
  return parse_variants(base_toml + toml, "s.toml", settings);
}

std::string variant_error(const std::string& toml, const std::vector<std::string>& settings = {}) {
  const auto read = variants(toml, settings);
  if (read) return "no error";
  EXPECT_EQ(read.error().code, Code::invalid);
  return read.error().message;
}

TEST(VariantsTest, AScenarioWithoutAnyIsOneWithoutAName) {
  const auto read = variants("");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().name, "");
  EXPECT_TRUE(read->front().judged);
  EXPECT_EQ(read->front().scenario, *parse_scenario(base_toml, "s.toml"));
}

TEST(VariantsTest, LayTheirKeysOverTheScenario) {
  const auto read = variants(R"(
[[variant]]
name = "fixed"
judged = false
subject.retry.jitter = "none"
sharing = {}
inject.0.hold = "1s"
[[variant]]
name = "equal"
subject = { retry = { jitter = "equal", max_retries = 7 } }
inject.1.hold.p99 = "200ms"
inject.2 = { kind = "open-handle", name = "second", path = "queue.json", hold = "1ms" }
agents.recipients.neighbours = 2
)");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  const Variant& fixed = (*read)[0];
  const Variant& equal = (*read)[1];
  EXPECT_EQ(fixed.name, "fixed");
  EXPECT_FALSE(fixed.judged);
  EXPECT_EQ(fixed.scenario.subject.retry.jitter, Jitter::none);
  EXPECT_EQ(fixed.scenario.injectors[0].hold.median, std::chrono::seconds(1));
  EXPECT_EQ(fixed.scenario.injectors[1].hold.p99, std::chrono::milliseconds(300));
  EXPECT_EQ(fixed.settings, (std::vector<std::string>{"inject.0.hold = 1s", "subject.retry.jitter = none"}));
  EXPECT_EQ(equal.name, "equal");
  EXPECT_TRUE(equal.judged);
  EXPECT_EQ(equal.scenario.subject.retry.jitter, Jitter::equal);
  EXPECT_EQ(equal.scenario.subject.retry.max_retries, 7);
  EXPECT_EQ(equal.scenario.subject.retry.base_delay, std::chrono::milliseconds(50));  // the file's
  EXPECT_EQ(equal.scenario.injectors[0].hold.median, std::chrono::milliseconds(400));
  EXPECT_EQ(equal.scenario.injectors[1].hold.median, std::chrono::milliseconds(30));
  EXPECT_EQ(equal.scenario.injectors[1].hold.p99, std::chrono::milliseconds(200));
  ASSERT_EQ(equal.scenario.injectors.size(), 3U);
  EXPECT_EQ(equal.scenario.injectors[2].name, "second");
  EXPECT_EQ(equal.scenario.agents.neighbours, 2U);
  EXPECT_EQ(equal.scenario.name, "s");
  EXPECT_EQ(equal.scenario.title, "T");
}

TEST(VariantsTest, SettingsReachEveryVariantAndEachByItsNumber) {
  const auto read =
      variants("[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\nagents.count = 5\n",
               {"subject.retry.max_retries=9", "variant.1.agents.count=6", "variant.0.judged=false"});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)[0].scenario.subject.retry.max_retries, 9);
  EXPECT_EQ((*read)[1].scenario.subject.retry.max_retries, 9);
  EXPECT_EQ((*read)[0].scenario.agents.count, 4U);
  EXPECT_EQ((*read)[1].scenario.agents.count, 6U);
  EXPECT_FALSE((*read)[0].judged);
  const auto none = variants("[[variant]]\nname = \"a\"\nagents.count = 5\n", {"variant=[]"});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->front().name, "");
  EXPECT_EQ(none->front().scenario.agents.count, 4U);
}

struct VariantMistake {
  std::string toml, said;
  std::vector<std::string> settings = {};
};

TEST(VariantsTest, MistakesAreNamedWithTheirPlace) {
  const std::string named = "[[variant]]\nname = \"a\"\n";  // lines 13 and 14 of the file
  const VariantMistake mistakes[] = {
      {"[[variant]]\njudged = true\n", "s.toml:13:1: variant.0.name is missing; it must be 1 to 40 letters"},
      {"[[variant]]\nname = \"a/b\"\n",
       "s.toml:14:8: variant.0.name is the string \"a/b\", but must be 1 to 40"},
      {"[[variant]]\nname = \"..\"\n", "s.toml:14:8: variant.0.name"},
      {"[[variant]]\nname = \"\"\n", "s.toml:14:8: variant.0.name"},
      {"[[variant]]\nname = 3\n", "s.toml:14:8: variant.0.name is 3"},
      {named + "judged = 1\n", "s.toml:15:10: variant.0.judged is 1, but must be true or false"},
      {named + named, "s.toml:16:8: variant.1.name: the name \"a\" is already taken by another variant"},
      {named + "judged = false\n", "no variant is judged"},
      {named + "subject.retry.jiter = \"none\"\n",
       "s.toml:15:15: unknown key in subject.retry \"jiter\"; the nearest is \"jitter\""},
      {named + "subjekt.store = \"snapshot\"\n",
       "s.toml:15:1: unknown key \"subjekt\"; the nearest is \"subject\""},
      {named + "agents.count = 0\n", "s.toml:15:16: agents.count is 0, but must be"},
      {named + "inject.7.hold = \"1s\"\n",
       "s.toml:15:8: inject is an array, and \"7\" is not an index of it"},
      {named + "title.x = 1\n", "s.toml:15:1: title is a table, but must be a string"},
      {named + "[[variant.variant]]\nname = \"b\"\n", "a variant has no variants of its own"},
      {named + "agents.count = 5\n",
       "--set agents.count: variant.0.agents.count sets this key again, at s.toml:15:16, and would hide it: "
       "set "
       "variant.0.agents.count instead",
       {"agents.count=6"}},
      {named, "--set variant.3.name: variant is an array, and \"3\" is not an index", {"variant.3.name=x"}},
      {named, "--set variant: variant is 3, but must be an array of tables", {"variant=3"}},
      {"", "--set variant: variant.0 is 3, but must be a table", {"variant=[3]"}},
      {"[variant]\nname = \"a\"\n",
       "variant is a table, but must be an array of tables, each begun with [[variant]]"},
  };
  for (const VariantMistake& mistake : mistakes) {
    const std::string said = variant_error(mistake.toml, mistake.settings);
    EXPECT_NE(said.find(mistake.said), std::string::npos) << mistake.toml << "\nsays: " << said;
  }
}

TEST(VariantsTest, AMisspeltArrayIsNamed) {
  EXPECT_NE(variant_error("[[varient]]\nname = \"a\"\n")
                .find("unknown key \"varient\"; the nearest is \"variant\""),
            std::string::npos);
}

// What a variant says is what the same keys would say one by one on the command line, in any order.
RC_GTEST_PROP(VariantsProperty, AreTheSameAsSettings, (std::uint64_t seed)) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> choices = {
      {"subject.retry.jitter", {"\"none\"", "\"full\"", "\"equal\""}},
      {"subject.retry.max_retries", {"0", "9"}},
      {"subject.durability", {"\"power\""}},
      {"agents.count", {"2", "17"}},
      {"agents.rate", {"5.5"}},
      {"inject.0.hold", {"\"1s\"", "\"2ms\""}},
      {"inject.1.hold.p99", {"\"31ms\"", "\"299ms\""}},
      {"inject.1.chance", {"0.5"}},
      {"sharing.rules", {"\"posix\""}},
      {"expect.0", {"{ figure = \"lost\", equals = 0 }"}},
      {"title", {"\"Another\""}},
      {"run.deadline", {"\"9m\""}},
  };
  Random random(seed);
  std::string toml = "[[variant]]\nname = \"a\"\n";
  std::vector<std::string> settings = {};
  for (const auto& [key, values] : choices) {
    if (random.uniform() < 0.5) continue;
    const std::string& value = values[random.next() % values.size()];
    toml += key + " = " + value + "\n";
    settings.push_back(key + "=" + value);
  }
  const auto variant = variants(toml);
  RC_ASSERT(variant.has_value());
  const auto set = parse_scenario(base_toml, "s.toml", settings);
  RC_ASSERT(set.has_value());
  RC_ASSERT(variant->front().scenario == *set);
  RC_ASSERT(variant->front().settings.size() >= settings.size());
}

TEST(WaiveTest, NamesAKnownCheckAndAReason) {
  const auto read = variants("[[waive]]\ncheck = \"lost\"\nreason = \"there is no lock\"\n");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->front().scenario.waivers, (std::vector<Waiver>{{"lost", "there is no lock"}}));
  const VariantMistake mistakes[] = {
      {"[[waive]]\ncheck = \"lots\"\nreason = \"there is no lock\"\n",
       "s.toml:14:9: waive.0.check: unknown check \"lots\"; the nearest is \"lost\"",
       {}},
      {"[[waive]]\ncheck = \"lost\"\n", "s.toml:13:1: waive.0.reason is missing", {}},
      {"[[waive]]\ncheck = \"lost\"\nreason = \"so\"\n",
       "s.toml:15:10: waive.0.reason is the string \"so\"",
       {}},
      {"[[waive]]\ncheck = \"lost\"\nreason = \"there is no lock\"\n[[waive]]\ncheck = \"lost\"\n"
       "reason = \"there is no lock\"\n",
       "s.toml:16:1: waive.1: lost is waived already",
       {}},
  };
  for (const VariantMistake& mistake : mistakes) {
    const std::string said = variant_error(mistake.toml);
    EXPECT_NE(said.find(mistake.said), std::string::npos) << mistake.toml << "\nsays: " << said;
  }
}

TEST(ReadForTest, BelongsToTheStoreThatHasNoLock) {
  const auto read = parse_scenario("[subject]\nstore = \"unlocked\"\nread_for = \"5ms\"\n", "s.toml");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(read->subject.read_for);
  EXPECT_EQ(read->subject.read_for->median, std::chrono::milliseconds(5));
  const auto spread = parse_scenario(
      "[subject]\nstore = \"unlocked\"\nread_for = { median = \"5ms\", p99 = \"15ms\" }\n", "s.toml");
  ASSERT_TRUE(spread) << spread.error().message;
  EXPECT_EQ(spread->subject.read_for->p99, std::chrono::milliseconds(15));
  const auto other = parse_scenario("[subject]\nstore = \"snapshot\"\nread_for = \"5ms\"\n", "s.toml");
  ASSERT_FALSE(other);
  EXPECT_EQ(
      other.error().message,
      "s.toml:3:12: subject.read_for belongs to store = \"unlocked\", but this is store = \"snapshot\"");
}

}  // namespace
}  // namespace holdfast
