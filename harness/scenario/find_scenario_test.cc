// Looking up, loading and describing scenarios, and those that ship.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/scenario/figures.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

const std::filesystem::path shipped_directory = HOLDFAST_SHIPPED_SCENARIOS;

class FindScenarioTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/scenarios-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    std::filesystem::create_directory(directory_ / "a");
    std::filesystem::create_directory(directory_ / "b");
    const std::string list = fmt::format(":{}::{}", (directory_ / "a").string(), (directory_ / "b").string());
    ::setenv("HOLDFAST_SCENARIOS", list.c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("HOLDFAST_SCENARIOS");
    std::filesystem::remove_all(directory_);
  }
  void write(const std::string& name, const std::string& text = "[subject]\n") {
    std::ofstream(directory_ / name) << text;
  }
  std::filesystem::path directory_;
};

TEST_F(FindScenarioTest, LooksInTheListedDirectoriesInOrder) {
  write("b/crowd.toml");
  EXPECT_EQ(find_scenario("crowd").value(), directory_ / "b/crowd.toml");
  write("a/crowd.toml");
  EXPECT_EQ(find_scenario("crowd").value(), directory_ / "a/crowd.toml");
  EXPECT_EQ(find_scenario("crowd.toml").value(), directory_ / "a/crowd.toml");
  const auto directories = scenario_directories();
  ASSERT_GE(directories.size(), 3U);
  EXPECT_EQ(directories[0], directory_ / "a");
  EXPECT_EQ(directories[1], directory_ / "b");
}

// Whoever may put a file into the working directory must not choose what a shipped name runs.
TEST_F(FindScenarioTest, AScenarioGoesBeforeAFileThatIsCalledSo) {
  write("a/crowd.toml");
  write("crowd");
  write("other");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_);
  const auto scenario = find_scenario("crowd"), by_path = find_scenario("./crowd"),
             file = find_scenario("other");
  std::filesystem::current_path(before);
  EXPECT_EQ(scenario.value(), directory_ / "a/crowd.toml");
  EXPECT_EQ(by_path.value(), "./crowd");
  EXPECT_EQ(file.value(), "other");
}

TEST_F(FindScenarioTest, TakesAPathAsItIs) {
  write("mine.scenario");
  const std::string path = (directory_ / "mine.scenario").string();
  EXPECT_EQ(find_scenario(path).value(), path);
}

// A test program stands where holdfast stands: build/<preset>, two below the source.
TEST_F(FindScenarioTest, FindsWhatShipsFromTheBuildDirectory) {
  const auto found = find_scenario("broadcast-8");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(std::filesystem::equivalent(*found, shipped_directory / "broadcast-8.toml"));
}

TEST_F(FindScenarioTest, ListsWhatThereIs) {
  write("a/zebra-herd.toml");
  const auto found = find_scenario("zebra-heard");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::invalid);
  EXPECT_NE(found.error().message.find("unknown scenario \"zebra-heard\"; the nearest is \"zebra-herd\"."),
            std::string::npos)
      << found.error().message;
  EXPECT_NE(found.error().message.find("broadcast-8, "), std::string::npos) << found.error().message;
  EXPECT_EQ(find_scenario("/").error().message, "/ is a directory; give the scenario file in it");
  for (const char* name : {"", "no/such/zebra-herd.toml", ".", "/"})
    EXPECT_FALSE(find_scenario(name)) << name;
}

TEST_F(FindScenarioTest, LoadErrorsNameTheFile) {
  const auto missing = load_scenario(directory_ / "none.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::invalid);
  EXPECT_NE(missing.error().message.find("none.toml: cannot be opened: No such file"), std::string::npos);
  EXPECT_NE(load_scenario(directory_).error().message.find("this is a directory"), std::string::npos);
  write("a/bad.toml", "[agents]\ncount = 0\n");
  EXPECT_EQ(load_scenario(directory_ / "a/bad.toml")
                .error()
                .message.find((directory_ / "a/bad.toml:2:9: ").string()),
            0U);
  EXPECT_FALSE(load_scenario("/dev/zero"));
  write("a/good.toml", "[agents]\ncount = 2\n");
  const auto good = load_scenario(directory_ / "a/good.toml", {"agents.broadcasts=3"});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->name, "good");
  EXPECT_EQ(good->agents.broadcasts, 3U);
}

Scenario shipped(const std::string& name) {
  auto scenario = load_scenario(shipped_directory / (name + ".toml"));
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario.value_or(Scenario{});
}

