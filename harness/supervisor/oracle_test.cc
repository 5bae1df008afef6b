// Does the supervisor refuse exactly the renames that somebody's handle stands in the way of?
//
// The oracle counts references itself: one process opens, duplicates, maps, forks, execs and dies as it is
// told, so that it is known at each rename whether the target is held; a refusal of a free one is a false
// denial, a rename of a held one is missed. HOLDFAST_ORACLE_RENAMES sets how many (a few hundred by default).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/testing/needs.h"
#include "harness/history/recorder.h"
#include "harness/linux/launcher_messages.h"
#include "harness/supervisor/supervisor.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {
namespace {

int renames_wanted() {
  const char* wanted = std::getenv("HOLDFAST_ORACLE_RENAMES");
#ifdef HOLDFAST_SANITIZED
  constexpr int renames = 100;  // a thread at fault shows in the first few
#else
  constexpr int renames = 400;
#endif
  return wanted != nullptr ? std::atoi(wanted) : renames;
}

// What the oracle tells the crowd to do.
enum class Step : int {
  open,
  duplicate,
  close,
  map,
  unmap,
  fork,
  fork_exec,
  kill_child,
  new_holder,
  rename,
  remove,
  quit
};

struct Order {
  Step step = Step::quit;
  int argument = 0;
};

struct Reply {
  int result = 0;  // errno, descriptor number, or pid
};

// The process that holds: descriptors and mappings of target.
[[noreturn]] void hold_as_told(int socket, const std::string& target) {
  ::signal(SIGCHLD, SIG_IGN);
  std::vector<int> descriptors;
  std::vector<void*> mappings;
  Order order;
  while (::recv(socket, &order, sizeof order, 0) == sizeof order) {
    Reply reply;
    switch (order.step) {
      case Step::open: {
        constexpr int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};
        descriptors.push_back(::open(target.c_str(), modes[order.argument % 3] | O_CLOEXEC));
        reply.result = descriptors.back() < 0 ? -errno : 0;
        break;
      }
      case Step::duplicate:
        descriptors.push_back(
            ::fcntl(descriptors[static_cast<std::size_t>(order.argument)], F_DUPFD_CLOEXEC, 0));
        break;
      case Step::close:
        ::close(descriptors[static_cast<std::size_t>(order.argument)]);
        descriptors.erase(descriptors.begin() + order.argument);
        break;
      case Step::map: {  // of a descriptor that is closed again at once
        const int fd = ::open(target.c_str(), O_RDONLY | O_CLOEXEC);
        mappings.push_back(::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0));
        ::close(fd);
        break;
      }
      case Step::unmap:
        ::munmap(mappings[static_cast<std::size_t>(order.argument)], 4096);
        mappings.erase(mappings.begin() + order.argument);
        break;
      case Step::fork:
        reply.result = ::fork();
        if (reply.result == 0) {
          for (;;) ::pause();
        }
        break;
      case Step::fork_exec: {  // its copies are gone as soon as exec closed this pipe
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) ::_exit(1);
        reply.result = ::vfork();
        if (reply.result == 0) {
          ::execl("/bin/sleep", "sleep", "1000", nullptr);
          ::_exit(127);
        }
        ::close(ends[1]);
        char byte;
        while (::read(ends[0], &byte, 1) < 0) {
        }
        ::close(ends[0]);
        break;
      }
      default:
        ::_exit(1);
    }
    ::send(socket, &reply, sizeof reply, 0);
  }
  ::_exit(0);
}

void kill_and_wait(pid_t process) {
  ::kill(process, SIGKILL);
  while (::kill(process, 0) == 0) ::usleep(100);
}

