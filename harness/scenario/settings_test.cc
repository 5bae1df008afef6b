#include <gtest/gtest.h>

#include <string>

#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

constexpr const char* set_over_toml = R"(title = "T"
[agents]
count = 4
[[inject]]
kind = "antivirus"
hold = { median = "30ms", p99 = "300ms" }
)";

Result<Scenario> with_settings(const std::vector<std::string>& settings) {
  return parse_scenario(set_over_toml, "s.toml", settings);
}

std::string setting_error(const std::string& setting) {
  const auto read = with_settings({setting});
  return read ? "no error" : read.error().message;
}

TEST(SettingsTest, LayValuesOverTheFile) {
  const auto read = with_settings({"agents.count=6", "title=a few words", "inject.0.hold.median=10ms",
                                   "subject.store=origin-after", "agents.rate = 2.5", "inject.0.chance=0.5",
                                   "sharing.rules=\"posix\"", "agents.recipients={neighbours=2}"});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->agents.count, 6U);
  EXPECT_EQ(read->title, "a few words");
  EXPECT_EQ(read->injectors[0].hold.median, std::chrono::milliseconds(10));
  EXPECT_EQ(read->injectors[0].hold.p99, std::chrono::milliseconds(300));
  EXPECT_EQ(read->injectors[0].chance, 0.5);
  EXPECT_EQ(read->subject.store, StoreKind::origin_after);
  EXPECT_EQ(read->agents.rate_per_s, 2.5);
  EXPECT_EQ(read->sharing.rules, Rules::posix);
  EXPECT_EQ(read->agents.neighbours, 2U);
}

TEST(SettingsTest, TheLastOfTwoHolds) {
  EXPECT_EQ(with_settings({"agents.count=6", "agents.count=7"})->agents.count, 7U);
}

TEST(SettingsTest, AddAndTakeAwayInjectorsAndExpectations) {
  EXPECT_TRUE(with_settings({"inject=[]"})->injectors.empty());
  const auto read = with_settings({"inject.1.kind=open-handle", "inject.1.path=queue.json",
                                   "inject.1.hold=1s", "expect.0.figure=lost", "expect.0.equals=0"});
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->injectors.size(), 2U);
  EXPECT_EQ(read->injectors[1].kind, InjectorKind::open_handle);
  ASSERT_EQ(read->expectations.size(), 1U);
}

TEST(SettingsTest, ErrorsNameTheSetting) {
  EXPECT_EQ(setting_error("agents.count=0").find("--set agents.count: agents.count is 0, but must be"), 0U);
  EXPECT_EQ(
      setting_error("agents.count=eight").find("--set agents.count: agents.count is the string \"eight\""),
      0U);
  EXPECT_EQ(setting_error("agents.cuont=8")
                .find("--set agents.cuont: unknown key in agents \"cuont\"; the nearest is "
                      "\"count\"."),
            0U);
  EXPECT_EQ(setting_error("inject.0.hold.p99=5ms").find("--set inject.0.hold.p99: inject.0.hold.p99 is 5ms"),
            0U);
  EXPECT_EQ(setting_error("inject.5.chance=1")
                .find("--set inject.5.chance: inject is an array, and \"5\" is not an index"),
            0U);
  EXPECT_EQ(setting_error("inject.first.chance=1").find("--set inject.first.chance: inject is an array, and"),
            0U);
  EXPECT_EQ(setting_error("title.x=1").find("--set title.x: title is the string \"T\", not a table"), 0U);
  EXPECT_EQ(setting_error("agents.recipients={neighbours=2").find("--set agents.recipients: the value"), 0U);
  EXPECT_EQ(setting_error("agents=3").find("--set agents: agents is 3, but must be a table"), 0U);
  // What a setting left out stands where the file's table stands.
  EXPECT_EQ(setting_error("inject.0.hold={p99=\"1s\"}")
                .find("--set inject.0.hold: inject.0.hold.median is missing"),
            0U);
}

TEST(SettingsTest, WhatIsNoKeyAndValueIsRefused) {
  for (const char* setting :
       {"", "=", "agents.count", "=3", ".=1", "agents.=1", ".count=1", "agents..count=1", "agents count=1",
        "agents\n.count=1", "\"agents\".count=1", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1"}) {
    EXPECT_NE(setting_error(setting).find("write it as key=value"), std::string::npos) << setting;
  }
}

TEST(SettingsTest, AValueCannotBringFurtherKeys) {
  const auto read = with_settings({"title=1\nagents = 3"});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->title, "1\nagents = 3");  // a bare word, line break and all
  EXPECT_EQ(read->agents.count, 4U);
}

}  // namespace
}  // namespace holdfast
