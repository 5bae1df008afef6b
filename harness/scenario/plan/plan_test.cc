#include "harness/scenario/plan/plan.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/random.h"
#include "harness/scenario/plan/testing_plan.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

std::string odd_text(Random& random) {
  static const std::vector<std::string> pieces = {"a",         "\"", "\\", "\n", "ä",
                                                  "</script>", " ",  "\t", "🔒",  "'"};
  std::string text;
  for (std::uint64_t i = below(random, 8); i > 0; --i) text += pieces[below(random, pieces.size())];
  return text;
}

Duration some_duration(Random& random, std::int64_t least_ns = 0) {
  return Duration(least_ns + static_cast<std::int64_t>(below(random, 86'000'000'000'000)));
}

// As many as there are rows, so that a new one is drawn too.
constexpr std::uint64_t injector_kinds = 0
#define HOLDFAST_INJECTOR(name, word, traits) +1
#include "harness/scenario/injectors.def"
#undef HOLDFAST_INJECTOR
    ;
constexpr std::uint64_t stores = 0
#define HOLDFAST_STORE(name, word, retry) +1
#include "harness/scenario/stores.def"
#undef HOLDFAST_STORE
    ;

Injector some_injector(Random& random, std::size_t index) {
  Injector injector;
  injector.kind = static_cast<InjectorKind>(below(random, injector_kinds));
  injector.name = "holder-" + std::to_string(index);
  if (injector.kind == InjectorKind::kill) {
    // Each of its own index: no agent is two injectors' victim.
    injector.victims = {static_cast<std::uint32_t>(2 * index)};
    if (below(random, 2) == 0) injector.victims.push_back(static_cast<std::uint32_t>(2 * index + 1));
    injector.kill_at = static_cast<KillAt>(below(random, 2));
    if (injector.kill_at == KillAt::every_call) return injector;
    injector.count = 1 + static_cast<std::uint32_t>(below(random, 1000));
    injector.within = 1 + static_cast<std::uint32_t>(below(random, 1000));
    injector.min_fired = below(random, injector.count + 1);
    return injector;
  }
  injector.hold.median = some_duration(random, 1) / 4;
  if (injector.hold.median == Duration(0)) injector.hold.median = Duration(1);
  if (below(random, 2) == 0) {
    injector.hold.p99 = injector.hold.median * 2;
    if (below(random, 2) == 0) injector.hold.max = injector.hold.median * 3;
  }
  if (below(random, 2) == 0)
    injector.hold.rare = {random.uniform(), some_duration(random, 1) / 2, std::chrono::hours(24)};
  if (injector.hold.rare && injector.hold.rare->min == Duration(0)) injector.hold.rare.reset();
  if (injector.kind == InjectorKind::delay) {
    injector.path = "*.tmp";
    injector.call = "write";
    injector.every = 1 + static_cast<std::uint32_t>(below(random, 9));
    injector.victims = {static_cast<std::uint32_t>(below(random, 8))};
    injector.min_fired = below(random, 1'000'000);
    return injector;
  }
  const bool by_time = injector.kind == InjectorKind::open_handle || injector.kind == InjectorKind::backup;
  injector.share = below(random, 2) == 0 ? "rw" : injector.kind == InjectorKind::backup ? "" : "rwd";
  if (injector.kind == InjectorKind::indexer) injector.share = "rwd";
  if (by_time) {
    injector.path = "queue*.json";
    injector.count = 1 + static_cast<std::uint32_t>(below(random, 1000));
    injector.period = some_duration(random, 1);
    injector.start_delay = some_duration(random);
    injector.min_fired = below(random, injector.count + 1);
  } else {
    injector.chance = random.uniform();
    injector.delay = some_duration(random);
    injector.triggers = {below(random, 2) == 0, true, below(random, 2) == 0};
    if (injector.kind == InjectorKind::indexer) injector.yield_after = some_duration(random);
    if (injector.kind == InjectorKind::antivirus)
      injector.mode = static_cast<WhileScanning>(below(random, 2));
    injector.min_fired = below(random, 1'000'000);
  }
  return injector;
}

