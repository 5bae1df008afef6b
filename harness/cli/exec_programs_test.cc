// `holdfast exec` over programs of every kind: each in a version that Windows would refuse, and in one that it
// would not. They know nothing of Holdfast, and print what they were answered.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

// Each replaces `held.txt` and then removes `other.txt`, and prints the errno of both; the argument "close" has it close
// its own handles of them first.
constexpr const char* in_c = R"(
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char** argv) {
  FILE* held = fopen("held.txt", "w");
  FILE* other = fopen("other.txt", "w");
  FILE* fresh = fopen("fresh.txt", "w");
  fclose(fresh);
  if (argc > 1 && strcmp(argv[1], "close") == 0) {
    fclose(held);
    fclose(other);
  }
  int replaced = rename("fresh.txt", "held.txt") == 0 ? 0 : errno;
  int removed = unlink("other.txt") == 0 ? 0 : errno;
  printf("replace %d remove %d\n", replaced, removed);
  return 0;
}
)";

constexpr const char* in_cpp = R"(
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
int main(int argc, char** argv) {
  std::ofstream held("held.txt"), other("other.txt");
  std::ofstream("fresh.txt") << "x";
  if (argc > 1 && std::strcmp(argv[1], "close") == 0) {
    held.close();
    other.close();
  }
  std::error_code replaced, removed;
  std::thread([&] {
    std::filesystem::rename("fresh.txt", "held.txt", replaced);
    std::filesystem::remove("other.txt", removed);
  }).join();
  std::printf("replace %d remove %d\n", replaced.value(), removed.value());
}
)";

constexpr const char* in_go = R"(
package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

func number(err error) int {
	var errno syscall.Errno
	errors.As(err, &errno)
	return int(errno)
}

func main() {
	held, _ := os.Create("held.txt")
	other, _ := os.Create("other.txt")
	os.WriteFile("fresh.txt", nil, 0o600)
	if len(os.Args) > 1 && os.Args[1] == "close" {
		held.Close()
		other.Close()
	}
	replaced := os.Rename("fresh.txt", "held.txt")
	removed := os.Remove("other.txt")
	fmt.Printf("replace %d remove %d\n", number(replaced), number(removed))
	held.Close()
	other.Close()
}
)";

constexpr const char* in_python = R"(
import os, sys
held, other = open("held.txt", "w"), open("other.txt", "w")
open("fresh.txt", "w").close()
if "close" in sys.argv:
    held.close()
    other.close()
def number(call):
    try:
        call()
        return 0
    except OSError as error:
        return error.errno
replaced = number(lambda: os.replace("fresh.txt", "held.txt"))
removed = number(lambda: os.remove("other.txt"))
print("replace", replaced, "remove", removed)
)";

constexpr const char* in_node = R"(
const fs = require('fs');
const held = fs.openSync('held.txt', 'w'), other = fs.openSync('other.txt', 'w');
fs.writeFileSync('fresh.txt', '');
if (process.argv.includes('close')) { fs.closeSync(held); fs.closeSync(other); }
const number = call => { try { call(); return 0; } catch (error) { return -error.errno; } };
const replaced = number(() => fs.renameSync('fresh.txt', 'held.txt'));
const removed = number(() => fs.unlinkSync('other.txt'));
console.log(`replace ${replaced} remove ${removed}`);
)";

// The shell holds, the tools replace and remove; mv asks first whether it may, hence -f.
constexpr const char* in_shell = R"(
: > fresh.txt; echo a > held.txt; : > other.txt; ln other.txt linked.txt; rm linked.txt
if [ "$1" != close ]; then exec 8< held.txt 9< other.txt; fi
mv -f fresh.txt held.txt 2> /dev/null; replaced=$?
rm -f other.txt 2> /dev/null; removed=$?
echo replace $((replaced * 13)) remove $((removed * 13))
)";

constexpr const char* sed_in_place = R"(
echo a > held.txt; : > other.txt
if [ "$1" != close ]; then exec 8< held.txt 9< other.txt; fi
sed -i s/a/b/ held.txt 2> /dev/null; replaced=$?
rm -f sed?????? other.txt 2> /dev/null; removed=$?
echo replace $((replaced == 0 ? 0 : 13)) remove $((removed * 13))
)";

struct Language {
  const char* name;
  const char* source;
  const char* file;
  std::vector<std::string> build;  // before it runs; empty: nothing to build
  std::vector<std::string> run;
  const char* needs;  // a program; the test is skipped where it is not there
  int replace_error, remove_error;
  int remove_code;
};

void PrintTo(const Language& language, std::ostream* out) {
  *out << language.name;
}

