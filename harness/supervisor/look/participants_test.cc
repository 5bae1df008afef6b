#include "harness/supervisor/look/participants.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <map>
#include <thread>
#include <vector>

namespace holdfast {
namespace {

// Against a plain map: who was added last under a number is who is found, and is listed once, by its role.
RC_GTEST_PROP(Participants, BehaveAsAMapThatIsListedByRole, ()) {
  Participants participants;
  std::map<pid_t, Participant> model;
  for (int step = *rc::gen::inRange(0, 60); step > 0; --step) {
    const auto process = *rc::gen::inRange<pid_t>(1, 12);
    if (*rc::gen::inRange(0, 3) == 0) {
      participants.remove(process);
      model.erase(process);
    } else {
      const Participant added{*rc::gen::element(Role::agent, Role::injector),
                              *rc::gen::inRange<std::uint32_t>(0, 99),
                              static_cast<FileBits>(*rc::gen::inRange(0, 8))};
      participants.add(process, added);
      model.insert_or_assign(process, added);
    }
  }
  for (pid_t process = 0; process < 13; ++process) {
    const auto found = participants.find(process);
    const auto expected = model.find(process);
    RC_ASSERT(found.has_value() == (expected != model.end()));
    if (!found) continue;
    RC_ASSERT(found->role == expected->second.role);
    RC_ASSERT(found->index == expected->second.index);
    RC_ASSERT(found->share == expected->second.share);
  }
  for (const Role role : {Role::agent, Role::injector}) {
    std::vector<pid_t> expected;
    for (const auto& [process, participant] : model) {
      if (participant.role == role) expected.push_back(process);
    }
    RC_ASSERT(participants.processes(role) == expected);
  }
}

TEST(Participants, ManyThreads) {
  constexpr int threads = 4, each = 300;
  Participants participants;
  std::vector<std::thread> crowd;
  crowd.reserve(threads);
  for (int t = 0; t < threads; ++t) {
    crowd.emplace_back([&participants, t] {
      for (int i = 0; i < each; ++i) {
        participants.add(t * each + i + 1, {Role::agent, static_cast<std::uint32_t>(i), 0});
        static_cast<void>(participants.processes(Role::agent));
        static_cast<void>(participants.find(i));
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  EXPECT_EQ(participants.processes(Role::agent).size(), std::size_t{threads} * each);
}

}  // namespace
}  // namespace holdfast
