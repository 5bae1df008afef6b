// Many processes at one store: nothing acknowledged is lost, not even when some are killed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <map>
#include <optional>
#include <set>

#include "core/base/random.h"
#include "core/store/snapshot_store.h"
#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

StoreOptions crowd_options() {
  StoreOptions options;
  options.durability = Durability::process;
  options.lock_timeout = std::chrono::seconds(100);
  return options;
}

TEST(SnapshotStoreCrowd, eight_processes_lose_nothing) {
  constexpr int processes = 8;
  constexpr int broadcasts = 50;
  const ScratchDirectory scratch;
  std::vector<ChildProcess> crowd;
  crowd.reserve(processes);
  for (int sender = 0; sender < processes; ++sender) {
    crowd.emplace_back([&scratch, sender] {
      SnapshotStore store(scratch.path(), crowd_options());
      for (int number = 0; number < broadcasts; ++number) {
        Entry entry;
        entry.sender = std::to_string(sender);
        entry.id = entry.sender + "-" + std::to_string(number);
        if (!store.broadcast(entry, {"a", "b"})) return 1;
      }
      return 0;
    });
  }
  for (ChildProcess& one : crowd) EXPECT_EQ(one.wait(), 0);

  SnapshotStore store(scratch.path(), crowd_options());
  for (const std::string recipient : {"a", "b"}) {
    const auto entries = store.receive(recipient);
    ASSERT_TRUE(entries) << entries.error().message;
    EXPECT_EQ(entries->size(), static_cast<std::size_t>(processes * broadcasts));
    std::map<std::string, int> next;  // each sender's come in the order in which it sent them
    for (const Entry& entry : *entries) {
      EXPECT_EQ(entry.id, entry.sender + "-" + std::to_string(next[entry.sender]++));
    }
  }
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"queue.json", "queue.json.lock"}));
}

// One that broadcasts for ever and writes down each acknowledgement in a pipe, which outlives it.
ChildProcess acknowledging_sender(const std::filesystem::path& directory, int sender, int acknowledgements) {
  return ChildProcess([=] {
    SnapshotStore store(directory, crowd_options());
    for (int number = 0;; ++number) {
      Entry entry;
      entry.id = std::to_string(sender) + "-" + std::to_string(number);
      entry.body = std::string(3000, 'x');  // long enough to be cut by a kill
      if (!store.broadcast(entry, {"a"})) return 1;
      const std::array<int, 2> acknowledged{sender, number};
      if (::write(acknowledgements, acknowledged.data(), sizeof acknowledged) != sizeof acknowledged)
        return 2;
    }
  });
}

TEST(SnapshotStoreCrowd, kills_lose_nothing_acknowledged_and_leave_a_queue) {
  const ScratchDirectory scratch;
  std::array<int, 2> acknowledgements{};
  ASSERT_EQ(::pipe2(acknowledgements.data(), O_CLOEXEC), 0);
  Random random(1);
  constexpr int at_once = 4;
  constexpr int kills = 40;
  int next_sender = 0;
  std::vector<ChildProcess> crowd;
  crowd.reserve(at_once);
  std::set<std::string> acknowledged;
  const auto take_acknowledgement = [&] {
    std::array<int, 2> one{};
    ASSERT_EQ(::read(acknowledgements[0], one.data(), sizeof one), static_cast<ssize_t>(sizeof one));
    acknowledged.insert(std::to_string(one[0]) + "-" + std::to_string(one[1]));
  };
  for (int number = 0; number < at_once; ++number) {
    crowd.push_back(acknowledging_sender(scratch.path(), next_sender++, acknowledgements[1]));
  }
  for (int kill = 0; kill < kills; ++kill) {
    // Progress, not time, decides when to kill; a little spinning moves the kill about within an operation.
    for (std::uint64_t taken = random.next() % 6; taken > 0; --taken) take_acknowledgement();
    for (std::uint64_t spin = random.next() % 200'000; spin > 0; --spin) {
      asm volatile("" ::: "memory");
    }
    const std::size_t victim = random.next() % crowd.size();
    crowd[victim].send(SIGKILL);
    EXPECT_EQ(crowd[victim].wait(), -SIGKILL);
    std::swap(crowd[victim], crowd.back());
    crowd.pop_back();
    crowd.push_back(acknowledging_sender(scratch.path(), next_sender++, acknowledgements[1]));
    SnapshotStore watcher(scratch.path(), crowd_options());
    EXPECT_TRUE(watcher.load_entries());  // whole at every moment
  }
  crowd.clear();
  ::close(acknowledgements[1]);
  std::array<int, 2> left{};
  while (::read(acknowledgements[0], left.data(), sizeof left) == static_cast<ssize_t>(sizeof left)) {
    acknowledged.insert(std::to_string(left[0]) + "-" + std::to_string(left[1]));
  }
  ::close(acknowledgements[0]);

  SnapshotStore store(scratch.path(), crowd_options());
  ASSERT_TRUE(store.broadcast({.id = "last"}, {"a"}));
  const auto entries = store.load_entries();
  ASSERT_TRUE(entries) << entries.error().message;
  std::set<std::string> found;
  for (const Entry& entry : *entries) EXPECT_TRUE(found.insert(entry.id).second) << "twice: " << entry.id;
  EXPECT_GE(acknowledged.size(), 1U);
  for (const std::string& id : acknowledged) EXPECT_TRUE(found.contains(id)) << "lost: " << id;
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"queue.json", "queue.json.lock"}));
}

}  // namespace
}  // namespace holdfast