Plan some_plan(std::uint64_t seed) {
  Random random(seed);
  Plan plan;
  Scenario& scenario = plan.scenario;
  scenario.name = odd_text(random);
  scenario.title = odd_text(random);
  if (below(random, 3) == 0) {
    scenario.subject.kind = SubjectKind::command;
    scenario.subject.command = {"./" + odd_text(random), odd_text(random)};
    scenario.subject.directory = "/" + odd_text(random);
    scenario.subject.environment = {{"A", odd_text(random)}, {"B", ""}};
    scenario.subject.files = {"queue.db*", "tmp/"};
    scenario.subject.bodies = static_cast<BodyBytes>(below(random, 2));
  } else {
    scenario.subject.store = static_cast<StoreKind>(below(random, stores));
    if (scenario.subject.store == StoreKind::mutant)
      scenario.subject.fault = fault_words[below(random, fault_words.size())].second;
    if (scenario.subject.store == StoreKind::unlocked)
      scenario.subject.read_for = HoldTime{some_duration(random, 1) / 2, {}, {}};
    scenario.subject.durability = static_cast<Durability>(below(random, 2));
  }
  RetryPolicy& retry = scenario.subject.retry;
  retry.max_retries = static_cast<int>(below(random, 100));
  retry.base_delay = some_duration(random);
  retry.multiplier = 1 + random.uniform() * 9;
  if (below(random, 2) == 0) retry.max_delay = some_duration(random);
  retry.jitter = static_cast<Jitter>(below(random, 4));
  if (below(random, 2) == 0) retry.deadline = some_duration(random, 1);
  scenario.agents.count = 8 + static_cast<std::uint32_t>(below(random, 99'000));
  scenario.agents.broadcasts = 3 + static_cast<std::uint32_t>(below(random, 1000));
  scenario.agents.mixed_recipients = below(random, 3) == 0;
  if (!scenario.agents.mixed_recipients && below(random, 2) == 0)
    scenario.agents.neighbours = 1 + below(random, scenario.agents.count - 1);
  scenario.agents.bodies = static_cast<Bodies>(below(random, 2));
  scenario.agents.body_bytes = 17 + static_cast<std::uint32_t>(below(random, 1000));
  if (below(random, 2) == 0) scenario.agents.rate_per_s = 100 + random.uniform() * 1000;
  scenario.agents.operation_deadline = some_duration(random, 1'000'000);
  scenario.agents.read_every = static_cast<std::uint32_t>(below(random, 3));
  scenario.agents.readers = static_cast<std::uint32_t>(below(random, 3));
  scenario.agents.reader_pause = some_duration(random);
  scenario.sharing.rules = static_cast<Rules>(below(random, 2));
  scenario.sharing.deletion = static_cast<Deletion>(below(random, 2));
  if (below(random, 2) == 0) scenario.sharing.opens = Opens::decided;
  for (std::size_t i = below(random, 4); i > 0; --i) scenario.injectors.push_back(some_injector(random, i));
  if (scenario.subject.kind == SubjectKind::command) {
    std::erase_if(scenario.injectors, [](const Injector& one) { return one.kind == InjectorKind::kill; });
  }
  for (std::uint64_t i = below(random, 3); i > 0; --i) {
    scenario.expectations.push_back(
        {"wait.max", static_cast<Relation>(below(random, 3)), random.uniform() * 1e6});
  }
  scenario.run_deadline = some_duration(random, 11'000'000'000);
  scenario.allowed_failures = random.uniform();
  if (below(random, 2) == 0) scenario.waivers.push_back({"lost", "for a reason: " + odd_text(random)});
  if (below(random, 2) == 0) plan.variant = "fixed";
  plan.seed = random.next();
  plan.run_id = random.next();
  plan.started_at = "2025-01-02T03:04:05Z";
  plan.version = odd_text(random);
  plan.kernel = odd_text(random);
  plan.filesystem = odd_text(random);
  plan.command = odd_text(random);
  return plan;
}

RC_GTEST_PROP(PlanJsonTest, ReadsBackEveryField, (std::uint64_t seed)) {
  const Plan plan = some_plan(seed);
  const std::string json = to_json(plan);
  const auto read = parse_plan(json, "plan.json");
  if (!read) RC_FAIL(read.error().message + "\n" + json);
  RC_ASSERT(*read == plan);
  RC_ASSERT(to_json(*read) == json);
}

// Odd names and all: what is written down for a person is the scenario.
RC_GTEST_PROP(ScenarioTomlTest, ReadsBackEveryField, (std::uint64_t seed)) {
  Scenario scenario = some_plan(seed).scenario;
  if (scenario.title.empty()) scenario.title = "T";
  const auto read = parse_scenario(to_toml(scenario), "/s.toml");
  if (!read) RC_FAIL(read.error().message + "\n" + to_toml(scenario));
  scenario.name = read->name;
  scenario.subject.directory = read->subject.directory;  // made normal
  RC_ASSERT(*read == scenario);
}

TEST(PlanJsonTest, BytesThatAreNoUtf8AreReplacedNotThrown) {
  Plan plan;
  plan.command = "holdfast run '\xff\xfe'";
  const auto read = parse_plan(to_json(plan), "plan.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->command, "holdfast run '\xEF\xBF\xBD\xEF\xBF\xBD'");
}

TEST(PlanJsonTest, LabelsComeBack) {
  Plan plan = some_plan(7);
  plan.labels = {{"commit", "1f2e3d"}, {"product", "a \"b\""}};
  const auto read = parse_plan(to_json(plan), "plan.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, plan);
}

TEST(PlanJsonTest, EveryCutIsInvalidWithFileAndOffset) {
  const std::string json = to_json(some_plan(7));
  for (std::size_t length = 0; length + 1 < json.size(); ++length) {
    const auto read = parse_plan(json.substr(0, length), "run/plan.json");
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_EQ(read.error().message.find("run/plan.json: invalid JSON at byte "), 0U) << read.error().message;
  }
}

std::string plan_error(const std::string& from, const std::string& to) {
  std::string json = to_json(Plan{});
  const std::size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  json.replace(at, from.size(), to);
  const auto read = parse_plan(json, "plan.json");
  if (read) return "no error";
  EXPECT_EQ(read.error().code, Code::invalid);
  return read.error().message;
}

TEST(PlanJsonTest, HostileValuesAreRefusedByName) {
  EXPECT_EQ(
      plan_error("holdfast.plan/1", "holdfast.plan/2"),
      "plan.json: the schema is \"holdfast.plan/2\"; this version of Holdfast reads \"holdfast.plan/1\"");
  EXPECT_EQ(plan_error("\"schema\"", "\"scheme\""), "plan.json: \"schema\" is missing");
  EXPECT_EQ(plan_error("\"seed\": 1", "\"seed\": -1"), "plan.json: \"seed\" is not a whole number from 0");
  EXPECT_EQ(plan_error("\"seed\": 1", "\"seed\": 1.5"), "plan.json: \"seed\" is not a whole number from 0");
  EXPECT_EQ(plan_error("0000000000000000", "000000000000000g"), "plan.json: \"run_id\" is not 16 hex digits");
  EXPECT_EQ(plan_error("0000000000000000", "+000000000000000"), "plan.json: \"run_id\" is not 16 hex digits");
  EXPECT_EQ(plan_error("\"count\": 8", "\"count\": 0").find("plan.json: agents.count is 0, but must be"), 0U);
  EXPECT_EQ(
      plan_error("\"count\": 8", "\"count\": 18446744073709551615").find("plan.json: agents.count is 1.8"),
      0U);
  EXPECT_EQ(
      plan_error("\"count\": 8", "\"count\": null").find("plan.json: agents.count is null, but must be"), 0U);
  EXPECT_EQ(plan_error("\"body_bytes\": 120", "\"body_bytes\": 1").find("plan.json: agents.body_bytes is 1"),
            0U);
  EXPECT_EQ(plan_error("\"count\"", "\"counts\"").find("plan.json: unknown key in agents \"counts\""), 0U);
  EXPECT_EQ(plan_error("\"inject\": []", "\"inject\": " + std::string(5000, '[') + std::string(5000, ']')),
            "plan.json: the plan's scenario is nested too deeply");
  for (const char* json :
       {"", "null", "[]", "3", "\"x\"", "\xff", "{\"schema\":3}", "{\"schema\":\"holdfast.plan/1\"}"}) {
    const auto read = parse_plan(json, "plan.json");
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_EQ(read.error().message.find("plan.json: "), 0U);
  }
  EXPECT_FALSE(parse_plan(std::string(1'000'000, '['), "plan.json"));
}

TEST(PlanJsonTest, IsLoadedFromTheRunDirectory) {
  std::string directory = testing::TempDir() + "/plan-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const auto missing = load_plan(directory);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  const Plan plan = some_plan(3);
  std::ofstream(directory + "/plan.json") << to_json(plan);
  const auto read = load_plan(directory);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, plan);
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory + "/plan.json");
  EXPECT_FALSE(load_plan(directory));
  std::filesystem::remove_all(directory);
}

// A run of before there was a choice is judged, and repeated, with the bodies that it had.
TEST(PlanTest, OneThatDoesNotNameItsBodiesHadPlainOnes) {
  Plan plan;
  plan.scenario.agents.bodies = Bodies::mixed;
  std::string json = to_json(plan);
  EXPECT_EQ(parse_plan(json, "plan.json")->scenario.agents.bodies, Bodies::mixed);
  const std::string named = "\"bodies\": \"mixed\",";
  ASSERT_NE(json.find(named), std::string::npos);
  json.erase(json.find(named), named.size());
  EXPECT_EQ(parse_plan(json, "plan.json")->scenario.agents.bodies, Bodies::plain);
}

// What a plan says must never change under an old run directory: these are held still, not derived.
TEST(PlanTest, TheSameSeedGivesTheSameNumbersForEver) {
  Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), milliseconds(800)}, 0.15);
  plan.scenario.agents.body_bytes = 40;
  plan.scenario.agents.bodies = Bodies::plain;
  plan.scenario.agents.rate_per_s = 10;
  EXPECT_EQ(message_body(plan, {3, 17}), "3-17 ydFuSBXzsePeKc6pLMy65e06df62d6a88f3");
  EXPECT_EQ(agent_seed(plan, 0), 4378357550113353619U);
  EXPECT_EQ(agent_seed(plan, 7), 8606403196205822850U);
  EXPECT_EQ(intended_start_ns(plan, {3, 17}), 1729849903);
  EXPECT_NEAR(static_cast<double>(planned_hold(plan, 1, 5).count()), 5018740, 2);
  std::string acts;
  for (std::uint64_t n = 0; n < 20; ++n) acts += acts_on_trigger(plan, 0, n) ? 'x' : '-';
  EXPECT_EQ(acts, "x--------x----------");
}

TEST(IntendedStartTest, IsZeroInAClosedLoop) {
  EXPECT_EQ(intended_start_ns(Plan{}, {3, 17}), 0);
}

RC_GTEST_PROP(IntendedStartTest, TicksEvenlyFromAPhaseOfItsOwn, (std::uint64_t seed, std::uint16_t sender)) {
  Plan plan;
  plan.seed = seed;
  plan.scenario.agents.rate_per_s = 8;
  const std::int64_t first = intended_start_ns(plan, {sender, 0});
  RC_ASSERT(first >= 0);
  RC_ASSERT(first <= 125'000'000);
  for (std::uint32_t n = 1; n < 50; ++n) {
    const std::int64_t off = intended_start_ns(plan, {sender, n}) - first - n * 125'000'000LL;
    RC_ASSERT(off >= -1);
    RC_ASSERT(off <= 1);
  }
  RC_ASSERT(first != intended_start_ns(plan, {sender + 1U, 0}));
}

}  // namespace
}  // namespace holdfast
