// Whose fault it is that an operation is late: a subject that hangs, spins or floods the disk fails, and what others do to
// the machine excuses it.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "core/testing/needs.h"
#include "harness/cli/testing_run.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

class Lateness : public RunTest {
 protected:
  // The verdict of a check, and what it saw.
  Finding finding(const std::string& name, const std::string& run = "run") {
    for (const Finding& found : result_of(run).checks) {
      if (found.name == name) return found;
    }
    ADD_FAILURE() << "no check " << name;
    return {};
  }
  void expect_inconclusive(const ProcessEnd& end, const std::string& excuse, const std::string& run = "run") {
    EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
    const Finding late = finding("bounded-wait", run), failed = finding("delivered", run);
    EXPECT_TRUE(holds(late.witness.value_or("") + failed.witness.value_or(""), excuse)) << end.out;
  }
};

TEST_F(Lateness, AProgramThatNeverAnswersFails) {
  put_file(scratch() / "hangs.toml",
           fmt::format("[subject]\nkind = \"command\"\ncommand = [\"python3\", \"{}\", \"hangs\"]\n"
                       "[agents]\ncount = 1\nbroadcasts = 2\ndeadline = \"500ms\"\n",
                       HOLDFAST_MISBEHAVING_SUBJECT));
  const auto end = holdfast({"run", "hangs.toml", "--verbose", "--out", "run"});
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_EQ(finding("bounded-wait").verdict, Verdict::fail) << end.out;
  EXPECT_TRUE(holds(end.out, "What was tolerated")) << end.out;
}

// A lock that nobody gives back, as a dead agent's would be if the kernel did not: the
// others' deadlines tell.
TEST_F(Lateness, ALockThatIsNotFreedIsNoticed) {
  put_file(scratch() / "small.toml",
           small_scenario("count = 2\nbroadcasts = 4\nrate = 5\ndeadline = \"1s\""));
  auto run = start({"run", "small.toml", "--out", "run"});
  ASSERT_TRUE(eventually([&] { return released(); }));
  const Descriptor lock(::open((scratch() / "run/store/queue.json.lock").c_str(), O_RDWR | O_CLOEXEC));
  struct flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_len = 1;
  ASSERT_EQ(::fcntl(lock.get(), F_OFD_SETLKW, &byte), 0);
  const auto end = run.wait();
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_TRUE(holds(end.out, "delivered: 0 of 2 agents succeeded")) << end.out;
  // Which deadline ends the wait first depends on how late the agent comes to run.
  const std::string report = file_bytes(scratch() / "run/report.md");
  EXPECT_TRUE(holds(report, "stopped while waiting") || holds(report, "still held by another process"))
      << end.out;
}

struct Planted {
  const char* fault;
  const char* scenario;
  std::vector<std::string> settings;
};

// Strangers are to have as little of the machine as can be arranged: they would be an excuse.
bool come_first() {
  ::setsid();  // a session is a group of the scheduler's
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, -20));
  const Descriptor group(::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC));
  return !group || ::write(group.get(), "-20", 3) != 0;
}

class EarnsNoExcuse : public Lateness, public testing::WithParamInterface<Planted> {};