// The process under the filter: starts holders and renames.
[[noreturn]] void lead_crowd(int socket, const std::string& directory) {
  ::signal(SIGCHLD, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  static_cast<void>(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  LauncherMessage hello{.kind = LauncherMessageKind::ready};
  auto listener = install_filter();
  if (!listener) {
    hello.kind = LauncherMessageKind::refused;
    hello.arguments = {listener.error().message};
  } else {
    hello.descriptor = Descriptor(*listener);
  }
  static_cast<void>(send_message(socket, hello));
  hello.descriptor.reset();

  const std::string target = directory + "/target", source = directory + "/source";
  const auto make_file = [](const std::string& path) {
    const int fd = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (::ftruncate(fd, 4096) != 0) ::_exit(1);
    ::close(fd);
  };
  make_file(target);
  pid_t holder = 0;
  int holder_socket = -1;
  Order order;
  while (::recv(socket, &order, sizeof order, 0) == sizeof order && order.step != Step::quit) {
    Reply reply;
    switch (order.step) {
      case Step::new_holder: {
        if (holder > 0) {
          kill_and_wait(holder);
          ::close(holder_socket);
        }
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) ::_exit(1);
        holder = ::fork();
        if (holder == 0) {
          ::prctl(PR_SET_PDEATHSIG, SIGKILL);
          ::close(socket);
          ::close(ends[0]);
          hold_as_told(ends[1], target);
        }
        ::close(ends[1]);
        holder_socket = ends[0];
        break;
      }
      case Step::kill_child:
        kill_and_wait(order.argument);
        break;
      case Step::rename:
        make_file(source);
        reply.result = ::rename(source.c_str(), target.c_str()) == 0 ? 0 : errno;
        break;
      case Step::remove:
        reply.result = ::unlink(target.c_str()) == 0 ? 0 : errno;
        if (reply.result == 0) make_file(target);
        break;
      default:
        ::send(holder_socket, &order, sizeof order, 0);
        if (::recv(holder_socket, &reply, sizeof reply, 0) != sizeof reply) ::_exit(1);
    }
    ::send(socket, &reply, sizeof reply, 0);
  }
  ::_exit(0);
}

class Oracle {
 public:
  explicit Oracle(const std::filesystem::path& directory) : directory_(directory) {}

  void start() {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    leader_ = ::fork();
    if (leader_ == 0) {
      ::close(ends[0]);
      lead_crowd(ends[1], directory_.string());
    }
    ::close(ends[1]);
    socket_ = Descriptor(ends[0]);
    auto hello = receive_message(socket_.get());
    ASSERT_TRUE(hello && *hello);
    ASSERT_EQ((*hello)->kind, LauncherMessageKind::ready)
        << ((*hello)->arguments.empty() ? "" : (*hello)->arguments[0]);
    auto recorder = Recorder::open(directory_ / "events", Role::supervisor, 0, 1);
    ASSERT_TRUE(recorder) << recorder.error().message;
    auto supervisor = Supervisor::start(std::move((*hello)->descriptor),
                                        {{directory_}, Domain::Mode::enforce, *find_profile("python")},
                                        std::make_unique<EventLog>(std::move(*recorder)), participants_);
    ASSERT_TRUE(supervisor);
    supervisor_ = std::move(*supervisor);
    tell(Step::new_holder);
  }

  void run(int renames, std::uint64_t seed) {
    Random random(seed);
    const auto below = [&](std::size_t bound) { return static_cast<int>(random.next() % bound); };
    for (int done = 0; done < renames;) {
      const int choice = below(16);
      if (choice < 3) {
        ASSERT_EQ(tell(Step::open, below(3)), 0);
        ++descriptors_;
      } else if (choice == 3 && descriptors_ > 0) {
        tell(Step::duplicate, below(descriptors_));
        ++descriptors_;
      } else if (choice < 7 && descriptors_ > 0) {
        tell(Step::close, below(descriptors_));
        --descriptors_;
      } else if (choice == 7 && mappings_ == 0) {
        tell(Step::map);
        ++mappings_;
      } else if (choice == 8 && mappings_ > 0) {
        tell(Step::unmap, 0);
        --mappings_;
      } else if (choice == 9 && children_.size() < 3) {
        const pid_t child = tell(Step::fork);
        ASSERT_GT(child, 0);
        children_[child] = descriptors_ + mappings_ > 0;
      } else if (choice == 10 && children_.size() < 3) {
        const pid_t child = tell(Step::fork_exec);
        ASSERT_GT(child, 0);
        children_[child] = false;
      } else if (choice < 13 && !children_.empty()) {
        tell(Step::kill_child, children_.begin()->first);
        children_.erase(children_.begin());
      } else if (choice == 13) {
        tell(Step::new_holder);  // SIGKILL for the old one
        descriptors_ = mappings_ = 0;
      } else if (choice > 13) {
        expect_exactness(choice == 14 ? Step::rename : Step::remove);
        if (::testing::Test::HasFailure()) return;
        ++done;
      }
    }
  }

  void finish() {
    for (const auto& [child, holds] : children_) tell(Step::kill_child, child);
    const Order order{Step::quit, 0};
    ::send(socket_.get(), &order, sizeof order, MSG_NOSIGNAL);
    int status = 0;
    ::waitpid(leader_, &status, 0);
    EXPECT_EQ(status, 0);
    const auto stopped = supervisor_->stop();
    EXPECT_TRUE(stopped) << stopped.error().message;
    EXPECT_GT(refused_, 0);
    EXPECT_GT(allowed_, 0);
  }

 private:
  int tell(Step step, int argument = 0) {
    const Order order{step, argument};
    ::send(socket_.get(), &order, sizeof order, MSG_NOSIGNAL);
    Reply reply{-EPIPE};
    if (::recv(socket_.get(), &reply, sizeof reply, 0) != sizeof reply) ADD_FAILURE() << "the crowd is gone";
    return reply.result;
  }

  void expect_exactness(Step step) {
    bool held = descriptors_ + mappings_ > 0;
    for (const auto& [child, holds] : children_) held = held || holds;
    const int result = tell(step);
    EXPECT_EQ(result, held ? EACCES : 0)
        << (held ? "missed" : "false denial") << ": " << descriptors_ << " descriptors, " << mappings_
        << " mappings, " << children_.size() << " children after " << refused_ << " refusals and " << allowed_
        << " successes";
    ++(held ? refused_ : allowed_);
  }

  std::filesystem::path directory_;
  pid_t leader_ = 0;
  Descriptor socket_;
  Participants participants_;
  std::unique_ptr<Supervisor> supervisor_;
  std::size_t descriptors_ = 0, mappings_ = 0;
  std::map<pid_t, bool> children_;  // alive, and whether it holds the file
  int refused_ = 0, allowed_ = 0;
};

std::filesystem::path make_directory(const std::string& base) {
  std::string name = base + "/holdfast-oracle-XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr) << name;
  return name;
}

void run_oracle_in(const std::filesystem::path& directory) {
  Oracle oracle(std::filesystem::canonical(directory));
  oracle.start();
  if (!::testing::Test::HasFatalFailure()) oracle.run(renames_wanted(), 20261123);
  oracle.finish();
}

TEST(Oracle, TemporaryDirectory) {
  const auto directory = make_directory(::testing::TempDir());
  run_oracle_in(directory);
  std::filesystem::remove_all(directory);
}

TEST(Oracle, SharedMemoryFilesystem) {
  HOLDFAST_NEEDS(::access("/dev/shm", W_OK) == 0, "a /dev/shm that may be written");
  const auto directory = make_directory("/dev/shm");
  run_oracle_in(directory);
  std::filesystem::remove_all(directory);
}

TEST(Oracle, Overlay) {
  HOLDFAST_NEEDS_ROOT("mount an overlay");
  const auto base = make_directory(::testing::TempDir());
  for (const char* part : {"lower", "upper", "work", "merged"})
    std::filesystem::create_directory(base / part);
  const std::string options = "lowerdir=" + (base / "lower").string() +
                              ",upperdir=" + (base / "upper").string() +
                              ",workdir=" + (base / "work").string();
  const int error =
      ::mount("overlay", (base / "merged").c_str(), "overlay", 0, options.c_str()) == 0 ? 0 : errno;
  if (error != 0) std::filesystem::remove_all(base);
  HOLDFAST_NEEDS(error == 0, "an overlay above the temporary directory: " << std::strerror(error));
  run_oracle_in(base / "merged");
  EXPECT_EQ(::umount2((base / "merged").c_str(), MNT_DETACH), 0);
  std::filesystem::remove_all(base);
}

}  // namespace
}  // namespace holdfast
