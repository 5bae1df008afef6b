// The list of past runs: its order, its trends, and nothing in it that acts.
#include "reports/index/run_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/format/html_text.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

ListedRun run_of(const std::string& place, const std::string& started_at, RunVerdict verdict, double p99_ms) {
  ListedRun run;
  run.kind = "run";
  run.place = place;
  run.report_address = "/runs/" + path_address(place) + "/report.html";
  run.scenario = "broadcast-8";
  run.started_at = started_at;
  run.seed = 7;
  run.verdict = verdict;
  run.reason = verdict == RunVerdict::pass ? "every check passed" : "lost: 3 of 200";
  run.success_rate = 0.985;
  run.latency_p99_ms = p99_ms;
  return run;
}

std::vector<ListedRun> three_runs() {
  ListedRun sweep;
  sweep.kind = "sweep";
  sweep.place = "sweep";
  sweep.report_address = "/runs/sweep/report.md";
  sweep.scenario = "retry-budget";
  sweep.started_at = "2025-01-04T00:00:00Z";
  return {run_of("old", "2025-01-01T00:00:00Z", RunVerdict::pass, 10),
          run_of("new", "2025-01-03T00:00:00Z", RunVerdict::fail, 30), sweep,
          run_of("between", "2025-01-02T00:00:00Z", RunVerdict::inconclusive, 12)};
}

std::string body_of(const std::string& page) {
  const auto from = page.find("<main>"), to = page.find("</main>");
  return page.substr(from, to - from) + "</main>\n";
}

TEST(RunList, Golden) {
  expect_golden("run-list.html", body_of(render_run_list_html(three_runs(), "/srv/runs")));
}

TEST(RunList, NewestFirstAndTrendsOldestFirst) {
  const std::string page = render_run_list_html(three_runs(), "/srv/runs");
  auto reversed = three_runs();
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(render_run_list_html(reversed, "/srv/runs"), page);
  const auto list = page.find("id=\"runs\"");
  EXPECT_LT(page.find("/runs/old/", list), std::string::npos);
  EXPECT_LT(page.find("/runs/new/", list), page.find("/runs/between/", list));
  EXPECT_LT(page.find("/runs/between/", list), page.find("/runs/old/", list));
  EXPECT_LT(page.find("/runs/old/"), page.find("/runs/new/"));  // the trend, which comes first
  EXPECT_THAT(page, HasSubstr("1 of 3"));
  EXPECT_THAT(page, HasSubstr("30.0 ms, before 12.0 ms"));
}

TEST(RunList, NamesAreTextAndAddressesPlain) {
  const std::string hostile = "\"><script>alert(1)</script>%2e&\x01";
  ListedRun run = run_of(hostile, "2025-01-01T00:00:00Z", RunVerdict::fail, 1);
  run.scenario = run.variant = run.reason = run.kind = hostile;
  const std::string page = render_run_list_html({run}, hostile);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("/runs/%22%3E%3Cscript%3Ealert%281%29%3C/script%3E%252e%26%01/report.html"));
}

TEST(RunList, WithoutRunsItSaysHowToMakeOne) {
  EXPECT_THAT(render_run_list_html({}, "x"), HasSubstr("holdfast run broadcast-8"));
}

}  // namespace
}  // namespace holdfast
