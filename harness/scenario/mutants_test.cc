// The manifest of planted bugs.
#include "harness/scenario/mutants.h"

#include <gtest/gtest.h>

#include "harness/scenario/scenario.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {
namespace {

const std::filesystem::path mutants_directory = std::filesystem::path(HOLDFAST_SHIPPED_SCENARIOS) / "mutants";

TEST(Mutants, TheShippedManifestHasEveryFaultUnderAScenarioThatCanBeRead) {
  const auto mutants = load_mutants(mutants_directory / "manifest.toml");
  ASSERT_TRUE(mutants) << mutants.error().message;
  EXPECT_EQ(mutants->size(), fault_words.size() - 1);
  EXPECT_GE(mutants->size(), 40U);
  for (const Mutant& mutant : *mutants) {
    std::vector<std::string> settings = {"subject.store=mutant", "subject.fault=" + mutant.fault};
    settings.insert(settings.end(), mutant.settings.begin(), mutant.settings.end());
    const auto scenario = load_scenario(mutants_directory / (mutant.scenario + ".toml"), settings);
    ASSERT_TRUE(scenario) << mutant.fault << ": " << scenario.error().message;
    EXPECT_EQ(scenario->subject.store, StoreKind::mutant);
    for (const std::string& name : mutant.must_fail) {
      for (const Waiver& waiver : scenario->waivers) EXPECT_NE(waiver.check, name) << mutant.fault;
    }
  }
}

std::string refused(const std::string& toml) {
  const auto mutants = parse_mutants(toml, "m.toml");
  EXPECT_FALSE(mutants);
  return mutants ? std::string() : mutants.error().message;
}

TEST(Mutants, MistakesAreNamedWithTheirPlace) {
  const std::string good = "[[mutant]]\nfault = \"no-lock\"\nseen = \"here\"\nscenario = \"crowd\"\n";
  EXPECT_EQ(
      refused(good + "must_fail = [\"lots\"]\n").find("m.toml:5:14: mutant.0.must_fail: unknown check "), 0U);
  EXPECT_EQ(refused(good + "must_fail = []\n"), "m.toml:1:1: mutant.0.must_fail names no check");
  EXPECT_EQ(refused(good), "m.toml:1:1: mutant.0.must_fail is missing; it must be an array of strings");
  const std::string whole = good + "must_fail = [\"lost\"]\n";
  EXPECT_EQ(refused(whole + whole), "m.toml:6:1: mutant.1: no-lock is there already");
  EXPECT_EQ(refused("[[mutant]]\nfault = \"none\"\nseen = \"x\"\nscenario = \"y\"\nmust_fail = [\"lost\"]\n"),
            "m.toml:1:1: mutant.0: there is no fault none");
  EXPECT_NE(refused(whole).find("the fault process-mutex is not there"), std::string::npos);
  EXPECT_NE(refused("mutant = 3\n").find("each begun with [[mutant]]"), std::string::npos);
  EXPECT_EQ(load_mutants("/no/such/manifest.toml").error().message, "/no/such/manifest.toml: cannot be read");
}

}  // namespace
}  // namespace holdfast
