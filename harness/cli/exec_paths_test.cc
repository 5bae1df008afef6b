// `holdfast exec` and every road to a file: whichever name, mount, root or kind of call a program uses, it is the same
// file, with the same holders.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

struct Road {
  const char* name;
  // Holds a file of the domain and replaces it, by this road; exits with 0 if that was done, and 1 if refused.
  const char* script;
  const char* refused = "";  // the path that the report names, from the domain's directory; empty: f
  bool only_root = false;
  bool enforced = true;  // false: only observed, for it changes who the caller is
};

void PrintTo(const Road& road, std::ostream* out) {
  *out << road.name;
}

class ExecRoads : public RunTest, public testing::WithParamInterface<Road> {
 protected:
  struct Seen {
    int exit_code = 0;
    nlohmann::json report;
  };
  Seen exec(const char* mode, bool held) {
    const auto work = scratch() / "work";
    std::filesystem::remove_all(work);
    std::filesystem::create_directories(work / "d");
    put_file(work / "d" / "f", "old");
    put_file(work / "d" / "new", "new");
    ProcessOptions options;
    options.directory = work;
    const std::string script = std::string(held ? "exec 7< d/f; " : "") + GetParam().script;
    const auto end =
        start_program(HOLDFAST_BINARY,
                      {"exec", "--quiet", "--json", "../found.json", mode, "--", "sh", "-c", script}, options)
            .wait();
    EXPECT_EQ(end.signal, 0);
    return {end.exit_code, nlohmann::json::parse(file_bytes(scratch() / "found.json"), nullptr, false)};
  }
};

TEST_P(ExecRoads, LeadToTheSameFile) {
  const Road& road = GetParam();
  if (road.only_root) {
    HOLDFAST_NEEDS_ROOT("take this road");
  }
  const Seen observed = exec("--observe", true);
  EXPECT_EQ(observed.exit_code, 0) << "observing must not disturb";
  ASSERT_FALSE(observed.report.is_discarded());
  const auto& refusals = observed.report.at("refusals");
  ASSERT_EQ(refusals.size(), 1U) << observed.report.dump(1);
  EXPECT_EQ(refusals[0].at("code"), 5);
  const std::string expected = *road.refused == 0 ? "d/f" : road.refused;
  const std::string named = refusals[0].at("to").is_null() ? refusals[0].at("path") : refusals[0].at("to");
  EXPECT_TRUE(named.ends_with(expected)) << named;

  const Seen free = exec("--enforce", false);
  if (road.enforced) {
    EXPECT_EQ(free.exit_code, 0);
    EXPECT_EQ(free.report.at("refusals").size(), 0U) << free.report.dump(1);
    const Seen refused = exec("--enforce", true);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.report.at("refusals").size(), 1U) << refused.report.dump(1);
  } else {
    EXPECT_NE(free.exit_code, 0) << "whose rights are not ours is never guessed at";
    ASSERT_EQ(free.report.at("unjudged").size(), 1U) << free.report.dump(1);
    EXPECT_EQ(free.report.at("unjudged")[0].at("kind"), "other-identity");
  }
}

#define MOVE "mv -f "
#define OR_ONE " 2> /dev/null || exit 1"

INSTANTIATE_TEST_SUITE_P(
    Roads, ExecRoads,
    testing::Values(
        Road{"Plain", MOVE "d/new d/f" OR_ONE}, Road{"DotDot", MOVE "d/../d/./new d/../d//f" OR_ONE},
        Road{"Absolute", MOVE "\"$PWD/d/new\" \"$PWD/d/f\"" OR_ONE},
        Road{"AnotherDirectory", "cd d && cd .. && cd d && " MOVE "new f" OR_ONE},
        Road{"SymbolicLinkToTheDirectory", "ln -s d l && " MOVE "l/new l/f" OR_ONE},
        Road{"FromOutside", "ln -s \"$PWD/d\" ../link$$ && cd / && " MOVE
                            "\"$OLDPWD\"/../link$$/new \"$OLDPWD\"/../link$$/f" OR_ONE},
        Road{"DirectoryDescriptor",
             "python3 -c 'import os; d = os.open(\"d\", os.O_RDONLY); os.replace(\"new\", \"f\", "
             "src_dir_fd=d, "
             "dst_dir_fd=d)'" OR_ONE},
        Road{"ProcSelf", MOVE "/proc/self/cwd/d/new /proc/self/cwd/d/f" OR_ONE},
        Road{"HardLink", "ln d/f d/hard; " MOVE "d/new d/hard" OR_ONE, "d/hard"},
        Road{"DirectoryOfTheFile", "mv d e" OR_ONE, "/e"},
        Road{"NotUtf8", "n=$(printf '\\377\\376'); ln d/f d/$n; " MOVE "d/new d/$n" OR_ONE,
             "d/\xEF\xBF\xBD\xEF\xBF\xBD"},
        Road{"LongName", "n=$(printf '%0250d' 0); ln d/f d/$n; " MOVE "d/new d/$n" OR_ONE, "0000"},
        Road{"BindMount",
             "mkdir ../elsewhere$$; unshare --mount sh -c 'mount --make-rprivate / && mount --bind d "
             "../elsewhere'$$' && cd "
             "../elsewhere'$$' && exec mv -f new f' 2> /dev/null || exit 1",
             "/f", true},
        Road{"Chroot", "python3 -c 'import os; os.chroot(\".\"); os.replace(\"/d/new\", \"/d/f\")'" OR_ONE,
             "d/f", true},
        Road{"AnotherUser", "chmod 777 d; setpriv --reuid 65534 --clear-groups mv -f d/new d/f" OR_ONE, "d/f",
             true, false}),
    [](const auto& tested) { return std::string(tested.param.name); });

// A program's own locks are none of ours, and keep their meaning.
TEST_F(RunTest, ExecLeavesAProgramsOwnLocksAlone) {
  const auto end = holdfast({"exec", "--quiet", "--enforce", "--", "python3", "-c", R"(
import fcntl, os, struct
held = open("l", "w")
fcntl.flock(held, fcntl.LOCK_EX)
other = open("l", "r+")
def tried(call):
    try:
        call()
        return "got"
    except OSError as error:
        return error.errno
print(tried(lambda: fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)))
whole = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0)
print(tried(lambda: fcntl.fcntl(held, 37, whole)), tried(lambda: fcntl.fcntl(other, 37, whole)))
open("a", "w").close()
os.replace("a", "b")
fcntl.lockf(held, fcntl.LOCK_UN)
print(tried(lambda: os.replace("b", "l")))
)"});
  // 37 is F_OFD_SETLK; the last call is refused for the handle, and not for the lock.
  EXPECT_EQ(end.out, "11\ngot 11\n13\n") << end.err;
}

}  // namespace
}  // namespace holdfast
