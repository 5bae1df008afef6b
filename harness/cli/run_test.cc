// What a run concludes: the shipped scenarios, and that its directory says the same for ever.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "harness/cli/testing_run.h"
#include "harness/history/history.h"

namespace holdfast {
namespace {

using WholeRun = RunTest;

const Finding* finding(const Summary& summary, const std::string& name) {
  for (const Finding& found : summary.checks) {
    if (found.name == name) return &found;
  }
  ADD_FAILURE() << "no check " << name;
  return nullptr;
}

void expect_sane(const Summary& summary, const History& history) {
  std::uint64_t histogram = 0;
  for (const auto& [retries, count] : summary.retry_histogram) histogram += count;
  EXPECT_EQ(histogram, summary.attempted);
  EXPECT_EQ(summary.ok + summary.failed + summary.unknown, summary.attempted);
  EXPECT_EQ(summary.agents.size(), summary.agents_total);
  std::uint64_t attempted = 0;
  for (const AgentSummary& agent : summary.agents) {
    attempted += agent.attempted;
    EXPECT_EQ(agent.ended, "exit 0");
  }
  EXPECT_EQ(attempted, summary.attempted);

  EXPECT_TRUE(history.complete);
  EXPECT_EQ(texts_of(history.doubts), std::vector<std::string>{});
  EXPECT_TRUE(history.leftovers.empty());
  EXPECT_EQ(history.processes.size(),
            summary.agents_total + summary.injectors.size() + 1);  // the fresh reader
  std::uint64_t renames = 0;
  for (const Call& call : history.calls) {
    renames += call.function == Function::rename && call.os_error == 0 ? 1 : 0;
    EXPECT_GE(call.answered_ns, call.received_ns);
    EXPECT_NE(call.agent, no_process);
    // By whom: every refusal names somebody, with a program.
    EXPECT_EQ(call.windows_code != 0, !call.holders.empty()) << call.path;
    for (const Holder& holder : call.holders) {
      EXPECT_TRUE(holder.kind == HolderKind::injector || holder.kind == HolderKind::agent)
          << static_cast<int>(holder.kind) << " held " << call.destination;
      EXPECT_NE(holder.program, "");
      EXPECT_NE(holder.program, "?");
      EXPECT_GT(holder.pid, 0);
      EXPECT_NE(holder.path, "");
    }
  }
  EXPECT_GE(renames, summary.ok);  // each acknowledged save replaced the file
}

TEST_F(WholeRun, NoFaultPassesWithoutRefusalOrRetry) {
  const auto end = holdfast({"run", "no-fault", "--out", "run"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Summary summary = result_of("run");
  EXPECT_EQ(summary.verdict, RunVerdict::pass);
  EXPECT_EQ(summary.attempted, 200U);
  EXPECT_EQ(summary.ok, 200U);
  EXPECT_EQ(summary.agents_succeeded, 8U);
  EXPECT_EQ(summary.refusals, 0U);
  EXPECT_EQ(summary.refusals_by_holder.size(), 0U);
  EXPECT_EQ(total_retries(summary), 0U);
  EXPECT_EQ(summary.retry_histogram, (std::map<std::uint64_t, std::uint64_t>{{0, 200}}));

  const auto history = merge(scratch() / "run");
  ASSERT_TRUE(history) << history.error().message;
  expect_sane(summary, *history);
  EXPECT_EQ(history->operations.size(), 208U);      // and a read each
  EXPECT_EQ(history->seen.size(), 2U * 8U * 200U);  // by the agents, and by a fresh process in their names
}

TEST_F(WholeRun, CoreDeliversUnderAntivirusAndOpenHandle) {
  // broadcast-8 with fewer broadcasts, shorter holds, and a scanner that acts on every trigger. The core's
  // attempts, at 0, 0.1, 0.3, 0.7, 1.5 and 3.1 s, fall on six different moments of a period of 0.33 s, at
  // most two within one hold.
  put_file(
      scratch() / "busy.toml",
      small_scenario(
          "count = 4\nbroadcasts = 5",
          "[[inject]]\nkind = \"open-handle\"\npath = \"queue.json\"\nhold = \"60ms\"\nperiod = \"330ms\"\n"
          "count = 30\n[[inject]]\nkind = \"antivirus\"\nchance = 1.0\n"
          "hold = { median = \"10ms\", p99 = \"40ms\", max = \"80ms\" }\n"));
  const auto end = holdfast({"run", "busy.toml", "--out", "run"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Summary summary = result_of("run");
  EXPECT_EQ(summary.ok, 20U);
  EXPECT_GT(summary.refusals, 0U);
  EXPECT_GT(total_retries(summary), 0U);
  std::uint64_t named = 0;
  for (const HolderSummary& holder : summary.refusals_by_holder) {
    EXPECT_TRUE(holder.holder == "antivirus" || holder.holder == "open-handle" || holder.holder == "agent")
        << holder.holder;
    named += holder.count;
  }
  EXPECT_GE(named, summary.refusals);
  for (const InjectorSummary& injector : summary.injectors) EXPECT_GE(injector.fired, 1U) << injector.name;
  const auto history = merge(scratch() / "run");
  ASSERT_TRUE(history) << history.error().message;
  expect_sane(summary, *history);
}

TEST_F(WholeRun, OriginBeforeFails) {
  temp_files_may_stay();  // of a rename that was refused for good
  const auto end = holdfast({"run", "broadcast-8-before", "--out", "run", "--set", "agents.broadcasts=6"});
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_EQ(result_of("run").verdict, RunVerdict::fail);
}

TEST_F(WholeRun, LostUpdateNamesALostMessage) {
  const auto end = holdfast({"run", "lost-update", "--out", "run"});
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  const Summary summary = result_of("run");
  const Finding* lost = finding(summary, "lost");
  ASSERT_NE(lost, nullptr);
  EXPECT_EQ(lost->verdict, Verdict::fail);
  EXPECT_GT(lost->count, 0U);
  ASSERT_TRUE(lost->witness);
  // It names a message that was acknowledged and that nobody has read.
  const auto history = merge(scratch() / "run");
  ASSERT_TRUE(history) << history.error().message;
  const auto named =
      std::any_of(history->operations.begin(), history->operations.end(), [&](const Operation& operation) {
        const MessageId id{operation.agent, operation.number};
        return operation.function == Function::broadcast && operation.outcome == Outcome::ok &&
               holds(*lost->witness, to_string(id)) &&
               std::none_of(history->seen.begin(), history->seen.end(),
                            [&](const Seen& seen) { return seen.message == id; });
      });
  EXPECT_TRUE(named) << *lost->witness;
  EXPECT_TRUE(holds(end.out, "lost")) << end.out;
}

TEST_F(WholeRun, CopiedDirectoryGivesTheSameBytes) {
  const auto end = start_small(small_scenario("count = 3\nbroadcasts = 4")).wait();
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  std::filesystem::copy(scratch() / "run", scratch() / "elsewhere", std::filesystem::copy_options::recursive);
  const std::vector<std::string> rendered = {"result.json", "report.html", "report.md", "junit.xml"};
  const auto expect_same = [&] {
    for (const std::string& name : rendered) {
      const std::string bytes = file_bytes(scratch() / "elsewhere" / name);
      EXPECT_NE(bytes, "") << name;
      EXPECT_EQ(bytes, file_bytes(scratch() / "run" / name)) << name;
    }
  };
  for (const std::string& name : rendered) std::filesystem::remove(scratch() / "elsewhere" / name);
  EXPECT_EQ(holdfast({"check", "elsewhere"}).exit_code, 0);
  expect_same();
  std::filesystem::remove(scratch() / "elsewhere" / "report.html");
  std::filesystem::remove(scratch() / "elsewhere" / "report.md");
  std::filesystem::remove(scratch() / "elsewhere" / "junit.xml");
  EXPECT_EQ(holdfast({"report", "elsewhere"}).exit_code, 0);
  expect_same();
}

TEST_F(WholeRun, OperationsAsRowsAndTwoRunsOnAPage) {
  const auto end = start_small(small_scenario("count = 2\nbroadcasts = 3")).wait();
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  std::filesystem::remove(scratch() / "run" / "report.md");
  const auto csv = holdfast({"report", "run", "--csv"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 1 + 2 * 3 + 2) << csv.out;
  EXPECT_TRUE(csv.out.starts_with("agent,number,operation,outcome,")) << csv.out;
  EXPECT_TRUE(holds(csv.out, "\n1,2,broadcast,ok,0,0,")) << csv.out;
  EXPECT_FALSE(std::filesystem::exists(scratch() / "run" / "report.md"));
  EXPECT_EQ(holdfast({"compare", "run", "run", "--html", "compare.html"}).exit_code, 0);
  EXPECT_TRUE(holds(file_bytes(scratch() / "compare.html"), "<h1>Before and after</h1>"));
}

TEST_F(WholeRun, DefaultDirectoryIsNewEachTime) {
  put_file(scratch() / "small.toml", small_scenario("count = 1\nbroadcasts = 1"));
  EXPECT_EQ(holdfast({"run", "small.toml", "--quiet"}).exit_code, 0);
  EXPECT_EQ(holdfast({"run", "small.toml", "--quiet"}).exit_code, 0);
  const std::filesystem::directory_iterator runs(scratch() / "holdfast-runs");
  EXPECT_EQ(std::distance(begin(runs), end(runs)), 2);
}

TEST_F(WholeRun, LabelsGoIntoPlanAndReports) {
  put_file(scratch() / "small.toml", small_scenario("count = 1\nbroadcasts = 2"));
  const auto end = holdfast({"run", "small.toml", "--out", "run", "--label", "commit=1f2e3d", "--label",
                             "product=a = b", "--label", "commit=4a5b6c"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(holds(end.out, "commit 4a5b6c")) << end.out;
  EXPECT_TRUE(holds(file_bytes(scratch() / "run" / "plan.json"), "\"commit\": \"4a5b6c\""));
  EXPECT_EQ(result_of("run").labels.size(), 2U);
  EXPECT_TRUE(holds(file_bytes(scratch() / "run" / "report.html"), "product a = b"));
  expect_one_sentence(holdfast({"run", "small.toml", "--label", "commit"}), 64, "expected KEY=VALUE");
}

TEST_F(WholeRun, TheTerminalShowsTheFirstLinesUnlessAskedForAll) {
  put_file(scratch() / "small.toml", small_scenario("count = 1\nbroadcasts = 2"));
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  const auto brief = holdfast({"run", "small.toml", "--out", "run"});
  EXPECT_LE(lines(brief.out), 12) << brief.out;
  EXPECT_GT(lines(holdfast({"check", "run", "--verbose"}).out), 30);
}

TEST_F(WholeRun, MissedThresholdIsThree) {
  const auto end =
      start_small(small_scenario("count = 1\nbroadcasts = 2",
                                 "[[expect]]\nfigure = \"success_rate.lower\"\nat_least = 0.999\n"))
          .wait();
  EXPECT_EQ(end.exit_code, 3) << end.out << end.err;
  EXPECT_TRUE(holds(end.err, "(required: at least 0.999)")) << end.err;
}

TEST_F(WholeRun, OrdinaryUserCanRunEverything) {
  const auto program = program_for_everyone();
  const auto home = scratch() / "home";
  ASSERT_TRUE(std::filesystem::create_directory(home));
  ASSERT_TRUE(::geteuid() != 0 || ::chown(home.c_str(), 65534, 65534) == 0);
  ProcessOptions options;
  options.prepare = become_nobody;
  options.directory = home;
  options.watchdog =
      std::chrono::seconds(300);  // a disk that others keep busy has stood still for half a minute
  const auto run =
      start_program(program, {"run", "no-fault", "--set", "run.deadline=4m", "--out", "run"}, options).wait();
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  const Summary summary = result_of("home/run");
  EXPECT_EQ(summary.ok, 200U);
  EXPECT_EQ(summary.refusals, 0U);
  EXPECT_EQ(start_program(program, {"check", "run"}, options).wait().exit_code, 0);
  EXPECT_EQ(start_program(program, {"doctor", home.string()}, options).wait().exit_code, 0);
}

}  // namespace
}  // namespace holdfast
