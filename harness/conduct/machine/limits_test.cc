#include "harness/conduct/machine/limits.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/testing/child_process.h"

namespace holdfast {
namespace {

using Sentences = std::vector<std::string>;

TEST(Limits, say_which_one_is_too_low_and_by_how_much) {
  const std::vector<Limit> limits{
      {Resource::processes, "this user", 1000, 37, "ulimit -u {}"},
      {Resource::processes, "this machine", 32768, 200, "sysctl kernel.pid_max={}"},
      {Resource::descriptors, "a process", 100, 0, "ulimit -n {}"},
      {Resource::memory, "this machine", std::uint64_t{300} << 20U, 0, ""},
  };
  EXPECT_EQ(
      shortages(limits, 1000, 2),
      (Sentences{
          "1000 agents need 1004 processes, and this user has 963 left of 1000: 41 too few; ulimit -u 1041",
          "1000 agents need 128 descriptors, and a process has 100 left: 28 too few; ulimit -n 128",
          "1000 agents need 629 MiB of memory, and this machine has 300 MiB left: 329 MiB too little"}));
  EXPECT_EQ(
      shortages(limits, 1000, 2, processes_of_a_command)[0],
      "1000 agents need 3004 processes, and this user has 963 left of 1000: 2041 too few; ulimit -u 3041");
  EXPECT_EQ(shortages({limits[0]}, 961, 0), Sentences{});
  EXPECT_EQ(shortages({limits[0]}, 962, 0).size(), 1U);
  EXPECT_EQ(shortages({}, 100'000, 0), Sentences{});
  // More in use than allowed: the limit was lowered since.
  EXPECT_EQ(shortages({{Resource::processes, "this user", 10, 12, ""}}, 1, 0),
            Sentences{"1 agent needs 3 processes, and this user has 0 left of 10: 3 too few"});
}

RC_GTEST_PROP(LimitsProperty, there_is_room_for_as_many_as_fit, ()) {
  std::vector<Limit> limits;
  for (const Resource resource : {Resource::processes, Resource::descriptors, Resource::memory}) {
    const std::uint64_t scale = resource == Resource::memory ? 1U << 20U : 1U;
    limits.push_back({resource, "x", scale * *rc::gen::inRange<std::uint64_t>(0, 50'000),
                      scale * *rc::gen::inRange<std::uint64_t>(0, 1'000), ""});
  }
  const std::uint64_t room = room_for_agents(limits);
  if (room > 0) {
    RC_ASSERT(shortages(limits, room, 2).empty());
  }
  RC_ASSERT(!shortages(limits, room + 1, 2).empty());
}

// In a child, since a limit once lowered stays.
TEST(Limits, are_read_where_they_bind) {
  ChildProcess child([] {
    rlimit files{300, 300};
    rlimit processes{4000, 4000};
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return 2;
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 3;
    if (::setrlimit(RLIMIT_NPROC, &processes) != 0) return 4;
    bool descriptors = false, user = false, machine = false, memory = false;
    for (const Limit& limit : limits_here()) {
      descriptors = descriptors || (limit.resource == Resource::descriptors && limit.most == 300);
      user = user || (limit.whose == "this user" && limit.most == 4000 && limit.used >= 1);
      machine = machine || (limit.whose == "this machine" && limit.resource == Resource::processes &&
                            limit.used > 1 && limit.most > limit.used);
      memory = memory || (limit.resource == Resource::memory && limit.left() > 0);
    }
    return descriptors && user && machine && memory ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace holdfast
