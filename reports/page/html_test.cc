// The page's parts that need no browser: bytes as a person found them good, and nothing in them that acts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/compare/render.h"
#include "reports/format/html_text.h"
#include "reports/page/assets.h"
#include "reports/page/parts.h"
#include "reports/page/svg.h"
#include "reports/page/timeline_json.h"
#include "reports/run/render.h"
#include "reports/testing/example_trials.h"
#include "reports/testing/golden_file.h"
#include "reports/testing/hostile_run.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

// All that is the run's own; not the style, the scripts and the skeleton.
std::string parts_of(const Summary& summary, const Timeline* timeline) {
  return html_header(summary) + html_checks(summary) + html_holders(summary, timeline) +
         html_retries(summary, timeline) + html_latency(summary) + html_faults(summary) +
         html_agents(summary) + html_limits(summary) + html_how(summary);
}

// Two agents behind an injector and another agent: refused, retried, given up, killed.
SmallRun refused_run() {
  SmallRun run{2, 2};
  Injector injector;
  injector.kind = InjectorKind::open_handle;
  injector.name = "viewer";
  injector.share = "rw";
  run.plan.scenario.injectors.push_back(injector);
  const Fault fault{0, 500 * ms_ns, barrier_ns + 10 * ms_ns, barrier_ns + 600 * ms_ns, "/store/queue.json"};
  run.history.injectors.push_back({0, 4711, 1, 1, {fault}});
  Holder viewer = holder_of(HolderKind::injector, 0, 4711, 6, "/usr/bin/holdfast");
  viewer.path = "/store/queue.json";
  const Holder agent = holder_of(HolderKind::agent, 1, 1001, 6, "/usr/bin/holdfast");
  run.broadcast(0, 0, Outcome::ok, {50, 300, 700}, 800, {viewer, agent});
  run.broadcast(0, 1, Outcome::fail, {40, 200}, 300, {});
  run.broadcast(1, 0, Outcome::info, {20}, 0, {viewer});
  run.history.kills.push_back({1, 0, 1001, barrier_ns + 25 * ms_ns, "rename", "/store/queue.json"});
  run.read(0, {});
  run.read(1, {{0, 0}});
  run.sort();
  return run;
}

TEST(HtmlParts, Golden) {
  const struct {
    const char* name;
    Summary (*make)();
  } examples[] = {{"pass", example_pass},
                  {"fail", example_fail},
                  {"inconclusive", example_inconclusive},
                  {"one-operation", example_one_operation}};
  for (const auto& [name, make] : examples)
    expect_golden(std::string("html-") + name + ".html", parts_of(make(), nullptr));
  expect_golden("html-trials.html", render_trials_html(example_lockstep()).substr(assets::style_css.size()));
  SmallRun run = refused_run();
  const Timeline timeline = timeline_of(run.plan, run.history);
  expect_golden("html-refusals.html", html_refusals(timeline));
  expect_golden("html-waits.html", waits_svg(run.summarised().retry_steps, timeline.waits));
  expect_golden("timeline.json", timeline_json(timeline));
}

TEST(HtmlText, NothingInItIsMarkup) {
  EXPECT_EQ(html_text("<b a=\"x\" b='y'>&amp;"), "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(script_json(R"({"a":"</script><!--"})"), R"({"a":"\u003c/script>\u003c!--"})");
  EXPECT_LT(html_text(std::string(std::size_t{1} << 20, '<')).size(), 40'000U);
}

TEST(HtmlText, WhatIsFilledInIsNotLookedAtAgain) {
  EXPECT_EQ(filled("a{{x}}b{{y}}{{z}}c", {{"x", "{{y}}"}, {"y", "{{x}}"}}), "a{{y}}b{{x}}c");
}

std::size_t count_of(std::string_view page, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = page.find(what); at != std::string_view::npos; at = page.find(what, at + 1)) ++count;
  return count;
}

void expect_no_more_than_ours(const std::string& page, const std::string& harmless) {
  for (const char* what : {"<script", "</script", "<!--", "<img", "<a href=\"javascript", "<b"}) {
    EXPECT_EQ(count_of(page, what), count_of(harmless, what)) << what;
  }
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_EQ(page.find("\u202e"), std::string::npos);
}

// Of a hostile and a harmless run with the same shape, the pages have the same elements.
TEST(Html, HostileTextIsInert) {
  const HostileRun hostile;
  const HostileRun harmless("harmless");
  const std::string page = render_html({hostile.summary(), &hostile.timeline(), ""});
  expect_no_more_than_ours(page, render_html({harmless.summary(), &harmless.timeline(), ""}));
  EXPECT_LT(page.size(), 1'500'000U);
  expect_no_more_than_ours(render_comparison_html(compare(hostile.summary(), example_pass())),
                           render_comparison_html(compare(harmless.summary(), example_pass())));
  expect_no_more_than_ours(render_trials_html(example_hostile_trials(hostile_markup(100))),
                           render_trials_html(example_hostile_trials("harmless")));
}

RC_GTEST_PROP(Html, ArbitraryTextStaysText, (const std::string& text)) {
  const std::string escaped = html_text(text);
  RC_ASSERT(escaped.find_first_of("<>\"'") == std::string::npos);
  nlohmann::json value = {{"text", text}};
  const std::string json = script_json(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  RC_ASSERT(json.find('<') == std::string::npos);
  RC_ASSERT(!nlohmann::json::parse(json).at("text").is_null());
}

TEST(Html, TheSameRunGivesTheSameBytes) {
  SmallRun run = refused_run();
  const Timeline timeline = timeline_of(run.plan, run.history);
  EXPECT_EQ(render_html({example_fail(), &timeline, ""}), render_html({example_fail(), &timeline, ""}));
}

TEST(Html, WithoutEventsItSaysWhyThereAreNoLanes) {
  const std::string page = render_html({example_pass(), nullptr, "they are not kept"});
  EXPECT_THAT(page, HasSubstr("they are not kept"));
  EXPECT_THAT(page, Not(HasSubstr("id=\"timeline\"")));
}

// The policy names the hash of each script that stands in the page, and lets no other run.
TEST(Html, ThePolicyAllowsOurScriptsOnly) {
  const std::string page = render_html({example_pass(), nullptr, ""});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr(assets::page_js.hash));
  EXPECT_THAT(page, HasSubstr(assets::uplot_js.hash));
  EXPECT_THAT(page, Not(HasSubstr("script-src 'unsafe")));
}

}  // namespace
}  // namespace holdfast
