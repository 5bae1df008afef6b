// Where in the code a refused call came from: real programs, observed from outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class ExecStacks : public RunTest {
 protected:
  ExecStacks() { std::filesystem::create_directory(work()); }

  [[nodiscard]] std::filesystem::path work() const { return scratch() / "work"; }

  void compile(const std::vector<std::string>& command, const std::string& name, const std::string& source) {
    put_file(scratch() / name, source);
    ProcessOptions options;
    options.directory = scratch();
    options.environment = {"HOME=" + scratch().string(), "GOFLAGS=-mod=mod"};
    const auto end = start_program("/usr/bin/env", command, options).wait();
    ASSERT_EQ(end.exit_code, 0) << end.out << end.err;
  }

  // The refusals of a command that runs in work().
  nlohmann::json refusals(std::vector<std::string> command, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"exec", "--json", "../found.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), command.begin(), command.end());
    ProcessOptions options;
    options.directory = work();
    const auto end = holdfast(arguments, options);
    EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
    summary_.clear();
    std::istringstream words(end.err);
    for (std::string word; words >> word;) summary_ += word + " ";
    const auto report = nlohmann::json::parse(file_bytes(scratch() / "found.json"), nullptr, false);
    EXPECT_FALSE(report.is_discarded());
    for (const auto& entry : std::filesystem::directory_iterator(work())) std::filesystem::remove_all(entry);
    return report.is_discarded() ? nlohmann::json::array() : report.at("refusals");
  }

  static std::vector<std::string> functions(const nlohmann::json& refusal) {
    std::vector<std::string> names;
    for (const auto& frame : refusal.at("stack"))
      names.push_back(frame.at("function").is_null() ? "?" : frame.at("function").get<std::string>());
    return names;
  }

  // Whether these functions called each other, the innermost first.
  static void expect_calls(const nlohmann::json& refusal, const std::vector<std::string>& wanted) {
    const auto all = functions(refusal);
    EXPECT_NE(std::search(all.begin(), all.end(), wanted.begin(), wanted.end()), all.end())
        << testing::PrintToString(all);
  }

  std::string summary_;  // in one line
};

constexpr const char* python_script = R"py(import os, sys, threading

def save(name):
    held = open(name, "w")
    with open(name + ".new", "w") as new:
        new.write("x")
    os.replace(
        name + ".new",
        name)

class Store:
    def save(self, name):
        os.environ["PYTEST_CURRENT_TEST"] = "tests/test_store.py::test_save (call)"
        save(name)

def elsewhere():
    waits.wait()

waits = threading.Event()
other = threading.Thread(target=elsewhere)
other.start()
Store().save("main")
def in_thread():
    del os.environ["PYTEST_CURRENT_TEST"]
    save("thread")
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
waits.set()
)py";

TEST_F(ExecStacks, NameTheLinesOfPythonInTheThreadThatCalled) {
  put_file(scratch() / "store.py", python_script);
  const auto found = refusals({"python3", "../store.py"});
  ASSERT_EQ(found.size(), 2U) << found.dump(1);
  const auto& frames = found[0].at("stack");
  ASSERT_EQ(frames.size(), 3U) << frames.dump(1);
  EXPECT_EQ(functions(found[0]), (std::vector<std::string>{"save", "Store.save", "<module>"}));
  const int lines[] = {7, 14, 22};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].at("line"), lines[i]);
    EXPECT_TRUE(frames[i].at("file").get<std::string>().ends_with("store.py"));
    EXPECT_EQ(frames[i].at("module"), nullptr);
  }
  EXPECT_EQ(found[0].at("test"), "tests/test_store.py::test_save") << "set at run time";
  EXPECT_TRUE(holds(summary_, "store.py:7 in save (tests/test_store.py::test_save) ")) << summary_;

  EXPECT_EQ(functions(found[1]).front(), "save");
  EXPECT_EQ(functions(found[1])[1], "in_thread");
  EXPECT_EQ(found[1].at("stack")[1].at("line"), 25);
  EXPECT_EQ(found[1].at("test"), nullptr);
}

TEST_F(ExecStacks, AreNotLookedUpIfNotWanted) {
  put_file(scratch() / "store.py", python_script);
  const auto found = refusals({"python3", "../store.py"}, {"--no-stacks"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].at("stack").empty());
  EXPECT_EQ(found[0].at("test"), nullptr);
  EXPECT_FALSE(holds(summary_, " in save")) << summary_;
}

constexpr const char* c_program = R"(
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
static __attribute__((noinline)) int save(const char* from, const char* to) {
  char copy[300];
  snprintf(copy, sizeof copy, "%s", from);
  int result = rename(copy, to);
  return result + copy[0];
}
__attribute__((noinline)) int save_with_array(int size) {
  char array[size];
  memset(array, 1, sizeof array);
  return save("new", "f") + array[size - 1];
}
__attribute__((noinline)) int outer(int size) { return save_with_array(size * 3) + size; }
int main(int count, char** words) {
  open("f", O_CREAT | O_RDWR, 0600);
  open("new", O_CREAT | O_RDWR, 0600);
  return outer(count * 40) == 0;
}
)";

