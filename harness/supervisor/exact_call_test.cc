// A call that is decided must be exactly the call that was made: whatever its arguments, it has the result that the bare
// kernel gives, and does the same to the files, as long as nobody stands in its way.
//
// Three processes make the same call in three trees that are alike: one under no filter, one in a domain that enforces,
// and one under the filter beside that domain. RC_PARAMS="max_success=20000" by hand for a longer look.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/launcher_messages.h"
#include "harness/supervisor/supervisor.h"
#include "harness/supervisor/testing_odd_calls.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {
namespace {

// What goes to a process, and what comes back.
struct CallOrder {
  long number;
  std::array<std::uint64_t, 6> arguments;
  int first_path, second_path, how_at;
  bool first_unreadable, second_unreadable;
  open_how how;
  mode_t umask;
  bool small_limit;
  std::array<char, longest_path> first, second;
};
struct Outcome {
  long result = 0;  // of a descriptor: 0
  int error = 0;
  int flags = 0, descriptor_flags = 0, read_error = 0, write_error = 0;
  int signals = 0;

  bool operator==(const Outcome&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Outcome& seen) {
  return out << "result " << seen.result << ", " << std::strerror(seen.error) << ", flags 0x" << std::hex
             << seen.flags << std::dec << ", descriptor " << seen.descriptor_flags << ", read "
             << seen.read_error << ", write " << seen.write_error << ", signals " << seen.signals;
}

std::sig_atomic_t volatile signals_seen = 0;

bool opens(long number) {
  return number == SYS_open || number == SYS_creat || number == SYS_openat || number == SYS_openat2;
}

Outcome make_call(const CallOrder& order) {
  auto arguments = order.arguments;
  const auto place = [&](int at, const void* what) {
    if (at >= 0) arguments[static_cast<std::size_t>(at)] = reinterpret_cast<std::uint64_t>(what);
  };
  const void* const nowhere = reinterpret_cast<void*>(8);  // NOLINT(performance-no-int-to-ptr)
  place(order.first_path, order.first_unreadable ? nowhere : order.first.data());
  place(order.second_path, order.second_unreadable ? nowhere : order.second.data());
  place(order.how_at, &order.how);
  ::umask(order.umask);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit before = limit;
  if (order.small_limit) limit.rlim_cur = 50;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  signals_seen = 0;
  Outcome seen;
  errno = 0;
  seen.result = ::syscall(order.number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                          arguments[5]);
  seen.error = seen.result < 0 ? errno : 0;
  ::setrlimit(RLIMIT_FSIZE, &before);
  seen.signals = signals_seen;
  if (opens(order.number) && seen.result >= 0) {
    const int file = static_cast<int>(seen.result);
    seen.result = 0;
    seen.flags = ::fcntl(file, F_GETFL);
    seen.descriptor_flags = ::fcntl(file, F_GETFD);
    char byte = 'z';
    seen.read_error = ::pread(file, &byte, 1, 0) < 0 ? errno : 0;
    seen.write_error = ::pwrite(file, &byte, 1, 0) < 0 ? errno : 0;
    ::close(file);
  }
  return seen;
}

int serve_calls(int socket, const std::filesystem::path& place) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGXFSZ, [](int) { signals_seen = signals_seen + 1; });
  if (::chdir(place.c_str()) != 0) return 1;
  if (::dup2(::open("tree", O_PATH | O_DIRECTORY), tree_descriptor) < 0) return 1;
  if (::dup2(::open("aside", O_RDONLY), file_descriptor) < 0) return 1;
  CallOrder order;
  while (::recv(socket, &order, sizeof order, 0) == static_cast<ssize_t>(sizeof order)) {
    const Outcome seen = make_call(order);
    if (::send(socket, &seen, sizeof seen, 0) != static_cast<ssize_t>(sizeof seen)) return 1;
  }
  return 0;
}

