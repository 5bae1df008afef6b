// Paths as a caller sees them, held against the kernel's own answer for the same path.
#include "harness/supervisor/look/caller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rapidcheck/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

// A small world with every kind of thing that a path can run into.
class World {
 public:
  World() {
    const auto root = scratch_.path();
    std::filesystem::create_directories(root / "a" / "b");
    scratch_.write("file", "1");
    scratch_.write("a/file", "2");
    scratch_.write("a/b/file", "3");
    std::filesystem::create_symlink("a", root / "link");
    std::filesystem::create_symlink("..", root / "a" / "up");
    std::filesystem::create_symlink(root / "a" / "b", root / "a" / "far");
    std::filesystem::create_symlink("file", root / "a" / "to-file");
    std::filesystem::create_symlink("nowhere", root / "dangling");
    std::filesystem::create_symlink("loop", root / "loop");
    base = Descriptor(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  [[nodiscard]] std::string root() const { return scratch_.path().string(); }
  Descriptor base;

 private:
  ScratchDirectory scratch_;
};

struct Answer {
  int error = 0;
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const Answer&) const = default;
};

Answer answer_of(int directory, const std::string& path) {
  struct stat st {};
  if (::fstatat(directory, path.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) return {errno, 0, 0};
  return {0, st.st_dev, st.st_ino};
}

Answer resolved_answer(const Caller& caller, int directory, const std::string& path) {
  ResolvedPath out;
  if (const auto error = resolve(caller, directory, path, out)) return {error->error, 0, 0};
  return answer_of(out.directory.get(), out.leaf);
}

const Caller& ourselves(Callers& callers) {
  const Caller* caller = callers.find(::gettid());
  HOLDFAST_CHECK(caller != nullptr);
  return *caller;
}

// Splitting a path in two and walking the parts must lead where the whole path leads, or fail as it fails.
RC_GTEST_PROP(Caller, ResolvesAsTheKernelDoes, ()) {
  static const World world;
  static const Participants nobody;
  static Callers callers(nobody);
  const auto component = rc::gen::element<std::string>(
      "a", "b", "file", "link", "up", "far", "to-file", "dangling", "loop", ".", "..", "missing",
      std::string(255, 'n'), std::string(256, 'n'), "\xff\xfe", "a b");
  const auto separator = rc::gen::element<std::string>("/", "/", "/", "//", "/./");
  const int count = *rc::gen::inRange(1, 7);
  std::string path = *rc::gen::arbitrary<bool>() ? world.root() + "/" : std::string();
  for (int i = 0; i < count; ++i) path += (i == 0 ? std::string() : *separator) + *component;
  path += *rc::gen::element<std::string>("", "", "/", "//", "/.");
  RC_LOG() << path << "\n";
  RC_ASSERT(resolved_answer(ourselves(callers), world.base.get(), path) == answer_of(world.base.get(), path));
}

TEST(Caller, OddPaths) {
  const World world;
  const Participants nobody;
  Callers callers(nobody);
  const Caller& self = ourselves(callers);
  ResolvedPath out;

  auto error = resolve(self, world.base.get(), "", out);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error, ENOENT);

  for (const char* root : {"/", "//", "/./", "/.."}) {
    SCOPED_TRACE(root);
    EXPECT_EQ(resolved_answer(self, AT_FDCWD, root), answer_of(AT_FDCWD, "/"));
  }

  error = resolve(self, 987, "file", out);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error, EBADF);

  const Descriptor file(::open((world.root() + "/file").c_str(), O_RDONLY | O_CLOEXEC));
  error = resolve(self, file.get(), "x", out);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error, ENOTDIR);

  ASSERT_FALSE(resolve(self, world.base.get(), "a/b/../file//", out));
  EXPECT_EQ(out.leaf, "file//");
  EXPECT_EQ(out.name, "file");
  EXPECT_EQ(out.directory_text, std::filesystem::canonical(world.root() + "/a").string());

  // A descriptor number does not matter for an absolute path.
  ASSERT_FALSE(resolve(self, 987, world.root() + "/link/file", out));
  EXPECT_EQ(out.text, std::filesystem::canonical(world.root() + "/a").string() + "/file");

  std::string deep;
  while (deep.size() < PATH_MAX) deep += "a/../";
  EXPECT_EQ(resolved_answer(self, world.base.get(), deep + "file").error, ENAMETOOLONG);
}

