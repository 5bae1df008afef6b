// Ways round an enforced domain: each is closed, or counts as not judged (exec_unjudged_test.cc).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/testing/needs.h"
#include "harness/cli/testing_trust.h"

namespace holdfast {
namespace {

class WaysRound : public ExecTrust {};

#ifdef __x86_64__
// Such a mount has no name, and stands in no list of mounts.
TEST_F(WaysRound, ADetachedMountLeadsIntoTheDomainToo) {
  HOLDFAST_NEEDS_ROOT("clone a mount");
  EXPECT_EQ(
      said_by("held = open('secret')\n"
              "clone = libc.syscall(428, -100, b'.', 0x80001)\n"
              "print(clone >= 0, flush=True)\n"
              "tried('rename', lambda: os.rename('secret', 'moved', src_dir_fd=clone, dst_dir_fd=clone))\n"),
      "True\nrename 13\n");
}
#endif

// The path of a call that waits for its answer is changed by another thread: to a held file in the domain.
TEST_F(WaysRound, APathThatIsChangedMeanwhileStaysThatOfTheCall) {
  const auto elsewhere = scratch() / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  EXPECT_EQ(said_by("held = open('secret')\n"
                    "inside, outside = os.path.abspath('secret').encode(), sys.argv[1].encode()\n"
                    "path = ctypes.create_string_buffer(4096)\n"
                    "def change():\n"
                    "  while not done:\n"
                    "    path.value = outside\n"
                    "    path.value = inside\n"
                    "done = []\n"
                    "threading.Thread(target=change).start()\n"
                    "for i in range(300):\n"
                    "  open(outside, 'w').close()\n"
                    "  libc.unlink(path)\n"
                    "done.append(1)\n"
                    "print(os.path.exists('secret'), flush=True)\n",
                    {"--enforce"}, {(elsewhere / "f").string()}),
            "True\n");
}

// Nobody may ask a supervisor of root's what lies in a directory of root's.
TEST_F(WaysRound, WhetherAFileExistsIsNotToldToWhoMayNotLook) {
  HOLDFAST_NEEDS_ROOT("become another user");
  EXPECT_EQ(said_by("os.makedirs('priv/there')\n"
                    "open('priv/is', 'w').close(); os.chmod('priv', 0o700)\n"
                    "os.setgroups([]); os.setresgid(1000, 1000, 1000); os.setresuid(1000, 1000, 1000)\n"
                    "for name in ('priv/is', 'priv/is-not', 'priv/there/x', 'priv/not-there/x'):\n"
                    "  tried('open', lambda: os.open(name, os.O_RDONLY))\n"
                    "  tried('make', lambda: os.open(name, os.O_RDWR | os.O_CREAT))\n"
                    "  tried('unlink', lambda: os.unlink(name))\n"
                    "  tried('rename', lambda: os.rename(name, 'x'))\n"
                    "tried('elsewhere', lambda: os.open('/dev/null', os.O_RDONLY))\n",
                    {"--enforce", "--opens"}),
            "open 38\nmake 38\nunlink 38\nrename 38\n"
            "open 38\nmake 38\nunlink 38\nrename 38\n"
            "open 38\nmake 38\nunlink 38\nrename 38\n"
            "open 38\nmake 38\nunlink 38\nrename 38\n"
            "elsewhere done\n");
}

TEST_F(WaysRound, TheCallersLimitOfFileSizesHolds) {
  const std::string script =
      "import resource\n"
      "open('f', 'wb').write(b'x' * 8192)\n"
      "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))\n"
      "tried('grow', lambda: os.truncate('f', 1 << 20))\n"
      "print(os.path.getsize('f'))\n"
      "tried('cut', lambda: os.truncate('f', 6000))\n"
      "print(os.path.getsize('f'))\n";
  EXPECT_EQ(said_by(script, {"--enforce", "--opens"}), "grow 27\n8192\ncut done\n6000\n");
}

// It has to be judged, too: a limit is no way round the rules.
TEST_F(WaysRound, AFileBeyondTheLimitIsNotCutWhileOthersDenyIt) {
  EXPECT_EQ(said_by("import resource\n"
                    "open('f', 'wb').write(b'x' * 8192)\n"
                    "held = open('f')\n"
                    "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))\n"
                    "tried('cut', lambda: os.truncate('f', 6000))\n",
                    {"--enforce", "--opens", "--profile", "share:r--"}),
            "cut 16\n");
}

TEST_F(WaysRound, ACleanEnvironmentHasNoSecrets) {
  const std::string script =
      "print(os.environ.get('SECRET'), os.environ.get('GITHUB_TOKEN'), 'PATH' in os.environ, "
      "os.environ.get('LC_X'))\n";
  ProcessOptions options;
  options.environment = {"SECRET=s", "GITHUB_TOKEN=t", "LC_X=x"};
  const auto said = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"exec", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    for (const std::string& word :
         {std::string("--"), std::string("python3"), std::string("-c"), "import os\n" + script})
      arguments.push_back(word);
    return holdfast(arguments, options).out;
  };
  EXPECT_EQ(said({}), "s t True x\n");
  EXPECT_EQ(said({"--clean-env"}), "None None True x\n");
}

// What answers trapped calls is nobody's to take: neither from the supervisor nor from the process that stands by.
TEST_F(WaysRound, NobodyButRootLooksIntoHoldfast) {
  ProcessOptions options;
  options.prepare = become_nobody;
  options.directory = scratch() / "open";
  std::filesystem::create_directory(options.directory);
  std::filesystem::permissions(options.directory, std::filesystem::perms::all);
  const auto end =
      start_program(program_for_everyone(),
                    {"exec", "--quiet", "--", "python3", "-c",
                     "import os\n"
                     "def closed(pid):\n"
                     "  try: os.listdir(f'/proc/{pid}/fd'); return False\n"
                     "  except PermissionError: return True\n"
                     "ours = os.getppid()\n"
                     "others = open(f'/proc/{ours}/task/{ours}/children').read().split()\n"
                     "print(closed(ours), all(closed(p) for p in others if int(p) != os.getpid()))\n"},
                    options)
          .wait();
  EXPECT_EQ(end.out, "True True\n") << end.err;
}

}  // namespace
}  // namespace holdfast
