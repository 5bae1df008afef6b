#include "harness/conduct/watch/leftovers.h"

#include <gtest/gtest.h>

#include "core/base/clock.h"
#include "core/testing/scratch_directory.h"
#include "harness/store/walk.h"

namespace holdfast {
namespace {

using Names = std::vector<std::string>;

const Names queue_and_lock = {"queue.json", "queue.json.lock"};

TEST(Leftovers, QueueAndLockBelongAndOfTheCoreItsCorruptQueues) {
  const ScratchDirectory store;
  for (const char* name : {"queue.json", "queue.json.lock", "queue.json.corrupt-20260101-1"})
    store.write(name, "x");
  Subject subject;
  EXPECT_EQ(find_leftovers(store.path(), false, files_of(subject)).paths, Names{});
  EXPECT_EQ(find_leftovers(store.path(), true, files_of(subject)).paths, Names{});
  subject.kind = SubjectKind::command;
  EXPECT_EQ(find_leftovers(store.path(), true, files_of(subject)).paths,
            Names{"queue.json.corrupt-20260101-1"});
  EXPECT_EQ(count_files(store.path()), 3U);
}

TEST(Leftovers, AFileIsMadeAndChangedOnOurClock) {
  const ScratchDirectory store;
  constexpr std::int64_t tick_ns = 20'000'000;
  const std::int64_t before_ns = monotonic_ns();
  const FileTimes times = times_of(store.write("x", "y"));
  const std::int64_t after_ns = monotonic_ns();
  for (const std::int64_t time_ns : {times.born_ns, times.changed_ns}) {
    if (time_ns == 0) continue;  // a filesystem that does not keep it
    EXPECT_GE(time_ns, before_ns - tick_ns);
    EXPECT_LE(time_ns, after_ns + tick_ns);
  }
  EXPECT_NE(times.changed_ns, 0);
  EXPECT_EQ(times_of(store.path() / "missing").changed_ns, 0);
}

TEST(Leftovers, AnythingElseIsNamedInOrderAndLeftAlone) {
  const ScratchDirectory store;
  for (const char* name :
       {"z", "queue.json.tmp", "queue.json~", ".hidden", "queue.json.lock2", "QUEUE.JSON"}) {
    store.write(name, "x");
  }
  const Names expected{".hidden", "QUEUE.JSON", "queue.json.lock2", "queue.json.tmp", "queue.json~", "z"};
  EXPECT_EQ(find_leftovers(store.path(), false, queue_and_lock).paths, expected);
  EXPECT_EQ(store.names(), expected);
}

TEST(Leftovers, SweepRemovesTempFilesAndNothingElse) {
  const ScratchDirectory store;
  for (const char* name :
       {"queue.json", "queue.json.tmp", "queue.json.1-2-3.tmp", "notes.txt", "x.tmp.kept"}) {
    store.write(name, "x");
  }
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock).paths, (Names{"notes.txt", "x.tmp.kept"}));
  EXPECT_EQ(store.names(), (Names{"notes.txt", "queue.json", "x.tmp.kept"}));
}

// A temp file's name may belong to something that is not ours to remove; it must not be passed
// over in silence.
TEST(Leftovers, SweepNamesWhatItCannotRemove) {
  const ScratchDirectory store;
  std::filesystem::create_directories(store.path() / "full.tmp" / "inside");
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock).paths, Names{"full.tmp"});
  EXPECT_TRUE(std::filesystem::exists(store.path() / "full.tmp" / "inside"));
}

TEST(Leftovers, SweepRemovesALinkNotItsTarget) {
  const ScratchDirectory store, other;
  other.write("precious", "x");
  std::filesystem::create_symlink(other.path() / "precious", store.path() / "link.tmp");
  EXPECT_EQ(find_leftovers(store.path(), true, queue_and_lock).paths, Names{});
  EXPECT_EQ(other.read("precious"), "x");
}

TEST(Leftovers, NoStoreNoLeftovers) {
  const ScratchDirectory store;
  EXPECT_EQ(find_leftovers(store.path() / "missing", true, queue_and_lock).paths, Names{});
}

TEST(Leftovers, WhatTheScenarioLetsStayIsNone) {
  const ScratchDirectory store;
  for (const char* name : {"queue.db", "queue.db-wal", "queue.json"}) store.write(name, "x");
  EXPECT_EQ(find_leftovers(store.path(), false, {"queue.db*"}).paths, Names{"queue.json"});
}

// Each row: what the scenario declares, and what of the store is left over then.
TEST(Leftovers, OfDirectories) {
  const ScratchDirectory store;
  for (const char* directory : {"tmp", "new", "cur/deep", "stage/one/two", "empty"})
    std::filesystem::create_directories(store.path() / directory);
  for (const char* name : {"tmp/1.part", "new/1", "new/2", "cur/deep/3", "stage/one/two/x", "queue.json"})
    store.write(name, "x");
  struct Row {
    Names declared, left;
  };
  const std::vector<Row> rows = {
      {{"queue.json"}, {"cur", "empty", "new", "stage", "tmp"}},
      // A directory that fits belongs with all that is in it.
      {{"queue.json", "tmp", "new", "cur", "stage", "empty"}, {}},
      {{"queue.json", "[a-z]*"}, {}},
      // A path says where files may be, and keeps the directories on the way.
      {{"queue.json", "new/*", "cur/**"}, {"empty", "stage", "tmp"}},
      {{"queue.json", "new/1", "cur/*/3", "stage/**/x"}, {"empty", "new/2", "tmp"}},
      {{"**/[1-3x]", "*.json"}, {"tmp/1.part"}},
      // Directories themselves, and not what is in them.
      {{"queue.json", "tmp/", "new/", "cur/deep/", "empty/"},
       {"cur/deep/3", "new/1", "new/2", "stage", "tmp/1.part"}},
      {{"queue.json", "tmp/", "new/*", "cur/", "deep/", "3", "stage/", "one", "empty/"}, {"tmp/1.part"}},
      // A name fits in any directory.
      {{"queue.json", "x", "3", "1"}, {"empty", "new/2", "tmp"}},
  };
  for (const Row& row : rows) {
    const Leftovers found = find_leftovers(store.path(), false, row.declared);
    EXPECT_EQ(found.paths, row.left) << testing::PrintToString(row.declared);
    EXPECT_TRUE(found.complete);
  }
}

TEST(Leftovers, SweepsTempFilesInEveryDirectoryAndFollowsNoLink) {
  const ScratchDirectory store, other;
  std::filesystem::create_directories(store.path() / "stage" / "one.tmp");
  store.write("stage/one.tmp/x.tmp", "x");
  store.write("stage/kept", "x");
  other.write("precious.tmp", "x");
  std::filesystem::create_directory_symlink(other.path(), store.path() / "link");
  EXPECT_EQ(find_leftovers(store.path(), true, {"kept", "link"}).paths, Names{});
  EXPECT_EQ(store.names(), (Names{"link", "stage"}));
  EXPECT_FALSE(std::filesystem::exists(store.path() / "stage" / "one.tmp"));
  EXPECT_EQ(other.read("precious.tmp"), "x");
}

TEST(Leftovers, SaysWhereItDidNotLook) {
  const ScratchDirectory store;
  std::filesystem::path deep = store.path();
  for (std::size_t i = 0; i <= deepest_store + 1; ++i) deep /= "d";
  std::filesystem::create_directories(deep);
  EXPECT_FALSE(find_leftovers(store.path(), false, {"*"}).complete);
}

}  // namespace
}  // namespace holdfast
