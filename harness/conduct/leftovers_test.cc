#include "harness/conduct/leftovers.h"

#include <gtest/gtest.h>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using Names = std::vector<std::string>;

const Names queue_and_lock = {"queue.json", "queue.json.lock"};

TEST(Leftovers, QueueLockAndCorruptQueuesBelong) {
  const ScratchDirectory store;
  for (const char* name : {"queue.json", "queue.json.lock", "queue.json.corrupt-20260101-1"})
    store.write(name, "x");
  EXPECT_EQ(find_leftovers(store.path(), false, queue_and_lock), Names{});
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock), Names{});
  EXPECT_EQ(store.names().size(), 3U);
}

TEST(Leftovers, AnythingElseIsNamedInOrderAndLeftAlone) {
  const ScratchDirectory store;
  for (const char* name :
       {"z", "queue.json.tmp", "queue.json~", ".hidden", "queue.json.lock2", "QUEUE.JSON"}) {
    store.write(name, "x");
  }
  const Names expected{".hidden", "QUEUE.JSON", "queue.json.lock2", "queue.json.tmp", "queue.json~", "z"};
  EXPECT_EQ(find_leftovers(store.path(), false, queue_and_lock), expected);
  EXPECT_EQ(store.names(), expected);
}

TEST(Leftovers, SweepRemovesTempFilesAndNothingElse) {
  const ScratchDirectory store;
  for (const char* name :
       {"queue.json", "queue.json.tmp", "queue.json.1-2-3.tmp", "notes.txt", "x.tmp.kept"}) {
    store.write(name, "x");
  }
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock), (Names{"notes.txt", "x.tmp.kept"}));
  EXPECT_EQ(store.names(), (Names{"notes.txt", "queue.json", "x.tmp.kept"}));
}

// A temp file's name may belong to something that is not ours to remove; it must not be passed
// over in silence.
TEST(Leftovers, SweepNamesWhatItCannotRemove) {
  const ScratchDirectory store;
  std::filesystem::create_directories(store.path() / "full.tmp" / "inside");
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock), Names{"full.tmp"});
  EXPECT_TRUE(std::filesystem::exists(store.path() / "full.tmp" / "inside"));
}

TEST(Leftovers, SweepRemovesALinkNotItsTarget) {
  const ScratchDirectory store, other;
  other.write("precious", "x");
  std::filesystem::create_symlink(other.path() / "precious", store.path() / "link.tmp");
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock), Names{});
  EXPECT_EQ(other.read("precious"), "x");
}

TEST(Leftovers, NoStoreNoLeftovers) {
  const ScratchDirectory store;
  EXPECT_EQ(find_leftovers(store.path() / "missing", true, queue_and_lock), Names{});
}

TEST(Leftovers, WhatTheScenarioLetsStayIsNone) {
  const ScratchDirectory store;
  for (const char* name : {"queue.db", "queue.db-wal", "queue.json"}) store.write(name, "x");
  EXPECT_EQ(find_leftovers(store.path(), false, {"queue.db*"}), Names{"queue.json"});
}

}  // namespace
}  // namespace holdfast
