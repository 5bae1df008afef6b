// `holdfast who` beside processes that really hold files.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

class Who : public RunTest {
 protected:
  nlohmann::json who(const std::string& path, int exit_code, const ProcessOptions& options = {}) {
    const auto end = holdfast({"who", path, "--json"}, options);
    EXPECT_EQ(end.exit_code, exit_code) << end.out << end.err;
    auto json = nlohmann::json::parse(end.out, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << end.out << end.err;
    return json;
  }
};

int code_of(const nlohmann::json& who, const std::string& op) {
  for (const auto& answer : who.at("answers")) {
    if (answer.at("op") == op) return answer.at("code");
  }
  return -1;
}

// The test itself is a holder, by descriptor and by mapping.
TEST_F(Who, DescriptorsAndMappings) {
  const auto path = (scratch() / "queue.json").string();
  put_file(path, "x");
  // A user who may see every process, or the file's owner, is told that it is free for sure.
  const auto before = who("queue.json", 0);
  EXPECT_FALSE(before.at("held").get<bool>());
  EXPECT_EQ(code_of(before, "replace-onto"), 0);

  Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const auto held = who("queue.json", 1);
  ASSERT_EQ(held.at("holders").size(), 1U);
  const auto& holder = held.at("holders")[0];
  EXPECT_EQ(holder.at("as"), "handle");
  EXPECT_EQ(holder.at("pid"), ::getpid());
  EXPECT_EQ(holder.at("descriptor"), file.get());
  EXPECT_EQ(holder.at("access"), "rw");
  EXPECT_EQ(holder.at("share"), "rw-");
  EXPECT_EQ(code_of(held, "replace-onto"), 5);
  EXPECT_EQ(code_of(held, "delete"), 32);
  EXPECT_EQ(code_of(held, "open-read"), 0);

  void* const mapping = ::mmap(nullptr, 1, PROT_READ, MAP_SHARED, file.get(), 0);
  ASSERT_NE(mapping, MAP_FAILED);
  file.reset();
  const auto mapped = who("queue.json", 1);
  ASSERT_EQ(mapped.at("holders").size(), 1U);
  EXPECT_TRUE(mapped.at("holders")[0].at("descriptor").is_null());
  ::munmap(mapping, 1);
  EXPECT_EQ(who("queue.json", 0).at("holders").size(), 0U);
}

TEST_F(Who, InWords) {
  put_file(scratch() / "queue.json", "x");
  const auto nobody = holdfast({"who", "queue.json"});
  EXPECT_TRUE(holds(nobody.out, "nobody holds ")) << nobody.out;
  auto holder = start({"hold", "queue.json", "--for", "1h"});
  ASSERT_TRUE(eventually([&] { return holdfast({"who", "queue.json"}).exit_code == 1; }));
  const auto held = holdfast({"who", "queue.json"});
  EXPECT_TRUE(holds(held.out, "(pid " + std::to_string(holder.pid()) + "): descriptor ")) << held.out;
  EXPECT_TRUE(holds(held.out, "access r--, shares rw- (as c opens files)")) << held.out;
  EXPECT_TRUE(holds(held.out, "delete it                     32 (sharing violation)")) << held.out;
  holder.send(SIGKILL);
  holder.wait();
}

TEST_F(Who, Directories) {
  std::filesystem::create_directories(scratch() / "parent" / "child");
  put_file(scratch() / "parent" / "child" / "file", "x");
  ProcessOptions inside;
  inside.directory = scratch() / "parent";
  auto holder = start({"hold", "child/file", "--for", "1h"}, inside);
  nlohmann::json found;
  ASSERT_TRUE(eventually([&] {
    found = nlohmann::json::parse(holdfast({"who", "parent", "--json"}).out);
    return found.at("holders").size() >= 2;
  }));
  EXPECT_EQ(found.at("kind"), "directory");
  EXPECT_EQ(code_of(found, "rename-of"), 5);
  EXPECT_EQ(code_of(found, "remove"), 32) << "it is a current directory";
  const auto child = who("parent/child", 1);
  EXPECT_EQ(code_of(child, "rename-of"), 5);
  EXPECT_EQ(code_of(child, "remove"), 0);
  holder.send(SIGKILL);
  holder.wait();
}

TEST_F(Who, RunningProgramsAndReadOnlyFiles) {
  const auto program = program_for_everyone();
  put_file(scratch() / "file", "x");
  auto running = start_program(program, {"hold", (scratch() / "file").string(), "--for", "1h"}, {});
  nlohmann::json found;
  ASSERT_TRUE(eventually([&] {
    found = nlohmann::json::parse(holdfast({"who", program.string(), "--json"}).out);
    return !found.at("holders").empty();
  }));
  EXPECT_EQ(found.at("holders")[0].at("as"), "running-program");
  EXPECT_EQ(code_of(found, "delete"), 5);
  EXPECT_EQ(code_of(found, "rename-of"), 0) << "Windows renames a running program";
  running.send(SIGKILL);
  running.wait();

  put_file(scratch() / "fixed", "x");
  ::chmod((scratch() / "fixed").c_str(), 0444);
  EXPECT_EQ(code_of(who("fixed", 0), "replace-onto"), 5);
}

// An ordinary user is told that others' processes stay unseen, and never that nobody holds the file.
TEST_F(Who, WhatAnOrdinaryUserMaySee) {
  HOLDFAST_NEEDS_ROOT("be another user's process");
  const auto path = scratch() / "queue.json";
  put_file(path, "x");
  std::filesystem::permissions(scratch(), std::filesystem::perms::all);
  std::filesystem::permissions(path, std::filesystem::perms::all);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ProcessOptions as_nobody;
  as_nobody.prepare = become_nobody;
  auto asked = start_program(program_for_everyone(), {"who", path.string()}, as_nobody);
  const auto end = asked.wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  EXPECT_TRUE(holds(end.out, "no holder was found for ")) << end.out;
  EXPECT_TRUE(holds(end.out, "could not be inspected by this user")) << end.out;
}

TEST_F(Who, PathsThatAreNone) {
  expect_one_sentence(holdfast({"who", "missing"}), 64, "cannot look at missing: No such file");
  expect_one_sentence(holdfast({"who", "/dev/null"}), 64, "neither a file nor a directory");
}

}  // namespace
}  // namespace holdfast