// Another process has another current directory, and "self" is somebody else there.
TEST(Caller, SeesWithTheCallersEyes) {
  const World world;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Descriptor reading(ends[0]), writing(ends[1]);
  ChildProcess child([&] {
    const bool there = ::chdir((world.root() + "/a/b").c_str()) == 0;
    const std::array<int, 2> told{::open((world.root() + "/a").c_str(), O_RDONLY | O_DIRECTORY), ::getpid()};
    static_cast<void>(!::write(writing.get(), told.data(), sizeof told));
    for (;;) ::pause();
    return there ? 0 : 1;
  });
  std::array<int, 2> told{};
  ASSERT_EQ(::read(reading.get(), told.data(), sizeof told), static_cast<ssize_t>(sizeof told));
  const auto [directory, process] = told;
  Participants participants;
  participants.add(process, {Role::agent, 5, read_bit});
  Callers callers(participants);
  const Caller* caller = callers.find(process);
  ASSERT_NE(caller, nullptr);
  EXPECT_EQ(caller->process, process);
  EXPECT_EQ(caller->parent, ::getpid());
  EXPECT_TRUE(caller->same_identity) << caller->difference;
  ASSERT_TRUE(caller->participant);
  EXPECT_EQ(caller->participant->index, 5U);

  const Answer inner = answer_of(AT_FDCWD, world.root() + "/a/b/file");
  const Answer outer = answer_of(AT_FDCWD, world.root() + "/a/file");
  EXPECT_EQ(resolved_answer(*caller, AT_FDCWD, "file"), inner);
  EXPECT_EQ(resolved_answer(*caller, AT_FDCWD, "../file"), outer);
  EXPECT_EQ(resolved_answer(*caller, directory, "file"), outer);
  EXPECT_EQ(resolved_answer(*caller, AT_FDCWD, "/proc/self/cwd/file"), inner);
  EXPECT_EQ(resolved_answer(*caller, AT_FDCWD, "/proc/thread-self/cwd/file"), inner);
  EXPECT_EQ(resolved_answer(*caller, AT_FDCWD, "/dev/fd/" + std::to_string(directory) + "/file"), outer);

  // Through a link in /proc that is not written out as the caller's own: told, not guessed.
  ResolvedPath out;
  const auto error = resolve(*caller, AT_FDCWD, "/proc/" + std::to_string(process) + "/cwd/file", out);
  ASSERT_TRUE(error);
  ASSERT_TRUE(error->doubt);

  child.send(SIGKILL);
  EXPECT_EQ(child.wait(), -SIGKILL);
  EXPECT_EQ(callers.find(process), nullptr);  // not whoever gets the number next
}

// Found for the first time before it was known to take part, and again afterwards.
TEST(Caller, IsRecognisedAsSoonAsItIsKnown) {
  Participants participants;
  Callers callers(participants);
  EXPECT_FALSE(ourselves(callers).participant);
  participants.add(::getpid(), {Role::agent, 7, read_bit});
  ASSERT_TRUE(ourselves(callers).participant);
  EXPECT_EQ(ourselves(callers).participant->index, 7U);
  participants.remove(::getpid());
  EXPECT_FALSE(ourselves(callers).participant);
}

TEST(ReadPath, StringsOfEveryLengthAtTheEndOfMemory) {
  constexpr std::size_t page = 4096, pages = 3;
  auto* memory = static_cast<char*>(
      ::mmap(nullptr, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(::mprotect(memory + pages * page, page, PROT_NONE), 0);
  char* const end = memory + pages * page;
  const auto read_from = [](std::uint64_t address) { return read_path(::gettid(), address); };
  const auto read_at = [&](const char* at) { return read_from(reinterpret_cast<std::uint64_t>(at)); };

  for (const std::size_t length : {0, 1, 100, 4094, 4095}) {
    SCOPED_TRACE(length);
    char* const begin = end - length - 1;  // the last byte before nothing is the NUL
    std::memset(begin, 'p', length);
    begin[length] = '\0';
    const auto read = read_at(begin);
    EXPECT_EQ(read.error, 0);
    EXPECT_EQ(read.path, std::string(length, 'p'));
  }
  std::memset(memory, 'p', pages * page);
  EXPECT_EQ(read_at(end - 10).error, EFAULT);  // no NUL before memory ends
  EXPECT_EQ(read_at(memory).error, ENAMETOOLONG);
  end[-1] = '\0';
  EXPECT_EQ(read_at(end - 1 - PATH_MAX).error, ENAMETOOLONG);  // as the kernel: PATH_MAX counts the NUL
  EXPECT_EQ(read_at(end - PATH_MAX).error, 0);
  EXPECT_EQ(read_from(0).error, EFAULT);
  EXPECT_EQ(read_from(~std::uint64_t{0} - 5).error, EFAULT);
  ::munmap(memory, (pages + 1) * page);
}

}  // namespace
}  // namespace holdfast
