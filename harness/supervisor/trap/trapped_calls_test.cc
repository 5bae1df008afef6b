#include "harness/supervisor/trap/trapped_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/syscall.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

#include "harness/supervisor/trap/testing_calls.h"

namespace holdfast {
namespace {

struct Shape {
  Function function;
  int from_directory;
  std::uint64_t from_path;
  int to_directory;
  std::uint64_t to_path;
  unsigned flags;
  bool flags_known;
};

TEST(TrappedCalls, EveryFormDecodes) {
  const std::pair<seccomp_data, Shape> table[] = {
#ifdef SYS_rename
      {call_of(SYS_rename, {1, 2}), {Function::rename, AT_FDCWD, 1, AT_FDCWD, 2, 0, true}},
      {call_of(SYS_unlink, {1}), {Function::unlink, AT_FDCWD, 1, 0, 0, 0, true}},
      {call_of(SYS_rmdir, {1}), {Function::rmdir, AT_FDCWD, 1, 0, 0, 0, true}},
      {call_of(SYS_link, {1, 2}), {Function::link, AT_FDCWD, 1, AT_FDCWD, 2, 0, true}},
#endif
      {call_of(SYS_renameat, {7, 1, dirt | at_fdcwd, 2}), {Function::rename, 7, 1, AT_FDCWD, 2, 0, true}},
      {call_of(SYS_renameat2, {dirt | 7, 1, 8, 2, 0}), {Function::rename, 7, 1, 8, 2, 0, true}},
      {call_of(SYS_renameat2, {7, 1, 8, 2, dirt | RENAME_NOREPLACE}),
       {Function::rename, 7, 1, 8, 2, RENAME_NOREPLACE, true}},
      {call_of(SYS_renameat2, {7, 1, 8, 2, RENAME_EXCHANGE}),
       {Function::rename, 7, 1, 8, 2, RENAME_EXCHANGE, false}},
      {call_of(SYS_renameat2, {7, 1, 8, 2, RENAME_NOREPLACE | RENAME_WHITEOUT}),
       {Function::rename, 7, 1, 8, 2, RENAME_NOREPLACE | RENAME_WHITEOUT, false}},
      {call_of(SYS_unlinkat, {7, 1, 0}), {Function::unlink, 7, 1, 0, 0, 0, true}},
      {call_of(SYS_unlinkat, {7, 1, dirt | AT_REMOVEDIR}), {Function::rmdir, 7, 1, 0, 0, 0, true}},
      {call_of(SYS_unlinkat, {7, 1, 1}), {Function::unlink, 7, 1, 0, 0, 0, false}},
      {call_of(SYS_linkat, {7, 1, 8, 2, AT_SYMLINK_FOLLOW}),
       {Function::link, 7, 1, 8, 2, AT_SYMLINK_FOLLOW, true}},
      {call_of(SYS_linkat, {7, 1, 8, 2, AT_EMPTY_PATH}), {Function::link, 7, 1, 8, 2, AT_EMPTY_PATH, false}},
  };
  for (const auto& [data, shape] : table) {
    SCOPED_TRACE(testing::Message() << "call " << data.nr << ", flags " << shape.flags);
    const auto call = decode(data);
    ASSERT_TRUE(call);
    EXPECT_EQ(call->function, shape.function);
    EXPECT_EQ(call->from_directory, shape.from_directory);
    EXPECT_EQ(call->from_path, shape.from_path);
    EXPECT_EQ(call->to_path, shape.to_path);
    EXPECT_EQ(call->to_directory, shape.to_directory);
    EXPECT_EQ(call->flags, shape.flags);
    EXPECT_EQ(call->flags_known, shape.flags_known);
  }
}

struct OpenShape {
  Function function;
  int directory;
  std::uint64_t path, open_flags, mode, how, how_bytes;
  std::int64_t length = 0;
};

TEST(TrappedCalls, OpensDecode) {
  constexpr std::uint64_t creat = O_CREAT | O_WRONLY | O_TRUNC;
  const std::pair<seccomp_data, OpenShape> table[] = {
#ifdef SYS_open
      {call_of(SYS_open, {1, O_RDWR | O_CREAT, 0600}),
       {Function::open, AT_FDCWD, 1, O_RDWR | O_CREAT, 0600, 0, 0}},
      {call_of(SYS_creat, {1, 0640}), {Function::open, AT_FDCWD, 1, creat, 0640, 0, 0}},
#endif
      {call_of(SYS_openat, {dirt | 7, 1, dirt | O_WRONLY, 0600}), {Function::open, 7, 1, O_WRONLY, 0, 0, 0}},
      {call_of(SYS_openat, {7, 1, O_RDWR | O_CREAT | 1U << 27, 0100644}),
       {Function::open, 7, 1, O_RDWR | O_CREAT, 0644, 0, 0}},
      {call_of(SYS_openat, {7, 1, O_PATH | O_CREAT | O_TRUNC, 0600}),
       {Function::open, 7, 1, O_PATH, 0, 0, 0}},
      {call_of(SYS_openat, {7, 1, O_TMPFILE | O_RDWR, 0600}),
       {Function::open, 7, 1, O_TMPFILE | O_RDWR, 0600, 0, 0}},
      {call_of(SYS_openat2, {7, 1, 2, 24}), {Function::open, 7, 1, 0, 0, 2, 24}},
      {call_of(SYS_truncate, {1, 1ULL << 33}), {Function::truncate, AT_FDCWD, 1, 0, 0, 0, 0, 1LL << 33}},
  };
  for (const auto& [data, shape] : table) {
    SCOPED_TRACE(testing::Message() << "call " << data.nr);
    const auto call = decode(data);
    ASSERT_TRUE(call);
    EXPECT_EQ(call->function, shape.function);
    EXPECT_EQ(call->from_directory, shape.directory);
    EXPECT_EQ(call->from_path, shape.path);
    EXPECT_EQ(call->open_flags, shape.open_flags);
    EXPECT_EQ(call->mode, shape.mode);
    EXPECT_EQ(call->how, shape.how);
    EXPECT_EQ(call->how_bytes, shape.how_bytes);
    EXPECT_EQ(call->length, shape.length);
  }
}

// Their numbers are those of other calls: they must be asked for first.
TEST(TrappedCalls, CallsOf32BitProgramsAreToldApart) {
  EXPECT_FALSE(is_32_bit(call_of(SYS_renameat, {})));
  EXPECT_FALSE(is_32_bit(call_of(-1, {}))) << "no call at all";
  EXPECT_FALSE(is_32_bit(call_of(x32_bit - 1, {})));
  EXPECT_TRUE(is_32_bit(call_of(x32_bit, {})));
  EXPECT_TRUE(is_32_bit(call_of(x32_bit | SYS_renameat, {})));
  seccomp_data other = call_of(SYS_renameat, {});
  other.arch = AUDIT_ARCH_I386;
  EXPECT_TRUE(is_32_bit(other));
}

// Whatever the filter traps, the supervisor can decode or knows to let through; there is no third kind.
TEST(TrappedCalls, DecidedAndIdentityCallsAreApart) {
  for (const auto& numbers : {decided_calls(), open_calls()}) {
    for (const long number : numbers) EXPECT_TRUE(decode(call_of(number, {}))) << number;
  }
  for (const long number : identity_calls()) {
    EXPECT_FALSE(decode(call_of(number, {}))) << number;
    EXPECT_TRUE(is_identity_call(call_of(number, {}))) << number;
  }
}

RC_GTEST_PROP(TrappedCalls, NothingElseDecodes, ()) {
  const auto number = *rc::gen::inRange<long>(-10, 600);
  const auto decided = decided_calls(), opens = open_calls();
  const bool expected = std::find(decided.begin(), decided.end(), number) != decided.end() ||
                        std::find(opens.begin(), opens.end(), number) != opens.end();
  RC_ASSERT(decode(call_of(number, {1, 2, 3, 4, 5, 6})).has_value() == expected);
}

}  // namespace
}  // namespace holdfast