// With the frame pointer and without, optimised or not, and with no index of tables at all.
TEST_F(ExecStacks, NameTheFunctionsOfC) {
  for (const auto& options : std::vector<std::vector<std::string>>{{"-O0"},
                                                                   {"-O0", "-fomit-frame-pointer"},
                                                                   {"-O2"},
                                                                   {"-O2", "-fno-omit-frame-pointer"},
                                                                   {"-O0", "-fcf-protection=none", "-no-pie"},
                                                                   {"-O2", "-static"}}) {
    SCOPED_TRACE(testing::PrintToString(options));
    std::vector<std::string> command = {"cc", "-fno-optimize-sibling-calls", "-o", "p", "p.c"};
    command.insert(command.end(), options.begin(), options.end());
    compile(command, "p.c", c_program);
    const auto found = refusals({"../p"});
    ASSERT_EQ(found.size(), 1U) << found.dump(1);
    expect_calls(found[0], {"save", "save_with_array", "outer"});
    EXPECT_TRUE(holds(summary_, " in save ")) << summary_;
  }
}

TEST_F(ExecStacks, NameTheLinesOfWhatWasCompiledWithDebugInformation) {
  for (const char* version : {"-gdwarf-3", "-gdwarf-4", "-gdwarf-5"}) {
    SCOPED_TRACE(version);
    compile({"cc", "-O2", version, "-o", "p", "p.c"}, "p.c", c_program);
    const auto found = refusals({"../p"});
    ASSERT_EQ(found.size(), 1U) << found.dump(1);
    EXPECT_TRUE(holds(summary_, "p.c:8 in save ")) << summary_;
  }
}

constexpr const char* cpp_program = R"(
#include <cstdio>
#include <fcntl.h>
#include <string>
namespace app {
struct Store {
  template <typename Name> __attribute__((noinline)) int save(const Name& from, const Name& to) const {
    const std::string copy = from;
    return std::rename(copy.c_str(), to.c_str()) + static_cast<int>(copy.size());
  }
};
}
struct Store_Replace_Test {
  void TestBody();
};
__attribute__((noinline)) void Store_Replace_Test::TestBody() {
  app::Store().save(std::string("new"), std::string("f"));
  std::puts("");
}
int main() {
  open("f", O_CREAT | O_RDWR, 0600);
  open("new", O_CREAT | O_RDWR, 0600);
  Store_Replace_Test().TestBody();
}
)";

TEST_F(ExecStacks, NameTheFunctionsAndTheTestOfCpp) {
  compile({"c++", "-O1", "-o", "p", "p.cc"}, "p.cc", cpp_program);
  const auto found = refusals({"../p"});
  ASSERT_EQ(found.size(), 1U) << found.dump(1);
  const auto names = functions(found[0]);
  ASSERT_GE(names.size(), 3U);
  EXPECT_TRUE(names[1].starts_with("app::Store::save<")) << names[1];
  EXPECT_EQ(names[2], "Store_Replace_Test::TestBody");
  EXPECT_EQ(found[0].at("test"), "Store.Replace");
}

constexpr const char* go_program = R"(package main

import "os"

type store struct{ path string }

func (s *store) save() {
	os.Rename(
		s.path+".new",
		s.path)
}

func main() {
	held, _ := os.Create("f")
	os.WriteFile("f.new", nil, 0o600)
	func() {
		(&store{"f"}).save()
	}()
	held.Close()
}
)";

// What is inlined, too, and in a program without symbols.
TEST_F(ExecStacks, NameTheLinesOfGo) {
  for (const char* flags : {"", "-s -w"}) {
    SCOPED_TRACE(flags);
    compile({"go", "build", "-ldflags", flags, "-o", "p", "p.go"}, "p.go", go_program);
    const auto found = refusals({"../p"});
    ASSERT_EQ(found.size(), 1U) << found.dump(1);
    expect_calls(found[0], {"os.Rename", "main.(*store).save", "main.main.func1", "main.main"});
    EXPECT_TRUE(holds(summary_, "p.go:8 in main.(*store).save ")) << summary_;
  }
}

constexpr const char* tracer_program = R"(
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char** words) {
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(words[1], words + 1);
    _exit(1);
  }
  int status = 0;
  while (waitpid(child, &status, 0) == child && !WIFEXITED(status)) ptrace(PTRACE_SYSCALL, child, 0, 0);
  return WEXITSTATUS(status);
}
)";

// Nothing is stopped or traced for a stack: a debugger is not in the way, nor is it disturbed.
TEST_F(ExecStacks, AreThereUnderADebugger) {
  compile({"cc", "-o", "tracer", "t.c"}, "t.c", tracer_program);
  compile({"cc", "-O0", "-o", "p", "p.c"}, "p.c", c_program);
  const auto found = refusals({"../tracer", "../p"});
  ASSERT_EQ(found.size(), 1U) << found.dump(1);
  expect_calls(found[0], {"save", "save_with_array", "outer"});
}

TEST_F(ExecStacks, NodeIsNamedNativelyAndItsLinesAreOffered) {
  put_file(scratch() / "p.js",
           "const fs = require('fs'); const held = fs.openSync('f', 'w'); fs.writeFileSync('g', '');\n"
           "fs.renameSync('g', 'f'); fs.closeSync(held);\n");
  const auto found = refusals({"node", "../p.js"});
  ASSERT_EQ(found.size(), 1U) << found.dump(1);
  EXPECT_FALSE(found[0].at("stack").empty());
  EXPECT_TRUE(holds(summary_, "for its line in JavaScript, type --enforce")) << summary_;
}

}  // namespace
}  // namespace holdfast
