#include "harness/linux/sealed_text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace holdfast {
namespace {

TEST(SealedText, IsReadByWhoeverInheritsItAndNeverChanged) {
  const std::string text(100'000, 'x');
  auto sealed = sealed_text(text);
  ASSERT_TRUE(sealed);
  EXPECT_NE(::pwrite(sealed->get(), "y", 1, 0), 1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_NE(::ftruncate(sealed->get(), 0), 0);
  for (int reader = 0; reader < 2; ++reader) {  // they share one offset
    const int inherited = ::dup(sealed->get());
    EXPECT_EQ(take_sealed_text(inherited), text);
    EXPECT_EQ(::fcntl(inherited, F_GETFD), -1) << "it is closed";
  }
}

TEST(SealedText, IsNothingElse) {
  const Descriptor other(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(take_sealed_text(other.get()));
  EXPECT_NE(::fcntl(other.get(), F_GETFD), -1) << "it is left alone";
  EXPECT_FALSE(take_sealed_text(-1));
}

}  // namespace
}  // namespace holdfast
