// Whoever waited for an answer of a process that died goes on.
#include "harness/crowd/launch/minder.h"

#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/launcher_messages.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {
namespace {

// A child that renames a to b and b to c, and whose calls nobody answers yet.
class MinderTest : public testing::Test {
 protected:
  MinderTest() {
    scratch_.write("a", "1");
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    const Descriptor ours(ends[0]), theirs(ends[1]);
    child_.emplace([&] {
      auto listener = install_filter();
      if (!listener) return 2;
      LauncherMessage hello{.kind = LauncherMessageKind::ready};
      hello.descriptor = Descriptor(*listener);
      if (!send_message(theirs.get(), hello)) return 3;
      hello.descriptor.reset();
      const auto path = [&](const char* name) { return (scratch_.path() / name).string(); };
      return ::rename(path("a").c_str(), path("b").c_str()) == 0 &&
                     ::rename(path("b").c_str(), path("c").c_str()) == 0
                 ? 0
                 : 1;
    });
    auto hello = receive_message(ours.get());
    EXPECT_TRUE(hello && *hello && (*hello)->descriptor);
    if (hello && *hello) listener_ = std::move((*hello)->descriptor);
  }
  std::uint64_t receive() {
    seccomp_notif notification{};
    EXPECT_EQ(::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &notification), 0);
    return notification.id;
  }
  [[nodiscard]] bool renamed() const { return std::filesystem::exists(scratch_.path() / "c"); }

  const ScratchDirectory scratch_;
  std::optional<ChildProcess> child_;
  Descriptor listener_;
};

TEST_F(MinderTest, AnswersWhatWasReceivedAndWhatComes) {
  auto minder = Minder::start(listener_);
  ASSERT_TRUE(minder);
  WaitingCall call;
  call.id = receive();
  minder->schedule()->next({call});
  listener_.reset();
  minder = fail(Code::failed, "as if this process had died");
  EXPECT_EQ(child_->wait(), 0);
  EXPECT_TRUE(renamed());
}

TEST_F(MinderTest, TakesOverInGoodOrder) {
  auto minder = Minder::start(listener_);
  ASSERT_TRUE(minder);
  EXPECT_TRUE(minder->take_over(std::move(listener_)));
  EXPECT_EQ(child_->wait(), 0);
  EXPECT_TRUE(renamed());
}

}  // namespace
}  // namespace holdfast