constexpr timespec long_ago{1'000'000'000, 0};

// The files that every call finds.
void grow_tree(const std::filesystem::path& place) {
  const auto tree = place / "tree";
  for (const auto& entry : std::filesystem::directory_iterator(tree)) std::filesystem::remove_all(entry);
  for (const auto& entry : std::filesystem::directory_iterator(place)) {
    if (entry.path().filename() != "tree" && entry.path().filename() != "aside")
      std::filesystem::remove_all(entry);
  }
  std::ofstream(tree / "a") << std::string(100, 'a');
  std::ofstream(tree / "empty");
  for (const char* directory : {"dir", "full", "full/sub"})
    std::filesystem::create_directory(tree / directory);
  std::ofstream(tree / "full/f") << "f";
  std::filesystem::create_hard_link(tree / "a", tree / "hard");
  const std::pair<const char*, std::string> links[] = {{"to_a", "a"},
                                                       {"to_full", "full"},
                                                       {"dangling", "nowhere"},
                                                       {"loop", "loop"},
                                                       {"away", (tree / "full/f").string()}};
  for (const auto& [name, target] : links) std::filesystem::create_symlink(target, tree / name);
  const auto age = [](const std::filesystem::path& path) {
    const timespec times[] = {long_ago, long_ago};
    ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
  };
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) age(entry.path());
}

// All that a call may have changed.
std::string describe_tree(const std::filesystem::path& place, const std::map<ino_t, std::string>& grown) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
    struct stat st {};
    ::lstat(entry.path().c_str(), &st);
    std::string text = std::to_string(st.st_mode) + " " + std::to_string(st.st_nlink);
    if (S_ISREG(st.st_mode)) {
      std::string begin(200, '\0');
      std::ifstream file(entry.path(), std::ios::binary);
      file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
      begin.resize(static_cast<std::size_t>(file.gcount()));
      text += " " + std::to_string(st.st_size) + " " + begin;
    }
    if (S_ISLNK(st.st_mode)) {
      const auto target = std::filesystem::read_symlink(entry.path());
      text += " " + (target.is_absolute() ? "into its own tree" : target.string());
    }
    if (st.st_mtim.tv_sec != long_ago.tv_sec) text += " changed";
    const auto known = grown.find(st.st_ino);
    text += known == grown.end() ? " new" : " once " + known->second;
    files[entry.path().lexically_relative(place).string()] = text;
  }
  std::string all;
  for (const auto& [name, text] : files) all += name + ": " + text + "\n";
  return all;
}

// A process with a tree of its own.
class Place {
 public:
  enum class Under { no_filter, domain, filter_alone };

  Place(const std::filesystem::path& directory, Under under) : directory_(directory) {
    std::filesystem::create_directories(directory_ / "tree");
    std::ofstream(directory_ / "aside") << "aside";
    int sockets[2];
    HOLDFAST_CHECK(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0);
    socket_ = Descriptor(sockets[0]);
    Descriptor theirs(sockets[1]);
    child_.emplace([&] {
      socket_.reset();
      if (under != Under::no_filter) {
        auto listener = install_filter(Trap::opens);
        if (!listener) return 1;
        LauncherMessage hello{.kind = LauncherMessageKind::ready};
        hello.descriptor = Descriptor(*listener);
        if (!send_message(theirs.get(), hello)) return 1;
      }
      return serve_calls(theirs.get(), directory_);
    });
    theirs.reset();
    if (under == Under::no_filter) return;
    auto hello = receive_message(socket_.get());
    HOLDFAST_CHECK(hello && *hello && (*hello)->descriptor);
    Domain domain;
    domain.directories = {directory_ / (under == Under::domain ? "tree" : "elsewhere")};
    domain.profile = find_profile("python");
    domain.opens = true;
    auto started = Supervisor::start(std::move((*hello)->descriptor), std::move(domain),
                                     std::make_unique<SilentLog>(), nobody_);
    HOLDFAST_CHECK(started.has_value());
    supervisor_ = std::move(*started);
  }
  ~Place() {
    socket_.reset();
    if (child_) child_->wait();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // What came of the call, and what the files are like afterwards.
  std::pair<Outcome, std::string> make(const OddCall& call) {
    grow_tree(directory_);
    std::map<ino_t, std::string> grown;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
      struct stat st {};
      ::lstat(entry.path().c_str(), &st);
      grown.try_emplace(st.st_ino, st.st_nlink > 1 && S_ISREG(st.st_mode) ? "a" : entry.path().filename());
    }
    CallOrder order{};
    order.number = call.number;
    order.arguments = call.arguments;
    order.first_path = call.first_path;
    order.second_path = call.second_path;
    order.how_at = call.how_at;
    order.first_unreadable = call.first.base == OddPath::Base::unreadable;
    order.second_unreadable = call.second.base == OddPath::Base::unreadable;
    order.how = call.how;
    order.umask = call.umask;
    order.small_limit = call.small_limit;
    write_path(call.first, order.first);
    write_path(call.second, order.second);
    HOLDFAST_CHECK(::send(socket_.get(), &order, sizeof order, MSG_NOSIGNAL) ==
                   static_cast<ssize_t>(sizeof order));
    Outcome seen;
    HOLDFAST_CHECK(::recv(socket_.get(), &seen, sizeof seen, 0) == static_cast<ssize_t>(sizeof seen));
    return {seen, describe_tree(directory_, grown)};
  }

