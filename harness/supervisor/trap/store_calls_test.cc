#include "harness/supervisor/trap/store_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <algorithm>

#include "harness/supervisor/trap/testing_calls.h"
#include "harness/supervisor/trap/trapped_calls.h"

namespace holdfast {
namespace {

TEST(StoreCalls, SayWhatTheyWorkOn) {
  struct Case {
    seccomp_data data;
    std::string_view name;
    int descriptor;
    StoreCall::Path first, second;
  };
  const Case table[] = {
#ifdef SYS_open
      {call_of(SYS_open, {1, O_RDONLY}), "open", -1, {AT_FDCWD, 1}, {}},
      {call_of(SYS_creat, {1}), "creat", -1, {AT_FDCWD, 1}, {}},
      {call_of(SYS_unlink, {1}), "unlink", -1, {AT_FDCWD, 1}, {}},
      {call_of(SYS_rename, {1, 2}), "rename", -1, {AT_FDCWD, 1}, {AT_FDCWD, 2}},
#endif
      {call_of(SYS_openat, {dirt | at_fdcwd, 1}), "open", -1, {AT_FDCWD, 1}, {}},
      {call_of(SYS_openat, {7, 1}), "open", -1, {7, 1}, {}},
      {call_of(SYS_renameat2, {7, 1, 8, 2, 0}), "rename", -1, {7, 1}, {8, 2}},
      {call_of(SYS_linkat, {7, 1, 8, 2, 0}), "link", -1, {7, 1}, {8, 2}},
      {call_of(SYS_symlinkat, {1, 8, 2}), "symlink", -1, {8, 2}, {}},
      {call_of(SYS_close, {dirt | 9}), "close", 9, {}, {}},
      {call_of(SYS_pwrite64, {9, 1, 2, 3}), "pwrite", 9, {}, {}},
      {call_of(SYS_copy_file_range, {4, 0, 9, 0}), "copy_file_range", 9, {}, {}},
      {call_of(SYS_fdatasync, {9}), "fdatasync", 9, {}, {}},
      {call_of(SYS_fcntl, {9, dirt | F_OFD_SETLK, 3}), "fcntl", 9, {}, {}},
  };
  for (const Case& each : table) {
    SCOPED_TRACE(testing::Message() << "call " << each.data.nr);
    const auto call = describe_store_call(each.data);
    ASSERT_TRUE(call);
    EXPECT_EQ(call->name, each.name);
    EXPECT_EQ(call->descriptor, each.descriptor);
    EXPECT_EQ(call->paths[0].directory, each.first.directory);
    EXPECT_EQ(call->paths[0].address, each.first.address);
    EXPECT_EQ(call->paths[1].directory, each.second.directory);
    EXPECT_EQ(call->paths[1].address, each.second.address);
  }
}

TEST(StoreCalls, LooksDoNotCount) {
  for (const long number : {SYS_read, SYS_pread64, SYS_getdents64, SYS_fstat, SYS_mmap, SYS_exit_group}) {
    EXPECT_FALSE(describe_store_call(call_of(number, {9}))) << number;
  }
  EXPECT_FALSE(describe_store_call(call_of(SYS_fcntl, {9, F_OFD_GETLK, 3})));
  EXPECT_FALSE(describe_store_call(call_of(SYS_fcntl, {9, F_SETFD, FD_CLOEXEC})));
}

// What is decided is what can be killed before, too; and nothing is trapped twice.
TEST(StoreCalls, JoinTheDecidedOnes) {
  auto all = store_calls();
  for (const long decided : decided_calls()) {
    EXPECT_TRUE(describe_store_call(call_of(decided, {1, 2, 3, 4}))) << decided;
    all.push_back(decided);
  }
  for (const long number : all) EXPECT_FALSE(is_identity_call(call_of(number, {}))) << number;
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

}  // namespace
}  // namespace holdfast
