#include "reports/exec/code_place.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/exec/render.h"

namespace holdfast {
namespace {

CodeFrame in_source(const std::string& file, int line, const std::string& function) {
  return {function, file, line, "", 0};
}

CodeFrame in_module(const std::string& module, std::uint64_t offset, const std::string& function) {
  return {function, "", 0, module, offset};
}

std::string place(std::vector<CodeFrame> frames, const std::string& test = "") {
  ExecReport report;
  report.directories = {"/srv/app"};
  return place_in_code(report, {std::move(frames), test, ""});
}

TEST(CodePlace, IsTheInnermostOfTheProgrammersOwn) {
  const auto own = in_source("/srv/app/tests/test_state.py", 42, "save");
  const auto caller = in_source("/srv/app/main.py", 7, "main");
  for (const char* library :
       {"/usr/lib/python3.11/shutil.py", "<frozen os>", "/srv/app/venv/lib/python3.11/site-packages/x/y.py",
        "/home/me/.pyenv/versions/3.12.1/lib/python3.12/os.py", "/usr/lib/go-1.19/src/os/file.go",
        "/rustc/abc/library/std/src/fs.rs", "/home/me/.cargo/registry/src/a/lib.rs",
        "/home/me/go/pkg/mod/x/y.go"}) {
    EXPECT_EQ(place({in_source(library, 3, "replace"), own, caller}), "tests/test_state.py:42 in save")
        << library;
  }
  EXPECT_EQ(place({own}, "test_state.py::test_replace"),
            "tests/test_state.py:42 in save (test_state.py::test_replace)");
  EXPECT_EQ(place({in_module("/usr/lib/x86_64-linux-gnu/libc.so.6", 1, "rename"),
                   in_module("/srv/app/store", 0x11B4, "save")}),
            "store+0x11b4 in save");
}

TEST(CodePlace, PassesOverWhatIsLinkedIn) {
  const auto own = in_module("/srv/app/store", 5, "save");
  for (const char* name :
       {"rename", "std::sys::fs::rename", "std::filesystem::rename", "<std::fs::File>::open", "__open64"})
    EXPECT_EQ(place({in_module("/srv/app/store", 1, name), own}), "store+0x5 in save") << name;
  auto inlined = own;
  inlined.file = "/rustc/abc/library/std/src/fs.rs";
  EXPECT_EQ(place({inlined, in_module("/srv/app/store", 9, "main")}), "store+0x5 in save");
}

TEST(CodePlace, TakesAnotherWhereNoneIsOwn) {
  const auto libc = in_module("/usr/lib/x86_64-linux-gnu/libc.so.6", 1, "rename");
  EXPECT_EQ(place({libc, in_module("/usr/lib/git-core/git", 16, "")}), "git+0x10");
  EXPECT_EQ(place({libc}), "libc.so.6+0x1 in rename");
  EXPECT_EQ(place({in_source("/usr/lib/python3.11/shutil.py", 5, "move")}),
            "/usr/lib/python3.11/shutil.py:5 in move");
}

TEST(CodePlace, SaysWhatIsKnown) {
  EXPECT_EQ(place({}), "");
  EXPECT_EQ(place({}, "test_a"), "(test_a)");
  EXPECT_EQ(place({in_source("/srv/app/a.py", 0, "")}), "a.py");
  EXPECT_EQ(place({in_module("", 0, "jitted")}), "in jitted");
}

TEST(CodePlace, IsInTheJsonOfRefusalsAndGroups) {
  ExecReport report;
  report.directories = {"/srv/app"};
  ExecRefusal& refusal = report.refusals.emplace_back();
  refusal.path = "/srv/app/f";
  refusal.stack = {{in_source("/srv/app/a.py", 3, "save"), in_module("/srv/app/x", 9, "")}, "test_a", ""};
  const auto json = nlohmann::json::parse(exec_json(report));
  for (const auto& where : {json["refusals"][0], json["groups"][0]}) {
    EXPECT_EQ(where["test"], "test_a");
    ASSERT_EQ(where["stack"].size(), 2U);
    EXPECT_EQ(where["stack"][0],
              nlohmann::json::parse(
                  R"({"function":"save","file":"/srv/app/a.py","line":3,"module":null,"offset":null})"));
    EXPECT_EQ(where["stack"][1]["function"], nullptr);
    EXPECT_EQ(where["stack"][1]["offset"], 9);
  }
  EXPECT_EQ(json["groups"][0]["code_places"], nlohmann::json::array({"a.py:3 in save (test_a)"}));
}

}  // namespace
}  // namespace holdfast
