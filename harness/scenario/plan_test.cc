#include "harness/scenario/plan.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "core/base/random.h"
#include "core/store/utf8.h"
#include "harness/scenario/audience.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

std::uint64_t below(Random& random, std::uint64_t bound) {
  return random.next() % bound;
}

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

Injector some_injector(Random& random, std::size_t index) {
  Injector injector;
  injector.kind = static_cast<InjectorKind>(below(random, 6));
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
    scenario.subject.store = static_cast<StoreKind>(below(random, 6));
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

Plan plan_with_hold(HoldTime hold, double chance = 1) {
  Plan plan;
  Injector injector;
  injector.kind = InjectorKind::antivirus;
  injector.hold = hold;
  injector.chance = chance;
  plan.scenario.injectors = {injector, injector};
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

TEST(PlanJsonTest, EveryCutIsInvalidWithFileAndOffset) {
  const std::string json = to_json(some_plan(7));
  for (std::size_t length = 0; length + 1 < json.size(); ++length) {
    const auto read = parse_plan(json.substr(0, length), "run/plan.json");
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_EQ(read.error().message.find("run/plan.json: no JSON at byte "), 0U) << read.error().message;
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

RC_GTEST_PROP(RecipientsTest, AreDistinctAscendingAndAsManyAsAsked, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  Agents& agents = plan.scenario.agents;
  agents.count = 2 + static_cast<std::uint32_t>(below(random, 300));
  agents.readers = static_cast<std::uint32_t>(below(random, 5));
  if (below(random, 2) == 0)
    agents.neighbours = 1 + static_cast<std::uint32_t>(below(random, agents.count - 1));
  const auto sender = static_cast<std::uint32_t>(below(random, agents.count));
  const auto to = recipients(plan, {sender, 5});
  RC_ASSERT(to == possible_recipients(plan, sender));
  RC_ASSERT(to.size() == agents.neighbours.value_or(agents.everyone()));
  RC_ASSERT(std::is_sorted(to.begin(), to.end()));
  RC_ASSERT(std::set<std::uint32_t>(to.begin(), to.end()).size() == to.size());
  RC_ASSERT(to.back() < agents.everyone());
  // All are for the sender too; neighbours are the next ones of the ring, readers among them.
  RC_ASSERT(std::count(to.begin(), to.end(), sender) == (agents.neighbours ? 0 : 1));
  RC_ASSERT(std::count(to.begin(), to.end(), (sender + 1) % agents.everyone()) == 1);
}

RC_GTEST_PROP(RecipientsTest, MixedOnesAreTheSameEachTimeAndAmongThePossible, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  plan.seed = random.next();
  plan.scenario.agents.mixed_recipients = true;
  plan.scenario.agents.count = 1 + static_cast<std::uint32_t>(below(random, 20));
  plan.scenario.agents.readers = static_cast<std::uint32_t>(below(random, 5));
  const MessageId id{static_cast<std::uint32_t>(below(random, plan.scenario.agents.count)),
                     static_cast<std::uint32_t>(below(random, 1000))};
  const auto to = recipients(plan, id);
  RC_ASSERT(to == recipients(plan, id));
  const auto possible = possible_recipients(plan, id.sender);
  RC_ASSERT(std::includes(possible.begin(), possible.end(), to.begin(), to.end()));
  const Audience audience(plan, id);
  for (std::uint32_t agent = 0; agent < 30; ++agent)
    RC_ASSERT(audience.has(agent) == std::binary_search(to.begin(), to.end(), agent));
}

// Each kind of set that a store may get wrong is there within the messages of a small run.
TEST(RecipientsTest, MixedOnesAreOfEveryKind) {
  Plan plan;
  plan.scenario.agents.count = 6;
  plan.scenario.agents.readers = 2;
  plan.scenario.agents.mixed_recipients = true;
  std::set<std::string> kinds;
  for (std::uint32_t message = 0; message < 72; ++message) {
    const MessageId id{message % 6, message / 6};
    const auto to = recipients(plan, id);
    const bool self = std::count(to.begin(), to.end(), id.sender) == 1;
    const std::string size = to.empty() ? "none" : to.size() == 1 ? "one" : to.size() < 7 ? "some" : "most";
    kinds.insert(size + (self ? " and the sender" : ""));
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"none", "one", "one and the sender", "some", "some and the sender",
                                          "most", "most and the sender"}));
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : multi_byte_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

RC_GTEST_PROP(MessageBodyTest, APlainOneIsLettersAndAsLongAsAsked, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  plan.seed = random.next();
  plan.scenario.agents.bodies = Bodies::plain;
  plan.scenario.agents.body_bytes = 17 + static_cast<std::uint32_t>(below(random, 300));
  const MessageId id{static_cast<std::uint32_t>(random.next()), static_cast<std::uint32_t>(random.next())};
  const std::string body = message_body(plan, id);
  RC_ASSERT(body.size() == plan.scenario.agents.body_bytes);
  RC_ASSERT(body == message_body(plan, id));
  RC_ASSERT(std::all_of(body.begin(), body.end(),
                        [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; }));
}

RC_GTEST_PROP(MessageBodyTest, AMixedOneIsTextWithoutNulUnlessBytesAreTaken, (std::uint64_t seed)) {
  Random random(seed);
  Plan plan;
  plan.seed = random.next();
  plan.scenario.agents.body_bytes = 17 + static_cast<std::uint32_t>(below(random, 300));
  const MessageId id{static_cast<std::uint32_t>(random.next()), static_cast<std::uint32_t>(random.next())};
  const std::string body = message_body(plan, id);
  RC_ASSERT(body == message_body(plan, id));
  RC_ASSERT(is_utf8(body));
  RC_ASSERT(body.find('\0') == std::string::npos);
  constexpr std::array<std::size_t, 3> long_ones = {4096, 4097, 8193};
  RC_ASSERT(body.size() == plan.scenario.agents.body_bytes || body.size() < 17 ||
            std::count(long_ones.begin(), long_ones.end(), body.size()) == 1);
}

// Within the messages of a few runs of 48 everything comes up that is to be tried.
TEST(MessageBodyTest, MixedOnesHoldTrouble) {
  std::string all;
  std::set<std::size_t> lengths;
  Plan plan;
  for (plan.seed = 1; plan.seed <= 12; ++plan.seed) {
    for (std::uint32_t number = 0; number < 48; ++number) {
      const std::string body = message_body(plan, {1, number});
      lengths.insert(body.size());
      all += body;
    }
  }
  for (const char* wanted : {"\"", "\\", "\n", "\r\n", "é", "😀", "\t", "\x01", "\xE2\x80\xA8"})
    EXPECT_NE(all.find(wanted), std::string::npos) << wanted;
  for (const std::size_t wanted : {0U, 1U, 4096U, 4097U, 8193U})
    EXPECT_EQ(lengths.count(wanted), 1U) << wanted;
  plan.scenario.subject.bodies = BodyBytes::bytes;
  std::string bytes;
  for (std::uint32_t number = 0; number < 48; ++number) bytes += message_body(plan, {1, number});
  EXPECT_FALSE(is_utf8(bytes));
  EXPECT_NE(bytes.find('\0'), std::string::npos);
}

TEST(MessageBodyTest, DependsOnSeedAndMessage) {
  Plan plan;
  plan.scenario.agents.bodies = Bodies::plain;
  const std::string body = message_body(plan, {1, 2});
  EXPECT_EQ(body.substr(0, 4), "1-2 ");
  EXPECT_NE(body.substr(4), message_body(plan, {1, 3}).substr(4));
  plan.seed = 2;
  EXPECT_NE(body, message_body(plan, {1, 2}));
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

TEST(PlannedHoldTest, AConstantHoldIsConstant) {
  const Plan plan = plan_with_hold({milliseconds(400), std::nullopt, std::nullopt});
  for (std::uint64_t n = 0; n < 100; ++n) EXPECT_EQ(planned_hold(plan, 0, n), milliseconds(400));
  EXPECT_EQ(planned_hold(plan_with_hold({milliseconds(9), milliseconds(9), milliseconds(9)}), 0, 1),
            milliseconds(9));
}

// Quantiles of 100,000 holds of one seed: the same numbers on every run, so a tolerance cannot make it flaky.
TEST(PlannedReadTest, IsOfTheAgentAndItsAttempt) {
  Plan plan;
  EXPECT_EQ(planned_read(plan, 0, 0), Duration(0));
  plan.scenario.subject.read_for = HoldTime{std::chrono::milliseconds(5), {}, {}};
  EXPECT_EQ(planned_read(plan, 3, 7), std::chrono::milliseconds(5));
  plan.scenario.subject.read_for->p99 = std::chrono::milliseconds(15);
  EXPECT_EQ(planned_read(plan, 3, 7), planned_read(plan, 3, 7));
  EXPECT_NE(planned_read(plan, 3, 7), planned_read(plan, 3, 8));
  EXPECT_NE(planned_read(plan, 3, 7), planned_read(plan, 4, 7));
}

TEST(PlannedHoldTest, HasTheMedianAndTheP99AskedFor) {
  const Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), std::nullopt});
  std::vector<double> ms;
  for (std::uint64_t n = 0; n < 100'000; ++n)
    ms.push_back(static_cast<double>(planned_hold(plan, 0, n).count()) / 1e6);
  std::sort(ms.begin(), ms.end());
  EXPECT_NEAR(ms[50'000], 30, 0.5);
  EXPECT_NEAR(ms[99'000], 300, 12);
  EXPECT_NEAR(ms[1'000], 3, 0.15);  // as far below the median as p99 is above
  EXPECT_NEAR(ms[84'134], 30 * std::pow(10, 1 / 2.3263478740408408), 2);  // one sigma
}

TEST(PlannedHoldTest, IsCutAtMaxWithoutAHeapThere) {
  const Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), milliseconds(100)});
  std::vector<std::int64_t> ns;
  for (std::uint64_t n = 0; n < 100'000; ++n) ns.push_back(planned_hold(plan, 0, n).count());
  std::sort(ns.begin(), ns.end());
  EXPECT_GT(ns.front(), 0);
  EXPECT_LE(ns.back(), 100'000'000);
  EXPECT_GT(ns.back(), 99'000'000);
  // Of the uncut distribution 11.2 % lie beyond 100 ms; clamped, they would all stand at max.
  EXPECT_LT(std::count_if(ns.begin(), ns.end(), [](std::int64_t hold) { return hold > 99'900'000; }), 200);
  // The median of the cut distribution: 30 ms * exp(sigma * z(0.5 * 0.88795)) = 25.98 ms.
  EXPECT_NEAR(static_cast<double>(ns[50'000]) / 1e6, 25.98, 0.4);
}

RC_GTEST_PROP(PlannedHoldTest, NeverLeavesItsRange, (std::uint64_t seed, std::uint64_t number)) {
  Random random(seed);
  HoldTime hold;
  hold.median = some_duration(random, 1);
  hold.p99 =
      std::min<Duration>(std::chrono::hours(24), hold.median * (1 + static_cast<int>(below(random, 1000))));
  if (below(random, 2) == 0) hold.max = hold.median + some_duration(random);
  Plan plan = plan_with_hold(hold);
  plan.seed = seed;
  const Duration held = planned_hold(plan, 0, number);
  RC_ASSERT(held >= Duration(0));
  RC_ASSERT(!hold.max || held <= *hold.max);
  RC_ASSERT(held == planned_hold(plan, 0, number));
}

TEST(PlannedHoldTest, RareHoldsComeByChanceAndLeaveTheOthersAsTheyWere) {
  const HoldTime usual{milliseconds(30), milliseconds(1500), std::nullopt};
  HoldTime with_rare = usual;
  with_rare.rare = RareHolds{0.01, std::chrono::seconds(5), std::chrono::seconds(60)};
  const Plan before = plan_with_hold(usual), plan = plan_with_hold(with_rare);
  std::vector<double> rare_s;
  for (std::uint64_t n = 0; n < 100'000; ++n) {
    const Duration held = planned_hold(plan, 0, n);
    if (held == planned_hold(before, 0, n)) continue;
    rare_s.push_back(std::chrono::duration<double>(held).count());
  }
  EXPECT_NEAR(static_cast<double>(rare_s.size()), 1'000, 100);
  std::sort(rare_s.begin(), rare_s.end());
  EXPECT_GE(rare_s.front(), 5);
  EXPECT_LE(rare_s.back(), 60);
  EXPECT_NEAR(rare_s[rare_s.size() / 2], std::sqrt(5.0 * 60.0),
              1.5);  // half of them below the geometric mean

  with_rare.rare = RareHolds{1, std::chrono::seconds(7), std::chrono::seconds(7)};
  for (std::uint64_t n = 0; n < 100; ++n)
    EXPECT_EQ(planned_hold(plan_with_hold(with_rare), 0, n), std::chrono::seconds(7));
}

TEST(PlannedHoldTest, InjectorsAndNumbersAndSeedsDiffer) {
  Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), std::nullopt});
  const Duration held = planned_hold(plan, 0, 0);
  EXPECT_NE(held, planned_hold(plan, 0, 1));
  EXPECT_NE(held, planned_hold(plan, 1, 0));
  plan.seed = 2;
  EXPECT_NE(held, planned_hold(plan, 0, 0));
}

TEST(PlannedKillTest, ComesWithinTheCallsAskedForAndFollowsTheSeed) {
  Plan plan;
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.within = 7;
  plan.scenario.injectors = {injector, injector};
  std::set<std::uint64_t> drawn;
  for (std::uint64_t n = 0; n < 1'000; ++n) drawn.insert(planned_kill(plan, 0, n));
  EXPECT_EQ(drawn, (std::set<std::uint64_t>{1, 2, 3, 4, 5, 6, 7}));
  const auto first_kills = [&](std::uint32_t of) {
    std::vector<std::uint64_t> kills;
    for (std::uint64_t n = 0; n < 50; ++n) kills.push_back(planned_kill(plan, of, n));
    return kills;
  };
  const auto kills = first_kills(0);
  EXPECT_EQ(kills, first_kills(0));
  EXPECT_NE(kills, first_kills(1));
  plan.seed = 2;
  EXPECT_NE(kills, first_kills(0));
}

TEST(TriggerTest, IsActedOnByChance) {
  const auto acted_on = [](double chance) {
    const Plan plan = plan_with_hold({milliseconds(1), std::nullopt, std::nullopt}, chance);
    int count = 0;
    for (std::uint64_t n = 0; n < 100'000; ++n) count += acts_on_trigger(plan, 0, n) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(acted_on(0), 0);
  EXPECT_EQ(acted_on(1), 100'000);
  EXPECT_NEAR(acted_on(0.15), 15'000, 400);
}

}  // namespace
}  // namespace holdfast
