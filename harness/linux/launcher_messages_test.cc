#include "harness/linux/launcher_messages.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <rapidcheck/gtest.h>

#include <array>

namespace holdfast {
namespace {

struct Ends {
  Ends() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    here = Descriptor(ends[0]);
    there = Descriptor(ends[1]);
  }
  Descriptor here, there;
};

RC_GTEST_PROP(LauncherMessages, ComeOutAsTheyWentIn, ()) {
  const Ends ends;
  LauncherMessage sent{.kind = *rc::gen::element(LauncherMessageKind::spawn, LauncherMessageKind::exited,
                                                 LauncherMessageKind::refused, LauncherMessageKind::signal)};
  sent.token = *rc::gen::arbitrary<std::uint32_t>();
  sent.process = *rc::gen::arbitrary<pid_t>();
  sent.status = *rc::gen::arbitrary<std::int32_t>();
  sent.error = *rc::gen::arbitrary<std::int32_t>();
  // Arguments as execve takes them: any bytes but NUL, and empty ones count.
  sent.arguments = *rc::gen::container<std::vector<std::string>>(
      rc::gen::container<std::string>(rc::gen::nonZero<char>()));
  RC_ASSERT(send_message(ends.here.get(), sent).has_value());
  const auto received = receive_message(ends.there.get());
  RC_ASSERT((received && received->has_value()));  // in parentheses, or both sides are evaluated
  const LauncherMessage& got = **received;
  RC_ASSERT(got.kind == sent.kind);
  RC_ASSERT(got.token == sent.token);
  RC_ASSERT(got.process == sent.process);
  RC_ASSERT(got.status == sent.status);
  RC_ASSERT(got.error == sent.error);
  RC_ASSERT(got.arguments == sent.arguments);
  RC_ASSERT(!got.descriptor);
}

TEST(LauncherMessages, DescriptorGoesAlong) {
  const Ends ends;
  LauncherMessage sent{.kind = LauncherMessageKind::ready};
  sent.descriptor = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(send_message(ends.here.get(), sent));
  const auto received = receive_message(ends.there.get());
  ASSERT_TRUE(received && *received);
  const int fd = (*received)->descriptor.get();
  ASSERT_GE(fd, 0);
  EXPECT_NE(fd, sent.descriptor.get());
  struct stat ours {
  }, theirs{};
  ::fstat(sent.descriptor.get(), &ours);
  ::fstat(fd, &theirs);
  EXPECT_EQ(ours.st_rdev, theirs.st_rdev);
  EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);  // an agent must not inherit it
}

TEST(LauncherMessages, TheOtherEndIsGone) {
  Ends ends;
  ends.there.reset();
  const auto received = receive_message(ends.here.get());
  ASSERT_TRUE(received);
  EXPECT_FALSE(*received);
  EXPECT_FALSE(send_message(ends.here.get(), {.kind = LauncherMessageKind::gone}));  // and no SIGPIPE
}

TEST(LauncherMessages, TooLongIsRefusedAndNothingIsSent) {
  const Ends ends;
  LauncherMessage sent{.kind = LauncherMessageKind::spawn};
  sent.arguments = {std::string(60 * 1024, 'x')};
  EXPECT_TRUE(send_message(ends.here.get(), sent));
  EXPECT_TRUE(receive_message(ends.there.get()));
  sent.arguments.push_back(std::string(8 * 1024, 'y'));
  const auto refused = send_message(ends.here.get(), sent);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_EQ(::recv(ends.there.get(), nullptr, 0, MSG_DONTWAIT), -1);
}

// Not what send_message() writes: a head cut short, and packets without a last NUL, up to the
// longest there is.
TEST(LauncherMessages, StrangePackets) {
  constexpr std::size_t head_bytes = 20;  // five numbers of 4 bytes
  for (const std::size_t size :
       {std::size_t{1}, head_bytes - 1, head_bytes, head_bytes + 1, std::size_t{65536}}) {
    SCOPED_TRACE(size);
    const Ends ends;
    const std::string packet(size, 'x');
    ASSERT_EQ(::send(ends.here.get(), packet.data(), packet.size(), 0), static_cast<ssize_t>(size));
    const auto received = receive_message(ends.there.get());
    ASSERT_EQ(received.has_value(), size >= head_bytes);
    if (!received) continue;
    std::size_t bytes = 0;
    for (const std::string& argument : (*received)->arguments) bytes += argument.size();
    EXPECT_EQ(bytes, size - head_bytes);
  }
}

}  // namespace
}  // namespace holdfast
