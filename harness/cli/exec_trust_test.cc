// holdfast exec acts for other people's programs: nobody can do more through it than without it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "core/testing/needs.h"
#include "harness/cli/testing_trust.h"

namespace holdfast {
namespace {

#ifdef __x86_64__
// A thread gives up its rights, another makes a call and is known as root; then the first one's exec takes over its number.
TEST_F(ExecTrust, AnExecGainsNothing) {
  HOLDFAST_NEEDS_ROOT("become another user");
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--enforce"}, {"--enforce", "--opens", "--profile", "c"}}) {
    const std::string said = said_by(
        "def other():\n"
        "  libc.syscall(119, 1000, 1000, 1000); libc.syscall(117, 1000, 1000, 1000)\n"
        "  ready.set(); known.wait()\n"
        "  os.execv(sys.executable, [sys.executable, '-c', '''import os\n"
        "try: os.unlink(\"secret\"); print(os.geteuid(), \"done\", flush=True)\n"
        "except OSError as error: print(os.geteuid(), error.errno, flush=True)'''])\n"
        "ready, known = threading.Event(), threading.Event()\n"
        "threading.Thread(target=other).start()\n"
        "ready.wait()\n"
        "try: os.rename('none', 'none2')\n"
        "except OSError: pass\n"
        "known.set(); time.sleep(60)\n",
        options);
    EXPECT_EQ(said, std::string("1000 ") + not_decided + "\n");
    EXPECT_TRUE(std::filesystem::exists(scratch() / "work" / "secret"));
  }
}

// Without a call that is trapped: a bounding set takes effect at the next exec.
TEST_F(ExecTrust, ABoundingSetHoldsAfterTheNextExec) {
  HOLDFAST_NEEDS_ROOT("have capabilities to lose");
  const std::string said = said_by(
      "os.mkdir('d'); open('d/f', 'w').close(); os.chown('d', 1000, 1000); os.chmod('d', 0o700)\n"
      "try: os.rename('none', 'none2')\n"
      "except OSError: pass\n"
      "for capability in range(41): libc.prctl(24, capability, 0, 0, 0)\n"
      "os.execv(sys.executable, [sys.executable, '-c', '''import os\n"
      "try: os.unlink(\"d/f\"); print(\"done\", flush=True)\n"
      "except OSError as error: print(error.errno, flush=True)'''])\n");
  EXPECT_EQ(said, std::string(not_decided) + "\n");
}
#endif

// What Landlock forbids a process would not hold for what is done in its place.
TEST_F(ExecTrust, LandlockIsRefusedWhereCallsAreMadeForTheirCallers) {
  const std::string script =
      "attributes = ctypes.c_uint64(1 << 5)\n"
      "made = libc.syscall(444, ctypes.byref(attributes), 8, 0)\n"
      "print('made' if made >= 0 else ctypes.get_errno(), flush=True)\n";
  EXPECT_EQ(said_by(script), "95\n");
  HOLDFAST_NEEDS_KERNEL(said_by(script, {"--observe"}) == "made\n", "Landlock");
}

// The link is one of the supervisor's own if it is followed by the supervisor.
TEST_F(ExecTrust, ALinkToProcSelfIsNobodyElses) {
  const std::string said = said_by(
      "open('victim', 'w').close(); os.mkdir('sub'); os.chdir('sub'); open('victim', 'w').close()\n"
      "os.symlink('/proc/self/cwd', 'l')\n"
      "tried('cwd', lambda: os.unlink('/proc/self/cwd/l/victim'))\n"
      "print(os.path.exists('../victim'))\n"
      "tried('plain', lambda: os.unlink('/proc/self/cwd/victim'))\n"
      "print(os.path.exists('victim'), os.path.exists('../victim'))\n");
  EXPECT_EQ(said, "cwd 40\nTrue\nplain done\nFalse True\n");
}

TEST_F(ExecTrust, ALinkIsNotFollowedOutOfAnotherRoot) {
  HOLDFAST_NEEDS_ROOT("change the root directory");
  const std::string said = said_by(
      "os.mkdir('jail'); os.symlink('/secret', 'jail/l'); open('jail/secret', 'w').write('inner')\n"
      "os.chroot('jail'); os.chdir('/')\n"
      "print(libc.linkat(-100, b'l', -100, b'got', 0x400), ctypes.get_errno(), os.path.lexists('got'))\n");
  EXPECT_EQ(said, std::string("-1 ") + not_decided + " False\n");
}

// A link to one's own open file is how a file without a name gets one.
TEST_F(ExecTrust, ALinkToOnesOwnOpenFileIsMade) {
  const std::string said = said_by(
      "made = os.open('.', os.O_TMPFILE | os.O_WRONLY, 0o600); os.write(made, b'mine')\n"
      "path = f'/proc/self/fd/{made}'.encode()\n"
      "print(libc.linkat(-100, path, -100, b'got', 0x400), open('got').read())\n"
      "os.symlink(path, 'l')\n"
      "print(libc.linkat(-100, b'l', -100, b'other', 0x400), ctypes.get_errno(), "
      "os.path.lexists('other'))\n");
  EXPECT_EQ(said, std::string("0 mine\n-1 ") + not_decided + " False\n");
}

// The judged could write to the directory that the verdict is made from.
class RunTrust : public RunTest {};

TEST_F(RunTrust, APlanThatWasChangedMeanwhileDecidesNothing) {
  put_file(scratch() / "forge.py",
           "import json, sys\n"
           "for line in sys.stdin:\n"
           "  asked = json.loads(line)\n"
           "  if asked['op'] == 'quit': break\n"
           "  if asked['op'] == 'init':\n"
           "    plan = asked['dir'] + '/../plan.json'\n"
           "    text = open(plan).read().replace('\"at_least\": 5', '\"at_least\": 0')\n"
           "    open(plan, 'w').write(text)\n"
           "  print(json.dumps({'result': 'ok', 'entries': []} if asked['op'] == 'read' else {'result': "
           "'ok'}), flush=True)\n");
  const std::string scenario =
      "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"forge.py\"]\n"
      "[agents]\ncount = 2\nbroadcasts = 1\nbodies = \"plain\"\n[sharing]\nrules = \"posix\"\n"
      "[[expect]]\nfigure = \"agents.total\"\nat_least = 5\n[run]\ndeadline = \"60s\"\n";
  const auto ended = start_small(scenario).wait();
  const Summary summary = result_of("run");
  EXPECT_NE(ended.exit_code, 0) << ended.out;
  ASSERT_EQ(summary.expectations.size(), 1U);
  EXPECT_FALSE(summary.expectations[0].met);
  ASSERT_EQ(summary.doubts.size(), 1U);
  EXPECT_EQ(summary.doubts[0].kind, DoubtKind::changed_plan);
  EXPECT_TRUE(holds(file_bytes(scratch() / "run" / "plan.json"), "\"at_least\": 5")) << "it is put back";
}

// The plan that processes read is the one that the run began with, and what happens to the file is a doubt.
TEST_F(RunTrust, APlanThatWasDestroyedMeanwhileDecidesNothing) {
  for (const std::string destroys :
       {"os.remove(plan)", "os.remove(plan); os.mkdir(plan); open(plan + '/x', 'w')",
        "os.remove(plan); os.mkfifo(plan)", "open(plan, 'w').write('{')",
        "os.remove(plan); os.symlink('/etc/passwd', plan)"}) {
    SCOPED_TRACE(destroys);
    put_file(
        scratch() / "destroy.py",
        "import json, os, sys\n"
        "for line in sys.stdin:\n"
        "  asked = json.loads(line)\n"
        "  if asked['op'] == 'quit': break\n"
        "  if asked['op'] == 'init':\n"
        "    plan = asked['dir'] + '/../plan.json'\n"
        "    try:\n"
        "      " +
            destroys +
            "\n"
            "    except OSError: pass\n"
            "  print(json.dumps({'result': 'ok', 'entries': []} if asked['op'] == 'read' else {'result': "
            "'ok'}), flush=True)\n");
    const std::string name = "run" + std::to_string(std::hash<std::string>()(destroys));
    const auto ended = start_small(
                           "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"destroy.py\"]\n"
                           "[agents]\ncount = 8\nbroadcasts = 1\nbodies = \"plain\"\n[sharing]\nrules = "
                           "\"posix\"\n[run]\ndeadline = \"60s\"\n",
                           name)
                           .wait();
    EXPECT_EQ(ended.exit_code, 1) << ended.err;  // they lose what they acknowledge
    const Summary summary = result_of(name);
    ASSERT_EQ(summary.doubts.size(), 1U);
    EXPECT_EQ(summary.doubts[0].kind, DoubtKind::changed_plan);
    EXPECT_EQ(holdfast({"check", name}).exit_code, 1) << "it is put back";
  }
}

TEST_F(RunTrust, ARecordThatWasRemovedMeanwhileIsADoubt) {
  put_file(scratch() / "remove.py",
           "import json, os, sys\n"
           "for line in sys.stdin:\n"
           "  asked = json.loads(line)\n"
           "  if asked['op'] == 'quit': break\n"
           "  if asked['op'] == 'init': events = asked['dir'] + '/../events'\n"
           "  if asked['op'] == 'read' and os.path.exists(events + '/conductor.events'):\n"
           "    os.remove(events + '/conductor.events')\n"
           "  print(json.dumps({'result': 'ok', 'entries': []} if asked['op'] == 'read' else {'result': "
           "'ok'}), flush=True)\n");
  const auto ended =
      start_small(
          "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"remove.py\"]\n"
          "[agents]\ncount = 2\nbroadcasts = 1\nbodies = \"plain\"\n[sharing]\nrules = \"posix\"\n"
          "[run]\ndeadline = \"60s\"\n")
          .wait();
  EXPECT_EQ(ended.exit_code, 2) << ended.out << ended.err;
  const Summary summary = result_of("run");
  ASSERT_FALSE(summary.doubts.empty());
  EXPECT_EQ(summary.doubts[0].kind, DoubtKind::missing_record);
}

}  // namespace
}  // namespace holdfast
