// What doctor says where a container's rules forbid what a run needs.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using Doctor = RunTest;

// From here on this process and all it starts get EPERM, as in a container whose profile does not list the call.
bool forbid(std::uint32_t call) {
  std::array<sock_filter, 4> rules{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{rules.size(), rules.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(Doctor, NamesWhatAContainerForbidsAndTheOptionThatAllowsIt) {
  struct Forbidden {
    std::uint32_t call;
    std::string subject, option;
    bool works;  // runs do without
  };
  const Forbidden table[] = {
      {SYS_seccomp, "seccomp user notification", "--security-opt seccomp=unconfined", false},
      {SYS_process_vm_readv, "reading agents' memory", "--cap-add SYS_PTRACE", false},
      {SYS_pidfd_getfd, "share modes of handles", "--cap-add SYS_PTRACE", true},
  };
  for (const Forbidden& forbidden : table) {
    SCOPED_TRACE(forbidden.subject);
    ProcessOptions options;
    options.prepare = [&] { return forbid(forbidden.call); };
    const auto end = holdfast({"doctor", "--json"}, options);
    EXPECT_EQ(end.exit_code, forbidden.works ? 0 : 70);
    for (const auto& row : nlohmann::json::parse(end.out)) {
      const bool this_one = row.at("subject") == forbidden.subject;
      EXPECT_EQ(row.at("works"), !this_one || forbidden.works) << row;
      if (!this_one) continue;
      EXPECT_TRUE(holds(row.at("found"), "Operation not permitted")) << row;
      EXPECT_TRUE(holds(row.at("advice"), forbidden.option)) << row;
    }
  }
}

}  // namespace
}  // namespace holdfast
