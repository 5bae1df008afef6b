// Series of trials, for real: what is run, what is kept, what is told, and what is left when it is ended.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using Series = RunTest;

// Two agents; `control` loses to a holder that `core` outlasts. It is there long enough for a slow start.
const char* const two_variants = R"(
[[inject]]
kind = "open-handle"
path = "queue.json"
hold = "400ms"
[[variant]]
name = "control"
judged = false
subject.store = "origin-before"
[[variant]]
name = "core"
)";

std::string tiny_scenario() {
  return small_scenario("count = 2\nbroadcasts = 4\nrate = 25", two_variants);
}

nlohmann::json trials_of(const std::filesystem::path& series) {
  auto json = nlohmann::json::parse(file_bytes(series / "trials.json"), nullptr, false);
  EXPECT_FALSE(json.is_discarded());
  return json;
}

std::vector<std::string> files_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

const std::vector<std::string> passed_trial{"plan.json", "result.json"};

TEST_F(Series, VariantsTakeTurnsAndAreComparedInOneReport) {
  put_file(scratch() / "tiny.toml", tiny_scenario());
  temp_files_may_stay();  // of origin-before
  const auto run = holdfast({"run", "tiny.toml", "--trials", "3", "--seed", "5", "--out", "s", "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  const auto series = scratch() / "s";
  EXPECT_EQ(run.out, file_bytes(series / "trials.json"));
  const auto json = trials_of(series);
  EXPECT_EQ(json.at("schema"), "holdfast.trials/1");
  EXPECT_EQ(json.at("verdict"), "pass");
  ASSERT_EQ(json.at("trials").size(), 6U);
  EXPECT_EQ(json.at("trials")[0].at("directory"), "control/seed-5");
  EXPECT_EQ(json.at("trials")[1].at("directory"), "core/seed-5");
  EXPECT_EQ(json.at("trials")[5].at("directory"), "core/seed-7");
  EXPECT_EQ(json.at("trials")[4].at("command"), "holdfast run tiny.toml --variant control --seed 7");
  EXPECT_EQ(json.at("variants")[0].at("failed"), 3);
  EXPECT_EQ(json.at("variants")[1].at("passed"), 3);
  EXPECT_NEAR(json.at("comparisons")[0].at("fisher_p").get<double>(), 0.1, 1e-9);  // 2 / C(6, 3)

  EXPECT_EQ(files_in(series), (std::vector<std::string>{"control", "core", "junit.xml", "report.html",
                                                        "report.md", "trials-plan.json", "trials.json"}));
  EXPECT_EQ(files_in(series / "core" / "seed-6"), passed_trial);
  EXPECT_TRUE(std::filesystem::exists(series / "control" / "seed-6" / "events"));
  EXPECT_TRUE(std::filesystem::exists(series / "control" / "seed-6" / "report.md"));
  EXPECT_TRUE(holds(file_bytes(series / "control" / "seed-6" / "plan.json"), "\"variant\": \"control\""));
  EXPECT_TRUE(holds(file_bytes(series / "report.md"), "Fisher's exact p = 0.10"));

  // The same trials give the same bytes, later and elsewhere.
  std::filesystem::rename(series, scratch() / "moved");
  for (const std::string command : {"check", "report"}) {
    for (const char* const made : {"trials.json", "report.html", "report.md", "junit.xml"})
      std::filesystem::remove(scratch() / "moved" / made);
    const auto again = holdfast({command, "moved", "--json"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(again.out, run.out);
    EXPECT_EQ(file_bytes(scratch() / "moved" / "trials.json"), run.out);
    EXPECT_TRUE(std::filesystem::exists(scratch() / "moved" / "junit.xml"));
    EXPECT_TRUE(holds(file_bytes(scratch() / "moved" / "report.html"), "./control/seed-5/report.html"));
  }
  // A trial is a run like any other; one that passed has no events any more, and says so.
  EXPECT_EQ(holdfast({"check", "moved/control/seed-5"}).exit_code, 1);
  EXPECT_EQ(holdfast({"report", "moved/core/seed-5"}).exit_code, 0);
  expect_one_sentence(holdfast({"check", "moved/core/seed-5"}), 64, "has no events");
  expect_one_sentence(holdfast({"report", "moved/core/seed-5", "--csv"}), 64, "has no events");
  expect_one_sentence(holdfast({"report", "moved", "--csv"}), 64, "is a series");
}

TEST_F(Series, KeepAllKeepsWhatPassed) {
  put_file(scratch() / "tiny.toml", small_scenario("count = 2\nbroadcasts = 2"));
  const auto run = holdfast({"run", "tiny.toml", "--trials", "2", "--keep", "all", "--out", "s"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_TRUE(holds(run.out, "PASS  tiny")) << run.out;
  EXPECT_TRUE(holds(run.out, "holdfast run tiny.toml --seed 1 --trials 2 --keep all")) << run.out;
  EXPECT_TRUE(std::filesystem::exists(scratch() / "s" / "seed-2" / "events"));
  EXPECT_EQ(holdfast({"check", "s/seed-2"}).exit_code, 0);
  const auto before = file_bytes(scratch() / "s" / "trials.json");
  EXPECT_EQ(holdfast({"check", "s"}).exit_code, 0);
  EXPECT_EQ(file_bytes(scratch() / "s" / "trials.json"), before);
}

TEST_F(Series, UntilFailStopsAtTheFirstAndKeepsItWhole) {
  temp_files_may_stay();  // of origin-before
  put_file(scratch() / "tiny.toml", tiny_scenario());
  const auto run = holdfast({"run", "tiny.toml", "--variant", "control", "--until-fail", "--out", "s"});
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_TRUE(holds(run.out, "1 of 1 trial of 'control' failed: seed 1: ")) << run.out;
  EXPECT_TRUE(holds(run.out, "\n  holdfast run tiny.toml --variant control --seed 1\n")) << run.out;
  EXPECT_TRUE(holds(run.out, "intervals are confidence")) << run.out;
  const auto json = trials_of(scratch() / "s");
  EXPECT_EQ(json.at("trials").size(), 1U);
  EXPECT_EQ(json.at("complete"), true);
  EXPECT_TRUE(std::filesystem::exists(scratch() / "s" / "control" / "seed-1" / "events"));
  EXPECT_EQ(holdfast({"check", "s"}).exit_code, 1);

  const auto none = holdfast(
      {"run", "tiny.toml", "--variant", "core", "--until-fail", "--trials", "2", "--quiet", "--out", "none"});
  EXPECT_EQ(none.exit_code, 0) << none.out << none.err;
  EXPECT_EQ(none.out + none.err, "");
  EXPECT_EQ(trials_of(scratch() / "none").at("trials").size(), 2U);
}

TEST_F(Series, UntilSureStopsWhenItIs) {
  temp_files_may_stay();  // of origin-before
  put_file(scratch() / "tiny.toml", tiny_scenario());
  const std::vector<std::string> sure{"--until-sure", "--sure-rate",  "0.9", "--sure-against",
                                      "0.3",          "--sure-error", "0.2", "--out"};
  const auto with = [&](std::vector<std::string> line, const std::string& out) {
    line.insert(line.end(), sure.begin(), sure.end());
    line.push_back(out);
    return holdfast(line);
  };
  const auto good = with({"run", "tiny.toml", "--variant", "core"}, "good");
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  EXPECT_EQ(trials_of(scratch() / "good").at("trials").size(), 2U);  // ln(0.8 / 0.2) / ln(0.9 / 0.3) = 1.3
  EXPECT_EQ(trials_of(scratch() / "good").at("variants")[0].at("decision"), "good");
  const auto bad = with({"run", "tiny.toml", "--variant", "control"}, "bad");
  EXPECT_EQ(bad.exit_code, 1) << bad.out << bad.err;
  EXPECT_EQ(trials_of(scratch() / "bad").at("variants")[0].at("decision"), "bad");
  const auto unsure = with({"run", "tiny.toml", "--variant", "core", "--trials", "1"}, "unsure");
  EXPECT_EQ(unsure.exit_code, 2) << unsure.out << unsure.err;
}

// One variant without more is an ordinary run, and its verdict counts: nothing else could.
TEST_F(Series, OneVariantAloneIsARun) {
  temp_files_may_stay();  // of origin-before
  put_file(scratch() / "tiny.toml", tiny_scenario());
  const auto run = holdfast({"run", "tiny.toml", "--variant", "control", "--out", "run"});
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_TRUE(holds(run.out, "FAIL  tiny (control): A small crowd")) << run.out;
  EXPECT_EQ(result_of("run").variant, "control");
  EXPECT_EQ(result_of("run").command, "holdfast run tiny.toml --variant control --seed 1");
}

TEST_F(Series, CtrlCEndsTheTrialAndTheSeries) {
  put_file(scratch() / "slow.toml", small_scenario("count = 2\nbroadcasts = 20\nrate = 25"));
  auto run = start({"run", "slow.toml", "--trials", "50", "--out", "s"});
  ASSERT_TRUE(eventually([&] { return released("s/seed-2"); }));
  run.send_to_group(SIGINT);
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  expect_nothing_left();
  const auto json = trials_of(scratch() / "s");
  EXPECT_EQ(json.at("complete"), false);
  EXPECT_EQ(json.at("verdict"), "inconclusive");
  ASSERT_EQ(json.at("trials").size(), 2U);
  EXPECT_EQ(json.at("trials")[0].at("verdict"), "pass");
  EXPECT_EQ(json.at("trials")[1].at("verdict"), "inconclusive");
  EXPECT_TRUE(holds(end.out, "the series was cut short after 2 of 50 trials")) << end.out;
  const auto bytes = file_bytes(scratch() / "s" / "trials.json");
  EXPECT_EQ(holdfast({"check", "s"}).exit_code, 2);
  EXPECT_EQ(file_bytes(scratch() / "s" / "trials.json"), bytes);
}

// Killed, it could write nothing; what the trials left says the rest.
TEST_F(Series, KilledItIsReadableStill) {
  put_file(scratch() / "slow.toml", small_scenario("count = 2\nbroadcasts = 20\nrate = 25"));
  auto run = start({"run", "slow.toml", "--trials", "50", "--out", "s"});
  ASSERT_TRUE(eventually([&] { return released("s/seed-2"); }));
  // An agent that met the supervisor gone would fail before it is ended itself.
  run.stop();
  stop_agents("s");
  run.send(SIGKILL);
  EXPECT_EQ(run.wait().signal, SIGKILL);
  ASSERT_TRUE(eventually([&] { return members("internal-agent", "s").empty(); }));
  temp_files_may_stay();
  EXPECT_FALSE(std::filesystem::exists(scratch() / "s" / "trials.json"));
  const auto check = holdfast({"check", "s"});
  EXPECT_EQ(check.exit_code, 2) << check.out << check.err;
  const auto json = trials_of(scratch() / "s");
  ASSERT_EQ(json.at("trials").size(), 2U);
  EXPECT_EQ(json.at("trials")[0].at("verdict"), "pass");
  EXPECT_EQ(json.at("trials")[1].at("verdict"), "inconclusive");
  EXPECT_EQ(holdfast({"report", "s"}).exit_code, 0);
}

TEST_F(Series, WrongUseIsOneSentence) {
  put_file(scratch() / "tiny.toml", tiny_scenario());
  struct WrongUse {
    std::vector<std::string> more;
    std::string said;
  };
  const WrongUse lines[] = {
      {{"--trials", "0"}, "--trials: 0 is not between 1 and 100000"},
      {{"--trials", "-1"}, "-1 is not a whole number"},
      {{"--trials", "100001"}, "100001 is not between 1 and 100000"},
      {{"--trials", "many"}, "many is not a whole number"},
      {{"--until-fail", "--until-sure"}, "--until-fail excludes --until-sure"},
      {{"--sure-rate", "0.9"}, "--sure-rate requires --until-sure"},
      {{"--until-sure", "--sure-rate", "0.9"}, "--sure-rate, --sure-against and --sure-error: "},
      {{"--until-sure", "--sure-rate", "1"}, "--sure-rate, --sure-against and --sure-error: "},
      {{"--until-sure", "--sure-error", "0.7"}, "--sure-rate, --sure-against and --sure-error: "},
      {{"--until-sure", "--sure-error", "nan"}, "--sure-error"},
      {{"--keep", "nothing"}, "--keep"},
      {{"--variant", "cor"}, "has no such variant; the nearest is \"core\". Valid here: control, core"},
      {{"--variant", ""}, "has no such variant"},
      {{"--trials", "2", "--seed", "18446744073709551615"}, "choose a smaller seed"},
  };
  for (const WrongUse& wrong : lines) {
    std::vector<std::string> line{"run", "tiny.toml", "--out", "s"};
    line.insert(line.end(), wrong.more.begin(), wrong.more.end());
    SCOPED_TRACE(testing::PrintToString(wrong.more));
    const auto end = holdfast(line);
    EXPECT_EQ(end.exit_code, 64) << end.out << end.err;
    EXPECT_TRUE(holds(end.err, wrong.said)) << end.err;
    EXPECT_EQ(end.out, "");
    EXPECT_FALSE(std::filesystem::exists(scratch() / "s"));
  }
  expect_one_sentence(holdfast({"run", "no-fault", "--variant", "fixed"}), 64,
                      "the scenario \"no-fault\" has no variants");
  put_file(scratch() / "bad.toml", tiny_scenario() + "subject.retry.jiter = \"none\"\n");
  expect_one_sentence(holdfast({"run", "bad.toml"}), 64, "the nearest is \"jitter\"");
}

TEST_F(Series, WhereNothingCanRunNothingIsLeft) {
  put_file(scratch() / "tiny.toml", tiny_scenario());
  ProcessOptions options;
  options.environment = {"HOLDFAST_SIMULATE_MISSING=user-notification"};
  expect_one_sentence(holdfast({"run", "tiny.toml", "--trials", "2", "--out", "s"}, options), 70,
                      "cannot run here");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "s"));
}

}  // namespace
}  // namespace holdfast
