#include <gtest/gtest.h>

#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

bool decided(const std::string& toml) {
  const auto scenario = parse_scenario(toml, "s.toml");
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario && opens_are_decided(*scenario);
}

TEST(DecidedOpens, WhereTheyMakeTheRunExact) {
  const std::string command = "[subject]\nkind = \"command\"\ncommand = [\"q\"]\n";
  EXPECT_TRUE(decided(command));
  EXPECT_TRUE(decided("[subject]\nstore = \"unlocked\"\n")) << "opens without a lock";
  EXPECT_TRUE(decided("[agents]\nreaders = 1\n")) << "reads without a lock";
  EXPECT_TRUE(decided("[agents]\nread_every = 2\n"));
  EXPECT_FALSE(decided("[agents]\ncount = 2\n")) << "the core opens under its lock";
  EXPECT_FALSE(decided(command + "[sharing]\nrules = \"posix\"\n"));
}

TEST(DecidedOpens, TheScenarioMayChoose) {
  EXPECT_TRUE(decided("[sharing]\nopens = \"decided\"\n"));
  EXPECT_FALSE(decided("[agents]\nreaders = 1\n[sharing]\nopens = \"untrapped\"\n"));
}

TEST(DecidedOpens, WhereTheyCanBeRefused) {
  EXPECT_TRUE(decided("[sharing]\nprofile = \"dotnet\"\n"));
  EXPECT_TRUE(decided("[sharing]\ndelete = \"classic\"\n"));
  EXPECT_TRUE(decided("[[inject]]\nkind = \"open-handle\"\npath = \"*\"\nhold = \"1s\"\nshare = \"r\"\n"));
}

}  // namespace
}  // namespace holdfast