bool is_installed(const std::string& program) {
  for (const char* directory : {"/usr/bin/", "/bin/"}) {
    if (::access((directory + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

class ExecPrograms : public RunTest, public testing::WithParamInterface<Language> {
 protected:
  void SetUp() override {
    const Language& language = GetParam();
    HOLDFAST_NEEDS(is_installed(language.needs), language.needs << ", which ci/setup tests installs");
    std::filesystem::create_directory(scratch() / "work");
    std::filesystem::permissions(scratch() / "work", std::filesystem::perms::all);
    put_file(scratch() / language.file, language.source);
    if (language.build.empty()) return;
    ProcessOptions options;
    options.environment = {"HOME=" + scratch().string(), "GOCACHE=" + go_cache(), "GOFLAGS=-mod=mod"};
    auto build = start_program("/usr/bin/env", language.build, options);
    const auto end = build.wait();
    ASSERT_EQ(end.exit_code, 0) << end.out << end.err;
  }

  // Building Go's own library takes long, once.
  static std::string go_cache() { return testing::TempDir() + "holdfast-go-cache"; }

  struct Seen {
    std::string out;
    nlohmann::json report;
  };
  Seen exec(const std::vector<std::string>& options, bool close, const ProcessOptions& process = {}) {
    std::vector<std::string> arguments = {"exec", "--quiet", "--json", "found.json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.emplace_back("--");
    const auto& run = GetParam().run;
    arguments.insert(arguments.end(), run.begin(), run.end());
    if (close) arguments.emplace_back("close");
    ProcessOptions inside = process;
    inside.directory = scratch() / "work";
    auto started =
        start_program(process.prepare ? program_for_everyone() : HOLDFAST_BINARY, arguments, inside);
    const auto end = started.wait();
    EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
    EXPECT_EQ(end.err, "");
    Seen seen{end.out, nlohmann::json::parse(file_bytes(inside.directory / "found.json"), nullptr, false)};
    EXPECT_FALSE(seen.report.is_discarded());
    for (const auto& entry : std::filesystem::directory_iterator(inside.directory))
      std::filesystem::remove_all(entry);
    return seen;
  }

  void expect_refusals(const Seen& seen) {
    const Language& language = GetParam();
    const std::size_t expected = language.remove_code != 0 ? 2 : 1;
    const auto& refusals = seen.report.at("refusals");
    ASSERT_EQ(refusals.size(), expected) << refusals.dump(1);
    EXPECT_EQ(refusals[0].at("call"), "rename");
    EXPECT_EQ(refusals[0].at("code"), 5);
    EXPECT_EQ(refusals[0].at("errno"), language.replace_error);
    EXPECT_EQ(refusals[0].at("to"), (scratch() / "work" / "held.txt").string());
    if (expected == 2) {
      EXPECT_EQ(refusals[1].at("call"), "unlink");
      EXPECT_EQ(refusals[1].at("code"), language.remove_code);
      EXPECT_EQ(refusals[1].at("path"), (scratch() / "work" / "other.txt").string());
    }
    for (const auto& refusal : refusals) {
      ASSERT_FALSE(refusal.at("holders").empty());
      const auto& holder = refusal.at("holders")[0];
      const std::string kind = holder.at("kind");
      EXPECT_TRUE(kind == "self" || kind == "process") << kind;
      EXPECT_GT(holder.at("pid"), 1);
      EXPECT_NE(holder.at("program"), "");
    }
    EXPECT_EQ(seen.report.at("warnings").size(), 0U) << seen.report.at("warnings").dump(1);
  }
};

TEST_P(ExecPrograms, AreObservedAndRefusedAsOnWindows) {
  const Language& language = GetParam();
  const Seen observed = exec({}, false);
  EXPECT_EQ(observed.out, "replace 0 remove 0\n") << "observing must not disturb";
  expect_refusals(observed);

  const Seen enforced = exec({"--enforce"}, false);
  EXPECT_EQ(enforced.out, "replace " + std::to_string(language.replace_error) + " remove " +
                              std::to_string(language.remove_error) + "\n");
  expect_refusals(enforced);

  for (const char* mode : {"--observe", "--enforce"}) {
    const Seen correct = exec({mode}, true);
    EXPECT_EQ(correct.out, "replace 0 remove 0\n") << mode;
    EXPECT_EQ(correct.report.at("refusals").size(), 0U) << correct.report.dump(1);
    EXPECT_GE(correct.report.at("decided"), 2) << "nothing was looked at";
  }
  if (::geteuid() != 0) return;
  ProcessOptions as_nobody;
  as_nobody.prepare = become_nobody;
  expect_refusals(exec({"--enforce"}, false, as_nobody));
  EXPECT_EQ(exec({"--enforce"}, true, as_nobody).out, "replace 0 remove 0\n");
}

INSTANTIATE_TEST_SUITE_P(
    Languages, ExecPrograms,
    testing::Values(
        Language{"C", in_c, "p.c", {"cc", "-o", "p", "p.c"}, {"../p"}, "cc", 13, 13, 32},
        Language{"CStatic", in_c, "p.c", {"cc", "-static", "-o", "p", "p.c"}, {"../p"}, "cc", 13, 13, 32},
        Language{
            "Cpp", in_cpp, "p.cc", {"c++", "-std=c++17", "-o", "p", "p.cc"}, {"../p"}, "c++", 13, 13, 32},
        Language{"CppStatic",
                 in_cpp,
                 "p.cc",
                 {"c++", "-std=c++17", "-static", "-o", "p", "p.cc"},
                 {"../p"},
                 "c++",
                 13,
                 13,
                 32},
        Language{"Go", in_go, "p.go", {"go", "build", "-o", "p", "p.go"}, {"../p"}, "go", 13, 16, 32},
        Language{"Python", in_python, "p.py", {}, {"python3", "../p.py"}, "python3", 13, 13, 32},
        // libuv opens with FILE_SHARE_DELETE: removing is allowed.
        Language{"Node", in_node, "p.js", {}, {"node", "../p.js"}, "node", 1, 0, 0},
        Language{"Shell", in_shell, "p.sh", {}, {"sh", "../p.sh"}, "sh", 13, 13, 32},
        Language{"SedInPlace", sed_in_place, "p.sh", {}, {"sh", "../p.sh"}, "sed", 13, 13, 32}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace holdfast
