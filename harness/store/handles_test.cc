#include "harness/store/handles.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <limits>

#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

constexpr auto to_end = std::numeric_limits<std::uint64_t>::max();

TEST(ParseLocks, KnowsEveryKindAndWaitersAndLeavesTheRestOut) {
  const auto locks = parse_locks(
      "1: FLOCK  ADVISORY  WRITE 359 fd:01:691 0 EOF\n"
      "1: -> FLOCK  ADVISORY  WRITE 360 fd:01:691 0 EOF\n"
      "1:  -> FLOCK  ADVISORY  READ 361 fd:01:691 0 EOF\n"
      "2: POSIX  ADVISORY  READ  77 00:2a:12 120 127\n"
      "3: OFDLCK ADVISORY  WRITE -1 fd:01:9 0 0\n"
      "4: LEASE  ACTIVE    WRITE 5 fd:01:9 0 EOF\n"
      "5: OFDLCK ADVISORY  READ -1 fd:01:9 4611686018427387904 4611686018427387904\n"
      "nonsense\n"
      "6: POSIX");
  ASSERT_EQ(locks.size(), 5U);
  EXPECT_EQ(locks[0], (FileLock{LockKind::flock, true, false, 1, 359, "fd:01:691", 0, to_end}));
  EXPECT_EQ(locks[1], (FileLock{LockKind::flock, true, true, 1, 360, "fd:01:691", 0, to_end}));
  EXPECT_EQ(locks[2], (FileLock{LockKind::flock, false, true, 1, 361, "fd:01:691", 0, to_end}));
  EXPECT_EQ(locks[3], (FileLock{LockKind::posix, false, false, 2, 77, "00:2a:12", 120, 127}));
  EXPECT_EQ(locks[4], (FileLock{LockKind::ofd, true, false, 3, -1, "fd:01:9", 0, 0}));
  EXPECT_EQ(
      parse_locks("pos:\t0\nflags:\t0100002\nlock:\t1: FLOCK  ADVISORY  WRITE 359 fd:01:691 0 EOF\n").size(),
      1U);
}

class StoreHandlesTest : public testing::Test {
 protected:
  [[nodiscard]] Descriptor open(const std::string& name, int flags = O_RDWR | O_CREAT) const {
    return Descriptor(::open((store() / name).c_str(), flags | O_CLOEXEC, 0600));
  }
  [[nodiscard]] std::filesystem::path store() const { return std::filesystem::canonical(scratch_.path()); }
  [[nodiscard]] std::vector<StoreHandle> held() const { return store_handles(store(), ::getpid()); }

  ScratchDirectory scratch_;
};

TEST_F(StoreHandlesTest, FindsWhatIsOpenBeneathTheStoreAlone) {
  EXPECT_TRUE(held().empty());
  const Descriptor directory(::open(store().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_TRUE(held().empty());
  const Descriptor named(::open((store() / "queue.json").c_str(), O_PATH | O_CLOEXEC));
  const Descriptor queue = open("queue.json");
  ASSERT_EQ(::flock(queue.get(), LOCK_SH), 0);
  ASSERT_EQ(held().size(), 1U);
  const StoreHandle handle = held()[0];
  EXPECT_EQ(handle.process, ::getpid());
  EXPECT_EQ(handle.descriptor, queue.get());
  EXPECT_EQ(handle.path, (store() / "queue.json").string());
  EXPECT_FALSE(handle.gone);
  EXPECT_EQ(handle.access, "rw");
  ASSERT_EQ(handle.locks.size(), 1U);
  EXPECT_FALSE(handle.locks[0].exclusive);
}

TEST_F(StoreHandlesTest, TellsFilesThatWereReplacedFromThoseThatWereRemoved) {
  const Descriptor replaced = open("queue.json");
  const Descriptor temp = open("new");
  const Descriptor removed = open("old");
  const Descriptor nameless(::open(store().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_EQ(::rename((store() / "new").c_str(), (store() / "queue.json").c_str()), 0);
  ASSERT_EQ(::unlink((store() / "old").c_str()), 0);
  const auto handles = held();
  ASSERT_EQ(handles.size(), 3U);
  const auto of = [&](const Descriptor& descriptor) {
    return *std::find_if(handles.begin(), handles.end(),
                         [&](const StoreHandle& handle) { return handle.descriptor == descriptor.get(); });
  };
  EXPECT_TRUE(of(replaced).gone && of(replaced).replaced);
  EXPECT_TRUE(of(removed).gone && !of(removed).replaced);
  EXPECT_FALSE(of(temp).gone);
  EXPECT_EQ(of(replaced).path, (store() / "queue.json").string());
}

TEST_F(StoreHandlesTest, AMappingIsAHandleToo) {
  Descriptor file = open("shared");
  ASSERT_EQ(::ftruncate(file.get(), 4096), 0);
  void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  ASSERT_NE(memory, MAP_FAILED);
  EXPECT_EQ(held().size(), 1U);  // one file, once
  file.reset();
  ASSERT_EQ(held().size(), 1U);
  EXPECT_EQ(held()[0].descriptor, -1);
  EXPECT_FALSE(held()[0].gone);
  ASSERT_EQ(::unlink((store() / "shared").c_str()), 0);
  EXPECT_TRUE(held().at(0).gone);
  ::munmap(memory, 4096);
}

TEST_F(StoreHandlesTest, CountsHandlesAlikeOfOneProcessAlone) {
  const Descriptor first = open("queue.json");
  const Descriptor reads = open("queue.json", O_RDONLY);
  const Descriptor appends = open("queue.json", O_WRONLY | O_APPEND);
  EXPECT_EQ(most_of_one_file(held()), 1U);
  const Descriptor again = open("queue.json");
  EXPECT_EQ(most_of_one_file(held()), 2U);
}

TEST_F(StoreHandlesTest, ATreeHasChildrenOfChildren) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  ChildProcess child([&] {
    const pid_t grandchild = ::fork();
    if (grandchild == 0)
      for (;;) ::pause();
    static_cast<void>(!::write(pipe[1], &grandchild, sizeof grandchild));
    for (;;) ::pause();
    return 0;
  });
  pid_t grandchild = 0;
  ASSERT_EQ(::read(pipe[0], &grandchild, sizeof grandchild), static_cast<ssize_t>(sizeof grandchild));
  EXPECT_THAT(process_tree(::getpid()), testing::Contains(grandchild));
  EXPECT_THAT(process_tree(grandchild), testing::ElementsAre(grandchild));
  ::kill(grandchild, SIGKILL);
}

}  // namespace
}  // namespace holdfast
