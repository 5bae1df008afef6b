// The page of past runs, written among runs as they come, and among what somebody put there to harm its reader.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <nlohmann/json.hpp>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class Index : public RunTest {
 protected:
  void make_run(const std::string& directory, const std::string& scenario = "small.toml") {
    put_file(scratch() / scenario, small_scenario("count = 1\nbroadcasts = 1"));
    ASSERT_EQ(holdfast({"run", scenario, "--quiet", "--out", directory}).exit_code, 0);
  }
  [[nodiscard]] std::filesystem::path runs() const { return scratch() / "runs"; }
  [[nodiscard]] std::string page() const { return file_bytes(runs() / "index.html"); }
  void expect_index(const std::vector<std::string>& arguments, const std::string& said) {
    const auto end = holdfast(arguments);
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_EQ(end.out, said);
  }
};

TEST_F(Index, ListsRunsWithLinksToTheirReports) {
  make_run("runs/one");
  ASSERT_EQ(
      holdfast({"run", "small.toml", "--quiet", "--trials", "2", "--out", "runs/deep/several"}).exit_code, 0);
  expect_index({"index", "runs"}, "index: runs/index.html (2 entries: 2 pass)\n");
  const std::string first = page();
  EXPECT_TRUE(holds(first, "href=\"one/report.html\"") && holds(first, "href=\"one/report.md\"")) << first;
  EXPECT_TRUE(holds(first, "href=\"deep/several/report.html\"")) << first;
  EXPECT_FALSE(holds(first, "seed-1"));  // a series stands for its trials
  EXPECT_TRUE(holds(first, "2 of 2")) << first;
  EXPECT_TRUE(holds(first, "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "));
  EXPECT_FALSE(holds(first, "<script") || holds(first, scratch().string()));

  std::filesystem::rename(runs(), scratch() / "moved");  // the same runs, the same bytes
  ASSERT_EQ(::chmod((scratch() / "moved" / "index.html").c_str(), 0640), 0);
  expect_index({"index", "moved/"}, "index: moved/index.html (2 entries: 2 pass)\n");
  EXPECT_EQ(file_bytes(scratch() / "moved" / "index.html"), first);
  struct stat status {};
  ASSERT_EQ(::stat((scratch() / "moved" / "index.html").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);

  // Nobody takes the page for a run.
  expect_index({"index", "moved/deep/several"}, "index: moved/deep/several/index.html (1 entry: 1 pass)\n");
  EXPECT_EQ(holdfast({"check", "moved/deep/several"}).exit_code, 0);
  EXPECT_EQ(holdfast({"report", "moved/deep/several"}).exit_code, 0);
  EXPECT_EQ(holdfast({"run", "small.toml", "--quiet", "--out", "moved/two"}).exit_code, 0);
  expect_index({"index", "moved"}, "index: moved/index.html (3 entries: 3 pass)\n");
}

TEST_F(Index, OutNamesAnotherFileAndLinksLeadBack) {
  make_run("runs/a #1");
  std::filesystem::create_directories(scratch() / "site" / "pages");
  expect_index({"index", "runs", "--out", "site/pages/runs.html"},
               "index: site/pages/runs.html (1 entry: 1 pass)\n");
  EXPECT_TRUE(holds(file_bytes(scratch() / "site" / "pages" / "runs.html"),
                    "href=\"../../runs/a%20%231/report.html\""));
  expect_index({"index", "runs", "--out", "all.html"}, "index: all.html (1 entry: 1 pass)\n");
  EXPECT_TRUE(holds(file_bytes(scratch() / "all.html"), "href=\"runs/a%20%231/report.html\""));
  EXPECT_FALSE(std::filesystem::exists(runs() / "index.html"));

  const auto redirected = holdfast({"index", "runs", "--out", "/dev/stdout"});  // into a file beside the runs
  EXPECT_TRUE(holds(redirected.out, "href=\"runs/a%20%231/report.html\"")) << redirected.out;

  const auto json = holdfast({"index", "runs", "--json"});
  ASSERT_EQ(json.exit_code, 0) << json.err;
  const auto list = nlohmann::json::parse(json.out);
  EXPECT_EQ(list["page"], "runs/index.html");
  ASSERT_EQ(list["runs"].size(), 1U);
  EXPECT_EQ(list["runs"][0]["directory"], "a #1");
  EXPECT_EQ(list["runs"][0]["report"], "a%20%231/report.html");
  EXPECT_EQ(list["runs"][0]["verdict"], "pass");
}

TEST_F(Index, OddNamesAreEncodedAndMarkupIsText) {
  make_run("runs/plain", "<script>alert(1)<b>.toml");
  const std::map<std::string, std::string> names = {
      {"a b'c", "a%20b%27c"},
      {"\"><img src=x onerror=alert(1)>", "%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E"},
      {"#part?query=50%&x", "%23part%3Fquery%3D50%25%26x"},
      {"%2e%2e", "%252e%252e"},
      {"javascript:alert(1)", "javascript%3Aalert%281%29"},
      {"back\\slash\nline", "back%5Cslash%0Aline"},
      {"\xff\xfe", "%FF%FE"},
      {"ü", "%C3%BC"},
      {"...", "..."}};
  for (const auto& [name, address] : names)
    std::filesystem::copy(runs() / "plain", runs() / name, std::filesystem::copy_options::recursive);
  expect_index({"index", "runs"}, "index: runs/index.html (10 entries: 10 pass)\n");
  for (const auto& [name, address] : names)
    EXPECT_TRUE(holds(page(), "href=\"" + address + "/report.html\"")) << address << page();
  EXPECT_FALSE(holds(page(), "<script") || holds(page(), "<img") || holds(page(), "\xff")) << page();
  EXPECT_EQ(holdfast({"index", "runs", "--json"}).exit_code, 0);
}

// Nothing that lies elsewhere is opened or linked.
TEST_F(Index, FollowsNoLinkInTheDirectory) {
  make_run("runs/one");
  make_run("elsewhere/secret");
  const auto elsewhere = scratch() / "elsewhere";
  std::filesystem::create_directory_symlink(elsewhere, runs() / "up");
  std::filesystem::create_directory_symlink("..", runs() / "one" / "around");
  std::filesystem::create_directory(runs() / "linked");
  std::filesystem::create_symlink(elsewhere / "secret" / "result.json", runs() / "linked" / "result.json");
  std::filesystem::remove(runs() / "one" / "report.html");
  std::filesystem::create_symlink(elsewhere / "secret" / "report.html", runs() / "one" / "report.html");
  std::filesystem::remove(runs() / "one" / "report.md");
  ASSERT_EQ(::mkfifo((runs() / "one" / "report.md").c_str(), 0600), 0);
  expect_index({"index", "runs"}, "index: runs/index.html (2 entries: 1 pass, 1 unreadable)\n");
  EXPECT_FALSE(holds(page(), "secret") || holds(page(), "href=")) << page();
  EXPECT_TRUE(holds(page(), "result.json: is not a regular file")) << page();
  // The directory itself may be named by a link.
  expect_index({"index", "runs/up"}, "index: runs/up/index.html (1 entry: 1 pass)\n");
  EXPECT_TRUE(std::filesystem::exists(elsewhere / "index.html"));
}

TEST_F(Index, NamesWhatCannotBeRead) {
  make_run("runs/one");
  const std::string good = file_bytes(runs() / "one" / "result.json");
  std::string without_reasons = good;
  const auto from = without_reasons.find('[', without_reasons.find("\"reasons\""));
  without_reasons.erase(from + 1, without_reasons.find(']', from) - from - 1);
  for (const char* const name : {"silent", "deep", "cut", "huge", "pipe", "foreign", "broken/seed-1"})
    std::filesystem::create_directories(runs() / name);
  put_file(runs() / "silent" / "result.json", without_reasons);
  put_file(runs() / "deep" / "trials.json", std::string(1 << 20, '['));
  put_file(runs() / "cut" / "result.json", good.substr(0, good.size() / 2));
  put_file(runs() / "foreign" / "sweep.json", "{\"scenario\": [1]}");
  put_file(runs() / "broken" / "trials.json", "{");
  put_file(runs() / "broken" / "seed-1" / "result.json", good);
  ASSERT_EQ(::mkfifo((runs() / "pipe" / "result.json").c_str(), 0600), 0);
  put_file(runs() / "huge" / "result.json", "");
  std::filesystem::resize_file(runs() / "huge" / "result.json", std::uintmax_t{1} << 40);
  expect_index({"index", "runs"}, "index: runs/index.html (9 entries: 3 pass, 6 unreadable)\n");
  for (const char* const reason : {"trials.json: is not a holdfast.trials/1", "result.json: parse error at",
                                   "result.json: is larger than 16 MiB", "result.json: is not a regular file",
                                   "sweep.json: is not a holdfast.sweep/1", ">broken/seed-1<", ">silent<"})
    EXPECT_TRUE(holds(page(), reason)) << reason << page();
}

// A run that was not judged may hold what its subject calls a result.
TEST_F(Index, LooksNotIntoARun) {
  make_run("runs/one");
  std::filesystem::create_directory(runs() / "one" / "store" / "forged");
  std::filesystem::rename(runs() / "one" / "result.json",
                          runs() / "one" / "store" / "forged" / "result.json");
  expect_one_sentence(holdfast({"index", "runs"}), 64, "there is no run in runs");
}

TEST_F(Index, ReplacesOnlyItsOwnPage) {
  make_run("runs/one");
  put_file(scratch() / "mine", "mine");
  const auto expect_refused = [&] {
    expect_one_sentence(holdfast({"index", "runs"}), 64,
                        "runs/index.html is not a page that 'holdfast index' wrote");
  };
  std::filesystem::create_symlink(scratch() / "mine", runs() / "index.html");
  expect_refused();
  EXPECT_EQ(file_bytes(scratch() / "mine"), "mine");
  std::filesystem::remove(runs() / "index.html");
  ASSERT_EQ(::mkfifo((runs() / "index.html").c_str(), 0600), 0);
  expect_refused();
  std::filesystem::remove(runs() / "index.html");
  put_file(runs() / "index.html", "<title>My site</title>");
  expect_refused();
  EXPECT_EQ(page(), "<title>My site</title>");
  expect_index({"index", "runs", "--out", "runs/index.html"}, "index: runs/index.html (1 entry: 1 pass)\n");
  expect_index({"index", "runs"}, "index: runs/index.html (1 entry: 1 pass)\n");
}

TEST_F(Index, WhatHasNoRunsIsOneSentence) {
  expect_one_sentence(holdfast({"index", "none"}), 64, "none: No such file or directory");
  put_file(scratch() / "file", "");
  expect_one_sentence(holdfast({"index", "file"}), 64, "file: Not a directory");
  std::filesystem::create_directory(runs());
  expect_one_sentence(holdfast({"index", "runs"}), 64,
                      "there is no run in runs: 'holdfast run broadcast-8' makes one");
  EXPECT_FALSE(std::filesystem::exists(runs() / "index.html"));
}

}  // namespace
}  // namespace holdfast
