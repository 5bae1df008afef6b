#include "harness/conduct/watch/agents_holdings.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/testing/scratch_directory.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

TEST(AgentsHoldings, BecomeEventsByProcess) {
  const ScratchDirectory scratch;
  const auto store = std::filesystem::canonical(scratch.path());
  const Descriptor lock(::open((store / "queue.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  scratch.write("queue.json", "old");
  const Descriptor replaced(::open((store / "queue.json").c_str(), O_RDONLY | O_CLOEXEC));
  std::filesystem::rename(scratch.write("new", "new"), store / "queue.json");
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  const auto held = holdings_of({{7, ::getpid()}}, store);
  const auto idle = idle_events(held);
  ASSERT_EQ(idle.size(), 1U);
  EXPECT_EQ(idle[0].process, 7U);
  EXPECT_EQ(idle[0].pid, ::getpid());
  EXPECT_EQ(idle[0].value, (std::array<std::uint64_t, 4>{2, 1, 0, 1}));
  EXPECT_TRUE(idle[0].text.ends_with(std::string(1, '\0') + (store / "queue.json").string()));
  const auto locks = lock_events(held, store, true);
  ASSERT_EQ(locks.size(), 2U);
  EXPECT_EQ(locks[0].type, EventType::locks);
  EXPECT_EQ(locks[0].value[0], 1U);
  EXPECT_EQ(locks[1].process, 7U);
  EXPECT_EQ(locks[1].pid, ::getpid());
  EXPECT_TRUE(locks[1].text.ends_with(std::string(1, '\0') + "queue.lock"));
}

TEST(AgentsHoldings, OnlyWhatIsThereBothTimesIsKept) {
  const std::vector<AgentHandles> before{
      {0, {{5, 3, "/s/a", false, false, "r"}, {5, 4, "/s/b", true, false, "r"}}}};
  auto after = before;
  after[0].handles[1].descriptor = 6;
  after.push_back({1, {{9, 3, "/s/a", false, false, "r"}}});
  const auto still = kept(before, after);
  ASSERT_EQ(still.size(), 2U);
  ASSERT_EQ(still[0].handles.size(), 1U);
  EXPECT_EQ(still[0].handles[0].path, "/s/a");
  EXPECT_TRUE(still[1].handles.empty());
}

}  // namespace
}  // namespace holdfast
