// holdfast exec and 32-bit calls, whose numbers mean other calls: none is judged, and where calls are refused none gets
// through.
#ifdef __x86_64__
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"
#include "harness/linux/testing_elf.h"

namespace holdfast {
namespace {

class Exec32Bit : public RunTest {
 protected:
  Exec32Bit() {
    put_program(scratch() / "p32", i386_program());
    put_program(scratch() / "script", "#!./script2\n");
    put_program(scratch() / "script2", "#! ./p32 -x\n");
    put_file(scratch() / "a", "");
  }
  ProcessEnd exec(const char* mode, const std::vector<std::string>& command) {
    std::vector<std::string> arguments = {"exec", "--quiet", "--json", "found.json", mode, "--"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    return holdfast(arguments);
  }
  // "KIND COUNT", of the only reason.
  [[nodiscard]] std::string unjudged_calls() const {
    const auto report = nlohmann::json::parse(file_bytes(scratch() / "found.json"), nullptr, false);
    const auto& all = report.at("unjudged");
    if (all.size() != 1) return all.dump();
    return all[0].at("kind").get<std::string>() + " " + all[0].at("count").dump();
  }
  [[nodiscard]] bool renamed() const { return std::filesystem::exists(scratch() / "b"); }
  bool runs_here() {
    const bool ran = start_program(scratch() / "p32", {}, {}).wait().out == "ran\n";
    if (ran) std::filesystem::rename(scratch() / "b", scratch() / "a");
    return ran;
  }
};

TEST_F(Exec32Bit, ProgramIsNotStartedWhereCallsAreRefused) {
  for (const std::string command : {"./p32", "./script"}) {
    const auto end = exec("--enforce", {command});
    expect_one_sentence(end, 126,
                        "cannot execute " + command +
                            ": ./p32 is not a 64-bit program for this machine's architecture, and "
                            "Holdfast judges no others; without --enforce it runs unjudged");
    EXPECT_EQ(end.out, "");
    EXPECT_FALSE(std::filesystem::exists(scratch() / "found.json"));
    EXPECT_FALSE(renamed());
  }
}

TEST_F(Exec32Bit, ProgramIsFoundInPath) {
  ProcessOptions options;
  options.environment = {"PATH=/usr/bin:" + scratch().string()};
  expect_one_sentence(holdfast({"exec", "--enforce", "--", "p32"}, options), 126,
                      "cannot execute p32: " + (scratch() / "p32").string() + " is not a 64-bit program");
}

TEST_F(Exec32Bit, ProgramRunsUnjudgedWhereCallsAreOnlyObserved) {
  HOLDFAST_NEEDS_KERNEL(runs_here(), "32-bit calls");
  for (const std::string command : {"./p32", "./script"}) {
    put_file(scratch() / "a", "");
    const auto end = exec("--observe", {command});
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_EQ(end.out, "ran\n");
    EXPECT_TRUE(renamed());
    EXPECT_EQ(unjudged_calls(), "foreign-abi 3") << "rename, write, exit";
    std::filesystem::remove(scratch() / "b");
  }
}

// By whom the command starts: it is seen at its first call, and so is whoever calls by other numbers.
TEST_F(Exec32Bit, CallOfADescendantIsNotDoneWhereCallsAreRefused) {
  HOLDFAST_NEEDS_KERNEL(runs_here(), "32-bit calls");
  const auto end = exec("--enforce", {"sh", "-c", "./p32; echo ended with $?; mv a c"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.out, "ended with 137\n") << end.err;
  EXPECT_FALSE(renamed());
  EXPECT_TRUE(std::filesystem::exists(scratch() / "c")) << "the others go on";
  EXPECT_EQ(unjudged_calls(), "foreign-abi 1");
}

TEST_F(Exec32Bit, X32CallIsNotDoneWhereCallsAreRefused) {
  const auto end =
      exec("--enforce", {"python3", "-c",
                         "import ctypes, threading\n"
                         "call = lambda: ctypes.CDLL(None).syscall(0x40000000 | 82, b'a', b'b')\n"
                         "thread = threading.Thread(target=call)\n"
                         "thread.start(); thread.join(); print('went on')\n"});
  EXPECT_EQ(end.signal, SIGKILL) << end.err;
  EXPECT_EQ(end.out, "");
  EXPECT_FALSE(renamed());
  EXPECT_EQ(unjudged_calls(), "foreign-abi 1");
}

// A 64-bit program can call by the numbers of 32-bit ones.
TEST_F(Exec32Bit, CallByInt80) {
  HOLDFAST_NEEDS_KERNEL(runs_here(), "32-bit calls");
  put_file(scratch() / "p.c", R"(
#include <stdio.h>
static char from[] = "a", to[] = "b";
int main(void) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(38), "b"(from), "c"(to) : "memory", "r8", "r9", "r10", "r11");
  printf("%d\n", result);
  return 0;
}
)");
  const auto built = start_program("/usr/bin/env", {"cc", "-static", "-no-pie", "-o", "p", "p.c"}, {}).wait();
  ASSERT_EQ(built.exit_code, 0) << built.err;
  const auto killed = exec("--enforce", {"./p"});
  EXPECT_EQ(killed.signal, SIGKILL) << killed.err;
  EXPECT_EQ(killed.out, "");
  EXPECT_FALSE(renamed());
  EXPECT_EQ(unjudged_calls(), "foreign-abi 1");

  EXPECT_EQ(exec("--observe", {"./p"}).out, "0\n");
  EXPECT_TRUE(renamed());
  EXPECT_EQ(unjudged_calls(), "foreign-abi 1");
}

// Not of 32-bit programs, nor of any: as without us.
TEST_F(Exec32Bit, CallThatDoesNotExistIsTheKernelsToRefuse) {
  const auto end = exec("--enforce", {"python3", "-c",
                                      "import ctypes\n"
                                      "libc = ctypes.CDLL(None, use_errno=True)\n"
                                      "print(libc.syscall(-1), ctypes.get_errno())\n"});
  EXPECT_EQ(end.out, "-1 38\n") << end.err;
  EXPECT_EQ(unjudged_calls(), "[]");
}

}  // namespace
}  // namespace holdfast
#endif