 private:
  class SilentLog : public CallLog {
   public:
    void decided(const DecidedCall&) override {}
    void warned(const Doubt&, bool) override {}
    void injected(const Event&) override {}
    Result<> close() override { return {}; }
  };

  void write_path(const OddPath& path, std::array<char, longest_path>& into) const {
    std::string text = path.rest;
    if (path.base == OddPath::Base::absolute) text = (directory_ / "tree").string() + "/" + path.rest;
    if (text.size() >= into.size()) text.resize(into.size() - 1);
    std::copy(text.begin(), text.end(), into.begin());
  }

  std::filesystem::path directory_;
  Participants nobody_;
  Descriptor socket_;
  std::optional<ChildProcess> child_;
  std::unique_ptr<Supervisor> supervisor_;
};

struct Places {
  ScratchDirectory scratch;
  std::filesystem::path base = std::filesystem::canonical(scratch.path());
  Place bare{base / "0", Place::Under::no_filter};
  Place inside{base / "1", Place::Under::domain};
  Place beside{base / "2", Place::Under::filter_alone};
};

Places& places() {
  static Places all;
  return all;
}

void expect_exact(const OddCall& call, const std::function<void(const std::string&)>& complain) {
  const auto [seen, tree] = places().bare.make(call);
  for (Place* const place : {&places().inside, &places().beside}) {
    const auto [result, files] = place->make(call);
    if (result == seen && files == tree) continue;
    std::ostringstream text;
    text << call << (place == &places().inside ? "\ninside: " : "\nbeside: ") << result
         << "\nbare:   " << seen;
    if (files != tree) text << "\nfiles:\n" << files << "bare:\n" << tree;
    complain(text.str());
  }
}

void hold_against_the_kernel(OddCall (*draw)()) {
  constexpr int calls = 2;
  for (int i = 0; i < calls; ++i) expect_exact(draw(), [](const std::string& text) { RC_FAIL(text); });
}

RC_GTEST_PROP(ExactCall, Opens, ()) {
  hold_against_the_kernel(odd_open);
}
RC_GTEST_PROP(ExactCall, Truncations, ()) {
  hold_against_the_kernel(odd_truncate);
}
RC_GTEST_PROP(ExactCall, Renames, ()) {
  hold_against_the_kernel(odd_rename);
}
RC_GTEST_PROP(ExactCall, Links, ()) {
  hold_against_the_kernel(odd_link);
}
RC_GTEST_PROP(ExactCall, Removals, ()) {
  hold_against_the_kernel(odd_removal);
}

// What runtimes really do.
TEST(ExactCall, OpensOfRuntimes) {
  const auto at = [](const char* name, std::uint64_t flags, std::uint64_t mode) {
    OddCall call;
    call.number = SYS_openat;
    call.arguments = {static_cast<std::uint64_t>(tree_descriptor), 0, flags, mode, 0, 0};
    call.first_path = 1;
    call.first.rest = name;
    return call;
  };
  const OddCall table[] = {
      at("a", O_RDWR | O_CLOEXEC, 0644),               // Go: os.OpenFile(name, os.O_RDWR, 0o644)
      at("a", O_WRONLY | O_APPEND | O_CLOEXEC, 0644),  // the same to append
      at("a", O_RDONLY | O_CLOEXEC, 0666),             // Rust: OpenOptions
      at("new", O_RDWR | O_CREAT, S_IFREG | 0644),     // a mode as stat(2) tells it
      at("a", O_RDONLY | 1 << 27, 0),                  // a flag that nobody knows
      at("a", O_RDONLY | O_TRUNC, 0),
  };
  for (const OddCall& call : table)
    expect_exact(call, [](const std::string& text) { ADD_FAILURE() << text; });
}

}  // namespace
}  // namespace holdfast
