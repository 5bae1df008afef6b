// Manifests of self-tests: the one that ships, and what can be wrong with others.
#include "harness/scenario/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "core/testing/scratch_directory.h"
#include "harness/scenario/scenario.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {
namespace {

const std::filesystem::path shipped_manifest =
    std::filesystem::path(HOLDFAST_SHIPPED_SCENARIOS) / "mutants" / "manifest.toml";

TEST(ManifestTest, TheShippedOneHasEveryFaultAndSaysWhereEachWasSeen) {
  const auto manifest = load_manifest(shipped_manifest);
  ASSERT_TRUE(manifest) << manifest.error().message;
  for (const auto& [name, fault] : fault_words) {
    const auto same = [wanted = name](const Mutant& mutant) { return mutant.fault == wanted; };
    EXPECT_EQ(std::count_if(manifest->mutants.begin(), manifest->mutants.end(), same),
              fault == PlantedFault::none ? 0 : 1)
        << name;
  }
  for (const Mutant& mutant : manifest->mutants) {
    EXPECT_FALSE(mutant.seen.empty()) << mutant.subject.name;
    const auto scenario = load_scenario(mutant.subject.file, mutant.subject.settings);
    ASSERT_TRUE(scenario) << mutant.subject.name << ": " << scenario.error().message;
    for (const std::string& name : mutant.must_fail) {
      for (const Waiver& waiver : scenario->waivers) EXPECT_NE(waiver.check, name) << mutant.subject.name;
    }
  }
}

TEST(ManifestTest, WhatAFaultIsRunUnderMustPassWithoutIt) {
  const auto manifest = parse_manifest(
      "[[mutant]]\nfault = \"no-lock\"\nscenario = \"crowd\"\nsettings = [\"agents.count=2\"]\nmust_fail = "
      "[\"lost\"]\n"
      "[[mutant]]\nfault = \"lock-shared\"\nscenario = \"crowd\"\nsettings = "
      "[\"agents.count=2\"]\nmust_fail = [\"lost\"]\n"
      "[[mutant]]\nname = \"mine\"\nscenario = \"other/mine.toml\"\nmust_fail = [\"lost\"]\n"
      "[[right]]\nname = \"twin\"\nscenario = \"other/mine.toml\"\nsettings = "
      "[\"subject.retry.jitter=full\"]\n",
      "/there/m.toml");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->mutants[0].subject.settings,
            (std::vector<std::string>{"subject.store=mutant", "subject.fault=no-lock", "agents.count=2"}));
  EXPECT_EQ(manifest->mutants[2].subject.file, "/there/other/mine.toml");
  const auto right = right_subjects(*manifest);
  ASSERT_EQ(right.size(), 3U);  // the same store under the same settings once
  EXPECT_EQ(right[0].name, "snapshot");
  EXPECT_EQ(right[0].file, "/there/crowd.toml");
  EXPECT_EQ(right[0].settings, (std::vector<std::string>{"subject.store=snapshot", "agents.count=2"}));
  EXPECT_EQ(right[1].name, "mutant");
  EXPECT_EQ(right[1].settings, (std::vector<std::string>{"subject.store=mutant", "agents.count=2"}));
  EXPECT_EQ(right[2].name, "twin");
  EXPECT_EQ(right[2].settings, std::vector<std::string>{"subject.retry.jitter=full"});
}

std::string refused(const std::string& toml) {
  const auto manifest = parse_manifest(toml, "m.toml");
  EXPECT_FALSE(manifest);
  return manifest ? std::string() : manifest.error().message;
}

