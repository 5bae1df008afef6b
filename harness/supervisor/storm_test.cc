// Many processes that replace and remove the same few files, with signals raining on them, and some killed at any
// moment: everybody left goes on to the end, and nobody is answered what no rule gives.
//
// HOLDFAST_STORM_PROCESSES=200 HOLDFAST_STORM_SECONDS=60 by hand for a longer look.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/launcher_messages.h"
#include "harness/supervisor/supervisor.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {
namespace {

int number_from(const char* name, int otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return text != nullptr ? std::atoi(text) : otherwise;
}

constexpr int exit_strange_errno = 3;

std::size_t draw(Random& random, std::size_t below) {
  return static_cast<std::size_t>(random.next() % below);
}

void on_signal(int) {}

std::sig_atomic_t volatile stop_asked = 0;

// Before anybody is started: no signal may come too early.
void expect_the_storm() {
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: calls must be interrupted
  ::sigaction(SIGUSR1, &action, nullptr);
  ::sigaction(SIGUSR2, &action, nullptr);
  action.sa_handler = [](int) { stop_asked = 1; };
  ::sigaction(SIGTERM, &action, nullptr);
}

// Until SIGTERM: an errno that neither a rule nor a race between removals gives ends it at once.
int work_in_the_storm(const std::string& directory, std::uint64_t seed) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Random random(seed);
  const std::string own = directory + "/own-" + std::to_string(::getpid());
  while (stop_asked == 0) {
    const std::string shared = directory + "/shared-" + std::to_string(draw(random, 3));
    const int fd = ::open(own.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
    const int held = draw(random, 4) == 0 ? ::open(shared.c_str(), O_RDONLY | O_CLOEXEC) : -1;
    const bool renames = draw(random, 3) != 0;
    const int done = renames ? ::rename(own.c_str(), shared.c_str()) : ::unlink(shared.c_str());
    const int error = done == 0 ? 0 : errno;
    if (held >= 0) ::close(held);
    // A signal before the supervisor has received the call interrupts it: then nothing may have been done.
    struct stat there {};
    if (error == EINTR && (!renames || ::stat(own.c_str(), &there) == 0)) continue;
    const bool expected = error == 0 || error == EACCES || (error == ENOENT && !renames);
    if (!expected) {
      ::dprintf(STDERR_FILENO, "%s got %s\n", renames ? "rename" : "unlink", std::strerror(error));  // NOLINT
      return exit_strange_errno;
    }
  }
  ::unlink(own.c_str());
  return 0;
}

// The parent of the workers, which the filter is installed in.
int lead_the_storm(int socket, const std::string& directory, int processes, std::int64_t duration_ns) {
  LauncherMessage hello{.kind = LauncherMessageKind::ready};
  auto listener = install_filter();
  if (!listener) return 1;
  hello.descriptor = Descriptor(*listener);
  if (!send_message(socket, hello)) return 1;
  hello.descriptor.reset();

  expect_the_storm();
  Random random(20261125);
  std::vector<pid_t> workers;
  const auto start_worker = [&] {
    const std::uint64_t seed = random.next();
    const pid_t worker = ::fork();
    if (worker == 0) ::_exit(work_in_the_storm(directory, seed));
    return worker;
  };
  for (int i = 0; i < processes; ++i) workers.push_back(start_worker());
  const std::int64_t end_ns = monotonic_ns() + duration_ns;
  int strange = 0;
  while (monotonic_ns() < end_ns && strange == 0) {
    for (int i = 0; i < 20; ++i) {
      ::kill(workers[draw(random, workers.size())], draw(random, 2) == 0 ? SIGUSR1 : SIGUSR2);
    }
    pid_t& victim = workers[draw(random, workers.size())];
    if (draw(random, 10) == 0) {
      ::kill(victim, SIGKILL);
      int status = 0;
      ::waitpid(victim, &status, 0);
      if (WIFEXITED(status)) ++strange;
      victim = start_worker();
    }
    ::usleep(1000);
  }
  for (const pid_t worker : workers) ::kill(worker, SIGTERM);
  for (const pid_t worker : workers) {
    int status = 0;
    ::waitpid(worker, &status, 0);
    if (status != 0) ++strange;
  }
  return strange == 0 ? 0 : exit_strange_errno;
}

TEST(Storm, EverybodyIsAnsweredByTheRules) {
  const ScratchDirectory scratch;
  const int processes = number_from("HOLDFAST_STORM_PROCESSES", 24);
  const std::int64_t duration_ns = std::int64_t{number_from("HOLDFAST_STORM_SECONDS", 1)} * 1'000'000'000;
  int sockets[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
  Descriptor ours(sockets[0]), theirs(sockets[1]);
  ChildProcess leader([&] {
    ours.reset();
    return lead_the_storm(theirs.get(), scratch.path().string(), processes, duration_ns);
  });
  theirs.reset();
  auto hello = receive_message(ours.get());
  ASSERT_TRUE(hello && *hello);
  ASSERT_TRUE((*hello)->descriptor);
  struct Counts {
    std::uint64_t done = 0, refused = 0, doubts = 0;
  } counts;
  class CountingLog : public CallLog {
   public:
    explicit CountingLog(Counts& into) : counts_(into) {}
    void decided(const DecidedCall& call) override {
      ++(call.decision.windows_code != 0 ? counts_.refused : counts_.done);
    }
    void warned(const Doubt& doubt, bool) override {
      // Many look at one file at once: that somebody began to open it meanwhile is no fault here.
      if (doubt.kind != DoubtKind::late_opener) ++counts_.doubts;
    }
    void injected(const Event&) override {}
    Result<> close() override { return {}; }

   private:
    Counts& counts_;
  };
  const Participants nobody;
  Domain domain;
  domain.directories = {std::filesystem::canonical(scratch.path())};
  domain.profile = find_profile("c");
  auto supervisor = Supervisor::start(std::move((*hello)->descriptor), std::move(domain),
                                      std::make_unique<CountingLog>(counts), nobody);
  ASSERT_TRUE(supervisor);
  EXPECT_EQ(leader.wait(), 0);
  EXPECT_TRUE((*supervisor)->stop());
  EXPECT_GT(counts.done, 0U);
  EXPECT_GT(counts.refused, 0U);
  EXPECT_EQ(counts.doubts, 0U);
  RecordProperty("done", static_cast<int>(counts.done));
  RecordProperty("refused", static_cast<int>(counts.refused));
}

}  // namespace
}  // namespace holdfast
