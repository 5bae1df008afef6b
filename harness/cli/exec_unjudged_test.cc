// holdfast exec beside calls that it cannot judge: they are counted by reason, and the gate is not green for them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

// Replaces b by a once, which is judged, and then does what is not.
struct NotJudged {
  const char* name;
  const char* script;  // Python
  const char* kind;    // of the doubt
  const char* mode;
  bool only_root = false;
  bool as_nobody = false;
};

void PrintTo(const NotJudged& call, std::ostream* out) {
  *out << call.name;
}

class ExecUnjudged : public RunTest, public testing::WithParamInterface<NotJudged> {
 protected:
  ProcessEnd gate(const std::vector<std::string>& more) {
    const auto work = scratch() / "work";
    std::filesystem::remove_all(work);
    std::filesystem::create_directory(work);
    std::filesystem::permissions(work, std::filesystem::perms::all);
    for (const char* name : {"a", "b", "c", "d"}) {
      put_file(work / name, name);
      // Who may not lease a file has its holders searched for, which is another doubt.
      if (GetParam().as_nobody && ::geteuid() == 0) {
        EXPECT_EQ(::chown((work / name).c_str(), nobody, nobody), 0);
      }
    }
    ProcessOptions options;
    options.directory = work;
    if (GetParam().as_nobody) options.prepare = become_nobody;
    std::vector<std::string> arguments = {"exec",   "--quiet",    "--fail-on-refusal",
                                          "--json", "found.json", GetParam().mode};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::string before =
        "import ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\nos.replace('a', 'b')\n";
    for (const std::string& word :
         {std::string("--"), std::string("python3"), std::string("-c"), before + GetParam().script})
      arguments.push_back(word);
    const auto program = options.prepare ? program_for_everyone() : std::filesystem::path(HOLDFAST_BINARY);
    return start_program(program, arguments, options).wait();
  }
  [[nodiscard]] nlohmann::json unjudged() const {
    const auto report = nlohmann::json::parse(file_bytes(scratch() / "work" / "found.json"), nullptr, false);
    return report.is_discarded() ? report : report.at("unjudged");
  }
};

TEST_P(ExecUnjudged, IsCountedAndKeepsTheGateShut) {
  if (GetParam().only_root) {
    HOLDFAST_NEEDS_ROOT("be another user");
  }
  const auto shut = gate({});
  EXPECT_EQ(shut.exit_code, 125) << shut.err;
  EXPECT_TRUE(holds(shut.err, "could not be judged: ")) << shut.err;
  EXPECT_TRUE(holds(shut.err, "--allow-unjudged")) << shut.err;
  const auto found = unjudged();
  ASSERT_EQ(found.size(), 1U) << found.dump(1) << shut.err;
  EXPECT_EQ(found[0].at("kind"), GetParam().kind);
  EXPECT_EQ(found[0].at("count"), 2);
  EXPECT_NE(found[0].at("example"), "");

  const auto allowed = gate({"--allow-unjudged"});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_EQ(unjudged().size(), 1U);
}

constexpr const char* exchange =
    "for i in range(2): assert libc.syscall(316, -100, b'c', -100, b'd', 2) == 0";
constexpr const char* x32_calls = "for i in range(2): libc.syscall(0x40000000 | 82, b'c', b'd')";
constexpr const char* undumpable = "libc.prctl(4, 0)\nos.replace('c', 'd')\nos.replace('d', 'c')";
constexpr const char* another_user =
    "os.setgroups([])\nos.setresuid(65534, 65534, 65534)\n"
    "for i in range(2):\n"
    "  try: os.replace('c', 'd')\n"
    "  except OSError as error: assert error.errno == 38\n";
constexpr const char* another_user_namespace =
    "assert libc.unshare(0x10000000) == 0\n"
    "for i in range(2):\n"
    "  try: os.replace('c', 'd')\n"
    "  except OSError as error: assert error.errno == 38\n";

// A clone of a mount below the domain: from its root no way leads up.
constexpr const char* detached_mount =
    "os.mkdir('sub')\nclone = libc.syscall(428, -100, b'sub', 0x80001)\nassert clone >= "
    "0\nos.chdir(f'/proc/self/fd/{clone}')\n"
    "open('e', 'w').close()\nos.rename('e', 'f')\nos.unlink('f')\n";
// Whether there is such a handle does not matter.
constexpr const char* by_handle =
    "for i in range(2): libc.syscall(304, -100, ctypes.create_string_buffer(64), 0)";

std::vector<NotJudged> reasons() {
  return {
#ifdef __x86_64__
      {"Exchange", exchange, "no-counterpart", "--observe"},
      {"ExchangeEnforced", exchange, "no-counterpart", "--enforce"},
      {"Whiteout", "for i in range(2): libc.syscall(316, -100, b'c', -100, b'd', 4)", "no-counterpart",
       "--enforce"},
      {"DetachedMount", detached_mount, "unknown-mount", "--enforce", true},
      {"OpenByHandle", by_handle, "no-name", "--opens"},
      {"X32Calls", x32_calls, "foreign-abi", "--observe"},
#endif
      {"MemoryThatMayNotBeRead", undumpable, "unreadable-memory", "--observe", false, true},
      {"AnotherUser", another_user, "other-identity", "--enforce", true},
      {"AnotherUserNamespace", another_user_namespace, "other-identity", "--enforce", false, true}};
}

INSTANTIATE_TEST_SUITE_P(Reasons, ExecUnjudged, testing::ValuesIn(reasons()),
                         [](const auto& tested) { return std::string(tested.param.name); });

// What is judged alone leaves nothing to allow.
TEST_F(RunTest, ExecThatJudgesEverythingHasNothingUnjudged) {
  const auto end = holdfast({"exec", "--quiet", "--fail-on-refusal", "--json", "found.json", "--", "sh", "-c",
                             "echo a > a; mv a b; rm b"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  const auto report = nlohmann::json::parse(file_bytes(scratch() / "found.json"), nullptr, false);
  EXPECT_EQ(report.at("unjudged").size(), 0U);
}

}  // namespace
}  // namespace holdfast