TEST(ShippedScenariosTest, AllLoadAndSayWhatTheyShow) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(shipped_directory)) {
    if (file.path().extension() != ".toml") continue;
    ++count;
    const auto scenario = load_scenario(file.path());
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_NE(scenario->title, scenario->name);
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    EXPECT_NE(text.str().find("\n# Shows: "), std::string::npos) << file.path();
    EXPECT_NE(text.str().find("\n# Expect: "), std::string::npos) << file.path();
  }
  EXPECT_GE(count, 4);
}

// Whoever compares the two runs must see one difference: the store.
TEST(ShippedScenariosTest, BeforeDiffersFromAfterInTheStoreAlone) {
  const Scenario before = shipped("broadcast-8-before");
  Scenario after = shipped("broadcast-8");
  EXPECT_EQ(before.subject.store, StoreKind::origin_before);
  EXPECT_EQ(before.subject.retry.max_retries, 0);
  EXPECT_EQ(after.subject.store, StoreKind::snapshot);
  EXPECT_EQ(before.subject.durability, after.subject.durability);
  EXPECT_TRUE(before.expectations.empty());
  after.name = before.name;
  after.title = before.title;
  after.subject = before.subject;
  after.expectations.clear();
  EXPECT_EQ(after, before);
}

// What the comment in broadcast-8.toml computes from; a change here must be computed anew there.
TEST(ShippedScenariosTest, TheRetryBudgetOfBroadcast8OutlastsItsHolders) {
  const Scenario scenario = shipped("broadcast-8");
  const RetryPolicy& retry = scenario.subject.retry;
  EXPECT_EQ(retry, RetryPolicy{});
  ASSERT_EQ(scenario.injectors.size(), 2U);
  const Injector& handle = scenario.injectors[0];
  const Injector& antivirus = scenario.injectors[1];
  const Duration fifth = std::chrono::milliseconds(1500);
  const Duration sixth = std::chrono::milliseconds(3100);
  EXPECT_LT(antivirus.delay + antivirus.hold.max.value(), fifth);
  const Duration apart = (sixth - fifth) % handle.period;
  const Duration nearest_hold = std::min(apart, handle.period - apart);
  EXPECT_GE(nearest_hold, handle.hold.median + std::chrono::milliseconds(200));
}

// What the comment in lockstep.toml computes from.
TEST(ShippedScenariosTest, TheVariantsOfLockstepDifferInJitterAlone) {
  const auto variants = load_variants(shipped_directory / "lockstep.toml");
  ASSERT_TRUE(variants) << variants.error().message;
  ASSERT_EQ(variants->size(), 2U);
  const Variant& fixed = (*variants)[0];
  Scenario equal = (*variants)[1].scenario;
  EXPECT_FALSE(fixed.judged);
  EXPECT_TRUE((*variants)[1].judged);
  EXPECT_EQ(fixed.scenario.subject.retry.jitter, Jitter::none);
  EXPECT_EQ(equal.subject.retry.jitter, Jitter::equal);
  equal.subject.retry.jitter = Jitter::none;
  EXPECT_EQ(equal, fixed.scenario);

  const Scenario& scenario = fixed.scenario;
  const Duration hold = scenario.injectors.at(0).hold.median;
  Duration at{0};
  int free_attempts = 0;
  for (int retry = 1; retry <= scenario.subject.retry.max_retries; ++retry) {
    at += wait_bounds(scenario.subject.retry, retry).greatest;
    // Clear of the holder's end by 0.2 s, so that late wake-ups do not move an attempt past it.
    EXPECT_GT(at > hold ? at - hold : hold - at, std::chrono::milliseconds(200)) << retry;
    free_attempts += at > hold ? 1 : 0;
  }
  EXPECT_EQ(free_attempts, 2);
}

TEST(KeysPageTest, IsWhatTheParserReadsBy) {
  const std::filesystem::path page = shipped_directory / "KEYS.md";
  if (std::getenv("HOLDFAST_WRITE_KEYS") != nullptr) std::ofstream(page) << describe_keys();
  std::stringstream text;
  text << std::ifstream(page).rdbuf();
  EXPECT_EQ(text.str(), describe_keys())
      << "run this test once with HOLDFAST_WRITE_KEYS=1 to write the page anew";
}

TEST(FiguresTest, AreNamedOnce) {
  EXPECT_EQ(figure_names().size(), figures().size());
  for (const std::string_view name : figure_names()) {
    ASSERT_NE(find_figure(name), nullptr);
    EXPECT_EQ(std::count(figure_names().begin(), figure_names().end(), name), 1) << name;
  }
  EXPECT_EQ(find_figure("success_rate.lowe"), nullptr);
  EXPECT_EQ(find_figure(""), nullptr);
  EXPECT_EQ(find_figure("wait.max")->unit, "ms");
}

}  // namespace
}  // namespace holdfast