TEST_P(EarnsNoExcuse, AndFails) {
  temp_files_may_stay();
  std::vector<std::string> arguments{
      "run",   fmt::format("{}/mutants/{}.toml", HOLDFAST_SHIPPED_SCENARIOS, GetParam().scenario),
      "--out", "run",
      "--set", "subject.store=mutant",
      "--set", fmt::format("subject.fault={}", GetParam().fault)};
  for (const std::string& setting : GetParam().settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  ProcessOptions options;
  options.prepare = come_first;
  const auto end = holdfast(arguments, options);
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  EXPECT_EQ(finding("bounded-wait").verdict, Verdict::fail) << end.out;
}

INSTANTIATE_TEST_SUITE_P(
    Subjects, EarnsNoExcuse,
    testing::Values(Planted{"spins-for-lock",
                            "killed",
                            {"agents.deadline=500ms", "agents.count=8", "agents.broadcasts=3",
                             "inject.0.kill_at=random", "inject.0.count=3", "inject.0.within=20"}},
                    Planted{"spins-between-retries",
                            "held",
                            {"agents.count=24", "agents.broadcasts=2", "subject.retry.base_delay=100ms"}},
                    Planted{"floods-the-disk",
                            "crowd",
                            {"agents.deadline=500ms", "agents.count=2", "agents.broadcasts=1",
                             "inject.0.every=1"}}),
    [](const auto& value) {
      std::string name = value.param.fault;
      std::erase(name, '-');
      return name;
    });

// Programs that do nothing but run, beside the run and no part of it.
class BusyNeighbours {
 public:
  BusyNeighbours() {
    for (unsigned i = 0; i < 2 * std::thread::hardware_concurrency(); ++i) {
      const pid_t process = ::fork();
      if (process == 0) {
        for (;;) ::getppid();
      }
      processes_.push_back(process);
    }
  }
  BusyNeighbours(const BusyNeighbours&) = delete;
  BusyNeighbours& operator=(const BusyNeighbours&) = delete;
  ~BusyNeighbours() {
    for (const pid_t process : processes_) {
      ::kill(process, SIGKILL);
      ::waitpid(process, nullptr, 0);
    }
  }

 private:
  std::vector<pid_t> processes_;
};

// The run is given so little of the processors that no operation can keep its deadline.
TEST_F(Lateness, BesideBusyNeighboursARightStoreIsNotBlamed) {
  put_file(scratch() / "busy.toml",
           "[subject]\nkind = \"core\"\nstore = \"snapshot\"\ndurability = \"process\"\n"
           "[agents]\ncount = 2\nbroadcasts = 40\ndeadline = \"5ms\"\n");
  ProcessOptions options;
  options.prepare = [] { return ::setpriority(PRIO_PROCESS, 0, 12) == 0; };
  const BusyNeighbours neighbours;
  expect_inconclusive(holdfast({"run", "busy.toml", "--out", "run"}, options),
                      "programs outside the run kept it from");
}

// A filesystem of the test's own, which can stand still.
class OwnDisk : public Lateness {
 protected:
  void SetUp() override {
    HOLDFAST_NEEDS_ROOT("mount, and freeze what is mounted");
    std::filesystem::create_directory(disk());
    const auto made =
        start_program("/bin/sh",
                      {"-c",
                       "PATH=$PATH:/usr/sbin:/sbin; truncate -s 64M disk.img && mkfs.ext4 -q disk.img && "
                       "mount -o loop disk.img disk"},
                      {})
            .wait();
    ASSERT_EQ(made.exit_code, 0) << made.err;
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) {
      ::ioctl(directory().get(), FITHAW, 0);
      EXPECT_EQ(start_program("/bin/umount", {"disk"}, {}).wait().exit_code, 0);
    }
    Lateness::TearDown();
  }
  [[nodiscard]] std::filesystem::path disk() const { return scratch() / "disk"; }
  [[nodiscard]] Descriptor directory() const {
    return Descriptor(::open(disk().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

 private:
  bool mounted_ = false;
};

TEST_F(OwnDisk, ThatIsFrozenBlamesNoRightStore) {
  put_file(scratch() / "frozen.toml",
           "[subject]\nkind = \"core\"\nstore = \"snapshot\"\n"
           "[agents]\ncount = 2\nbroadcasts = 100\nrate = 20\ndeadline = \"1s\"\n");
  auto run = start({"run", "frozen.toml", "--out", "disk/run"});
  ASSERT_TRUE(eventually([&] { return released("disk/run"); }));
  ASSERT_EQ(::ioctl(directory().get(), FIFREEZE, 0), 0);
  std::this_thread::sleep_for(std::chrono::seconds(4));  // that is how long it is frozen
  ASSERT_EQ(::ioctl(directory().get(), FITHAW, 0), 0);
  expect_inconclusive(run.wait(), "the disk stood still for", "disk/run");
}

// An outsider lets the device take 64 KiB a second, and the run has all of that.
TEST_F(OwnDisk, ThatAnOutsiderThrottlesBlamesNoRightStore) {
  put_file(scratch() / "throttled.toml",
           "[subject]\nkind = \"core\"\nstore = \"snapshot\"\n"
           "[agents]\ncount = 2\nbroadcasts = 100\nrate = 20\ndeadline = \"500ms\"\n");
  const std::filesystem::path limits = "/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device";
  HOLDFAST_NEEDS_KERNEL(::access(limits.c_str(), W_OK) == 0,
                        "blkio controller of version 1 that throttles a device");
  auto run = start({"run", "throttled.toml", "--out", "disk/run"});
  ASSERT_TRUE(eventually([&] { return released("disk/run"); }));
  struct stat at {};
  ASSERT_EQ(::fstat(directory().get(), &at), 0);
  const auto limit_to = [&](int bytes_per_second) {
    put_file(limits, fmt::format("{}:{} {}", major(at.st_dev), minor(at.st_dev), bytes_per_second));
  };
  limit_to(64 << 10);
  std::this_thread::sleep_for(std::chrono::seconds(8));  // that is how long it is slow
  limit_to(0);
  expect_inconclusive(run.wait(), "the disk stood still for", "disk/run");
}

}  // namespace
}  // namespace holdfast
