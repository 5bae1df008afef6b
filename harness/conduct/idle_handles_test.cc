#include "harness/conduct/idle_handles.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/testing/scratch_directory.h"
#include "harness/supervisor/descriptor.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class IdleHandlesTest : public testing::Test {
 protected:
  [[nodiscard]] Descriptor open(const std::string& name, int flags = O_RDWR | O_CREAT) const {
    return Descriptor(::open((store() / name).c_str(), flags | O_CLOEXEC, 0600));
  }
  [[nodiscard]] std::filesystem::path store() const { return std::filesystem::canonical(scratch_.path()); }
  [[nodiscard]] IdleHandles held() const { return handles_beneath(store(), ::getpid()); }

  ScratchDirectory scratch_;
};

TEST_F(IdleHandlesTest, CountsWhatIsOpenBeneathTheStoreAlone) {
  EXPECT_EQ(held().handles, 0U);
  const Descriptor directory(::open(store().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(held().handles, 0U);
  const Descriptor queue = open("queue.json");
  const IdleHandles one = held();
  EXPECT_EQ(one.handles, 1U);
  EXPECT_EQ(one.of_gone_files, 0U);
  EXPECT_EQ(one.most_of_one, 1U);
  EXPECT_EQ(one.path, (store() / "queue.json").string());
  const Descriptor again = open("queue.json");
  EXPECT_EQ(held().most_of_one, 2U);
}

TEST_F(IdleHandlesTest, TellsFilesThatAreGone) {
  const Descriptor replaced = open("queue.json");
  const Descriptor temp = open("new");
  ASSERT_EQ(::rename((store() / "new").c_str(), (store() / "queue.json").c_str()), 0);
  const IdleHandles found = held();
  EXPECT_EQ(found.handles, 2U);
  EXPECT_EQ(found.of_gone_files, 1U);
  EXPECT_EQ(found.path, (store() / "queue.json (deleted)").string());
}

TEST_F(IdleHandlesTest, OfAProcessThatIsGoneThereAreNone) {
  EXPECT_EQ(handles_beneath(store(), 0x7FFFFFFF).handles, 0U);
}

TEST_F(IdleHandlesTest, TellsLocksOfEveryKind) {
  const Descriptor by_flock = open("a");
  const Descriptor by_fcntl = open("b");
  const Descriptor mark = open("c");  // of the sharing domain, far behind every byte that a store would lock
  EXPECT_THAT(locked_files(store()), IsEmpty());
  ASSERT_EQ(::flock(by_flock.get(), LOCK_SH), 0);
  struct flock range {};
  range.l_type = F_RDLCK;
  range.l_start = 1000;
  range.l_len = 1;
  ASSERT_EQ(::fcntl(by_fcntl.get(), F_OFD_SETLK, &range), 0);
  range.l_start = off_t{1} << 62U;
  ASSERT_EQ(::fcntl(mark.get(), F_OFD_SETLK, &range), 0);
  EXPECT_THAT(locked_files(store()), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace holdfast
