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
  run.report_address = path_address(place) + "/report.html";
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
  sweep.report_address = "sweep/report.md";
  sweep.scenario = "retry-budget";
  sweep.started_at = "2025-01-04T00:00:00Z";
  std::vector<ListedRun> runs{run_of("old", "2025-01-01T00:00:00Z", RunVerdict::pass, 10),
                              run_of("new", "2025-01-03T00:00:00Z", RunVerdict::fail, 30), sweep,
                              run_of("between", "2025-01-02T00:00:00Z", RunVerdict::inconclusive, 12)};
  sort_newest_first(runs);
  return runs;
}

std::string body_of(const std::string& page) {
  const auto from = page.find("<main>"), to = page.find("</main>");
  return page.substr(from, to - from) + "</main>\n";
}

TEST(RunList, Golden) {
  expect_golden("run-list.html", body_of(render_run_list_html(three_runs())));
}

TEST(RunList, NewestFirstAndTrendsOldestFirst) {
  const std::string page = render_run_list_html(three_runs());
  auto reversed = three_runs();
  std::reverse(reversed.begin(), reversed.end());
  sort_newest_first(reversed);
  EXPECT_EQ(render_run_list_html(reversed), page);
  const auto list = page.find("id=\"runs\"");
  EXPECT_LT(page.find("\"old/", list), std::string::npos);
  EXPECT_LT(page.find("\"new/", list), page.find("\"between/", list));
  EXPECT_LT(page.find("\"between/", list), page.find("\"old/", list));
  EXPECT_LT(page.find("\"old/"), page.find("\"new/"));  // the trend, which comes first
  EXPECT_THAT(page, HasSubstr("1 of 3"));
  EXPECT_THAT(page, HasSubstr("30.0 ms, before 12.0 ms"));
}

TEST(RunList, HoweverManyRunsThereAreWhatCannotBeReadIsListed) {
  std::vector<ListedRun> runs(1000, run_of("good", "2025-01-03T00:00:00Z", RunVerdict::pass, 30));
  ListedRun broken;
  broken.kind = "unreadable";
  broken.place = "broken";
  broken.reason = "result.json: is cut short";
  runs.insert(runs.begin() + 500, broken);
  sort_newest_first(runs);
  EXPECT_EQ(runs.front().place, "broken");
  EXPECT_THAT(render_run_list_html(runs), HasSubstr("is cut short"));
}

TEST(RunList, NamesAreTextAndAddressesPlain) {
  const std::string hostile = "\"><script>alert(1)</script>%2e&\x01";
  ListedRun run = run_of(hostile, "2025-01-01T00:00:00Z", RunVerdict::fail, 1);
  run.scenario = run.variant = run.reason = run.kind = hostile;
  const std::string page = render_run_list_html({run});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("\"%22%3E%3Cscript%3Ealert%281%29%3C/script%3E%252e%26%01/report.html"));
}

TEST(RunList, IsKnownByItsBeginning) {
  EXPECT_TRUE(is_run_list(render_run_list_html(three_runs()).substr(0, 4096)));
  EXPECT_FALSE(is_run_list("<title>My past runs</title>"));
}

TEST(RunList, JsonSaysWhatIsNotKnown) {
  const std::string json = run_list_json({three_runs().front()}, "\xff/index.html");  // no UTF-8
  EXPECT_EQ(json, R"({
 "schema": "holdfast.index/1",
 "page": "�/index.html",
 "runs": [
  {
   "kind": "sweep",
   "directory": "sweep",
   "report": "sweep/report.md",
   "text_report": null,
   "scenario": "retry-budget",
   "variant": null,
   "started_at": "2025-01-04T00:00:00Z",
   "seed": null,
   "verdict": null,
   "reason": "",
   "success_rate": null,
   "latency_p99_ms": null
  }
 ]
}
)");
}

}  // namespace
}  // namespace holdfast