TEST(ManifestTest, MistakesAreNamedWithTheirPlace) {
  const std::string good = "[[mutant]]\nfault = \"no-lock\"\nseen = \"here\"\nscenario = \"crowd\"\n";
  const std::string whole = good + "must_fail = [\"lost\"]\n";
  const std::string own = "[[mutant]]\nscenario = \"y\"\nmust_fail = [\"lost\"]\n";
  EXPECT_EQ(
      refused(good + "must_fail = [\"lots\"]\n").find("m.toml:5:14: mutant.0.must_fail: unknown check "), 0U);
  EXPECT_EQ(refused(good + "must_fail = []\n"), "m.toml:5:13: mutant.0.must_fail names no check");
  EXPECT_EQ(refused(good),
            "m.toml:1:1: mutant.0.must_fail is missing; it must be an array of the names of checks");
  EXPECT_EQ(refused(whole + whole),
            "m.toml:6:1: mutant.1: the name \"no-lock\" is already taken by another entry");
  EXPECT_EQ(refused(whole + "[[right]]\nname = \"no-lock\"\nscenario = \"crowd\"\n"),
            "m.toml:6:1: right.0: the name \"no-lock\" is already taken by another entry");
  EXPECT_EQ(refused(own), "m.toml:1:1: mutant.0 needs either a name or a fault of the store that ships");
  EXPECT_EQ(refused(whole + "name = \"mine\"\n"),
            "m.toml:1:1: mutant.0 needs either a name or a fault of the store that ships");
  EXPECT_EQ(refused(own + "fault = \"no-look\"\n")
                .find("m.toml:4:9: mutant.0.fault: unknown fault \"no-look\"; the nearest is \"no-lock\"."),
            0U);
  EXPECT_EQ(refused("[[right]]\nscenario = \"y\"\n").find("m.toml:1:1: right.0.name is missing"), 0U);
  EXPECT_EQ(refused("[[right]]\nname = \"x\"\nmust_fail = [\"lost\"]\nscenario = \"y\"\n")
                .find("m.toml:3:1: unknown key in right.0 \"must_fail\""),
            0U);
  EXPECT_EQ(refused("mutant = 3\n"), "m.toml:1:10: mutant is 3, but must be an array of tables");
  EXPECT_EQ(refused("[[mutants]]\n").find("m.toml:1:3: unknown key \"mutants\"; the nearest is \"mutant\""),
            0U);
  EXPECT_NE(refused("").find("the manifest is empty"), std::string::npos);
}

TEST(ManifestTest, ScenariosAreReadBeforeAnythingIsRun) {
  const ScratchDirectory scratch;
  const std::filesystem::path file = scratch.path() / "m.toml";
  const auto refused_to_load = [&](const std::string& scenario, const std::string& more) {
    std::ofstream(file) << "[[right]]\nname = \"x\"\nscenario = \"" << scenario << "\"\n" << more;
    const auto manifest = load_manifest(file);
    return manifest ? std::string() : manifest.error().message;
  };
  std::ofstream(scratch.path() / "sound.toml") << "[subject]\nkind = \"core\"\n";
  std::ofstream(scratch.path() / "wrong.toml") << "[subject]\nkinds = \"core\"\n";
  std::ofstream(scratch.path() / "two.toml")
      << "[subject]\nkind = \"core\"\n[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\n";
  const std::string place = file.string() + ":3:12: ";
  EXPECT_EQ(refused_to_load("sound", ""), "");
  EXPECT_EQ(refused_to_load("gone", "").find(place + (scratch.path() / "gone.toml").string() + ": cannot be"),
            0U);
  EXPECT_EQ(
      refused_to_load("wrong", "").find(place + (scratch.path() / "wrong.toml").string() + ":2:1: unknown"),
      0U);
  EXPECT_EQ(refused_to_load("two", "").find(place + (scratch.path() / "two.toml").string() + " has variants"),
            0U);
  EXPECT_EQ(refused_to_load("sound", "settings = [\"agents.cuont=2\"]\n").find(place + "--set agents.cuont"),
            0U);
  EXPECT_EQ(load_manifest("/no/such/manifest.toml").error().message,
            "/no/such/manifest.toml: cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace holdfast
