#include "core/os/os_error.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/testing/child_process.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

TEST(ClassifyErrno, refusals_of_the_queue_are_worth_a_retry) {
  for (const int os_code : {EACCES, EPERM, EBUSY}) {
    for (const FileCall call : {FileCall::rename, FileCall::unlink, FileCall::open}) {
      EXPECT_EQ(classify_errno(call, os_code, {}), Code::denied) << os_code;
    }
    for (const FileCall call : {FileCall::create, FileCall::read, FileCall::write, FileCall::flush,
                                FileCall::close, FileCall::status, FileCall::list, FileCall::lock}) {
      EXPECT_EQ(classify_errno(call, os_code, {}), Code::failed) << os_code;
    }
  }
}

TEST(ClassifyErrno, what_nobodys_letting_go_can_cure_fails_at_once) {
  struct Case {
    FileCall call;
    TargetFacts facts;
    Code code;
  };
  const std::vector<Case> cases{{FileCall::rename, {.is_directory = true}, Code::failed},
                                {FileCall::unlink, {.is_directory = true}, Code::failed},
                                {FileCall::open, {.is_directory = true}, Code::failed},
                                {FileCall::rename, {.read_only = true}, Code::failed},
                                {FileCall::unlink, {.read_only = true}, Code::failed},
                                {FileCall::open, {.read_only = true}, Code::denied},  // reading it is fine
                                {FileCall::rename, {.unreadable = true}, Code::denied},
                                {FileCall::open, {.unreadable = true}, Code::failed},
                                {FileCall::rename, {.mount_point = true}, Code::failed},
                                {FileCall::open, {.mount_point = true}, Code::denied},
                                {FileCall::rename, {.directory_unwritable = true}, Code::failed},
                                {FileCall::unlink, {.directory_unwritable = true}, Code::failed},
                                {FileCall::open, {.directory_unwritable = true}, Code::denied}};
  for (const Case& one : cases) {
    EXPECT_EQ(classify_errno(one.call, EACCES, one.facts), one.code) << static_cast<int>(one.call);
  }
}

TEST(ClassifyErrno, everything_else_has_its_code) {
  for (const int os_code : {ENOSPC, EDQUOT, EROFS, EIO, EMFILE, EISDIR, ENOTDIR, ELOOP, ENAMETOOLONG, EXDEV,
                            ENOSYS, EFBIG, EINVAL, ESTALE, ENOTEMPTY}) {
    EXPECT_EQ(classify_errno(FileCall::rename, os_code, {}), Code::failed) << os_code;
  }
  EXPECT_EQ(classify_errno(FileCall::open, ENOENT, {}), Code::not_found);
  EXPECT_EQ(classify_errno(FileCall::create, EEXIST, {}), Code::exists);
  EXPECT_EQ(classify_errno(FileCall::lock, EOPNOTSUPP, {}), Code::unsupported);
}

TEST(FileError, says_call_path_code_and_number) {
  const ScratchDirectory scratch;
  const Error error =
      file_error(FileCall::rename, EACCES, scratch.path() / "queue.json", scratch.path() / "temp");
  EXPECT_EQ(error.code, Code::denied);
  EXPECT_EQ(error.os_code, EACCES);
  EXPECT_EQ(error.message, "rename \"" + (scratch.path() / "temp").string() + "\" to \"" +
                               (scratch.path() / "queue.json").string() +
                               "\": EACCES (13), Permission denied: somebody holds the file right now");
  const Error full = file_error(FileCall::write, ENOSPC, "/x");
  EXPECT_EQ(full.message,
            "write \"/x\": ENOSPC (28), No space left on device: the disk is full; free some space");
  EXPECT_NE(file_error(FileCall::write, 4095, "/x").message.find("errno 4095 (4095)"), std::string::npos);
}

TEST(LookAtTarget, sees_what_stands_in_the_way) {
  const ScratchDirectory scratch;
  EXPECT_TRUE(look_at_target(scratch.path()).is_directory);
  const auto file = scratch.write("queue.json", "{}");
  TargetFacts facts = look_at_target(file);
  EXPECT_FALSE(facts.is_directory || facts.read_only || facts.unreadable || facts.mount_point ||
               facts.directory_unwritable);
  ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
  EXPECT_TRUE(look_at_target(file).read_only);
  // A missing file stands in nobody's way.
  EXPECT_FALSE(look_at_target(scratch.path() / "none").read_only);
  EXPECT_TRUE(look_at_target(scratch.path() / "no" / "none").directory_unwritable);
  EXPECT_TRUE(look_at_target("/proc/self/mounts").read_only);
}

// Root may do anything, so the child becomes somebody else where it can.
TEST(LookAtTarget, sees_with_the_eyes_of_the_user) {
  const ScratchDirectory scratch;
  const auto file = scratch.write("queue.json", "{}");
  ASSERT_EQ(::chmod(file.c_str(), 0200), 0);
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0555), 0);
  ChildProcess child([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 9;
    const TargetFacts facts = look_at_target(file);
    return (facts.unreadable ? 0 : 1) + (facts.directory_unwritable ? 0 : 2);
  });
  EXPECT_EQ(child.wait(), 0);
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0755), 0);
}

TEST(LookAtTarget, sees_a_sticky_directory_of_others) {
  HOLDFAST_NEEDS_ROOT("make a file that belongs to somebody else");
  const ScratchDirectory scratch;
  const auto file = scratch.write("queue.json", "{}");
  ASSERT_EQ(::chmod(scratch.path().c_str(), 01777), 0);
  ChildProcess stranger([&] {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 9;
    return look_at_target(file).directory_unwritable ? 0 : 1;
  });
  EXPECT_EQ(stranger.wait(), 0);
  EXPECT_FALSE(look_at_target(file).directory_unwritable);
}

}  // namespace
}  // namespace holdfast
