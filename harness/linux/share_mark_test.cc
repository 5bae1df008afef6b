#include "harness/linux/share_mark.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/testing/scratch_directory.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

class ShareMark : public testing::Test {
 protected:
  ShareMark() { scratch_.write("file", "x"); }
  [[nodiscard]] Descriptor open_file() const {
    return Descriptor(::open((scratch_.path() / "file").c_str(), O_RDWR | O_CLOEXEC));
  }
  ScratchDirectory scratch_;
};

TEST_F(ShareMark, EveryModeComesBack) {
  const Descriptor file = open_file();
  EXPECT_FALSE(marked_mode(::getpid(), file.get())) << "nobody has marked it";
  for (FileBits access = 0; access < 8; ++access) {
    for (FileBits share = 0; share < 8; ++share) {
      ASSERT_TRUE(mark_mode(file.get(), {access, share}));
      const auto found = marked_mode(::getpid(), file.get());
      ASSERT_TRUE(found);
      EXPECT_EQ(found->access, access);
      EXPECT_EQ(found->share, share);
    }
  }
}

// It is the description that is marked: duplicates have it, another open of the same file has not.
TEST_F(ShareMark, LivesAsLongAsTheDescription) {
  const Descriptor file = open_file();
  ASSERT_TRUE(mark_mode(file.get(), {read_bit, delete_bit}));
  const Descriptor copy(::dup(file.get())), other = open_file();
  EXPECT_TRUE(marked_mode(::getpid(), copy.get()));
  EXPECT_FALSE(marked_mode(::getpid(), other.get()));
  EXPECT_FALSE(marked_mode(::getpid(), 9999));
}

TEST_F(ShareMark, DeclaredModesKeepTheFlagsApart) {
  for (FileBits access = 0; access < 8; ++access) {
    for (FileBits share = 0; share < 8; ++share) {
      const auto declared = declared_mode(with_declared_mode(O_RDWR | O_CREAT | O_CLOEXEC, {access, share}));
      EXPECT_EQ(declared.open_flags, std::uint64_t{O_RDWR | O_CREAT | O_CLOEXEC});
      ASSERT_TRUE(declared.mode);
      EXPECT_EQ(declared.mode->access, access);
      EXPECT_EQ(declared.mode->share, share);
    }
  }
  EXPECT_FALSE(declared_mode(O_RDWR).mode);
}

// Who is not in a domain, and asks for a mode, must not believe that it has it.
TEST_F(ShareMark, TheKernelRefusesDeclaredModes) {
  struct {
    std::uint64_t flags, mode, resolve;
  } how{with_declared_mode(O_RDONLY, {read_bit, 0}), 0, 0};
  EXPECT_EQ(::syscall(SYS_openat2, AT_FDCWD, (scratch_.path() / "file").c_str(), &how, sizeof how), -1);
  EXPECT_EQ(errno, EINVAL);
}

}  // namespace
}  // namespace holdfast
