// Directories that come, go and move while they are watched.
#include "harness/crowd/inject/watched_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>

#include "core/base/random.h"
#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/store/walk.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

namespace fs = std::filesystem;

class WatchedTreeTest : public testing::Test {
 protected:
  void watch(std::uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO) {
    auto started = WatchedTree::start(store(), mask);
    ASSERT_TRUE(started) << started.error().message;
    tree_.emplace(std::move(*started));
  }
  [[nodiscard]] fs::path store() const { return scratch_.path(); }
  void put(const std::string& path, const std::string& text = "x") const { scratch_.write(path, text); }
  std::vector<std::string> told() {
    std::vector<std::string> paths;
    const auto notices = tree_->read();
    EXPECT_TRUE(notices);
    for (const FileNotice& notice : *notices)
      paths.push_back(fs::path(notice.path).lexically_relative(store()));
    return paths;
  }

  ScratchDirectory scratch_;
  std::optional<WatchedTree> tree_;
};

TEST_F(WatchedTreeTest, WhatIsThereAtTheStartIsWatchedAndNotToldOf) {
  fs::create_directories(store() / "new" / "deep");
  put("new/old");
  watch();
  EXPECT_THAT(told(), IsEmpty());
  put("a");
  put("new/b");
  put("new/deep/c");
  EXPECT_THAT(told(), ElementsAre("a", "new/b", "new/deep/c"));
  EXPECT_EQ(tree_->directories(), 3U);
}

TEST_F(WatchedTreeTest, WhatCameBeforeANewDirectoryWasWatchedIsToldOnce) {
  watch();
  fs::create_directories(store() / "tmp" / "deep");
  put("tmp/1");
  put("tmp/deep/2");
  EXPECT_THAT(told(), ElementsAre("tmp/1", "tmp/deep/2"));
  EXPECT_THAT(told(), IsEmpty());
  put("tmp/1", "again");
  put("tmp/deep/3");
  EXPECT_THAT(told(), ElementsAre("tmp/1", "tmp/deep/3"));
}

TEST_F(WatchedTreeTest, AMaildir) {
  watch();
  for (const char* directory : {"tmp", "new", "cur"}) fs::create_directory(store() / directory);
  EXPECT_THAT(told(), IsEmpty());
  put("tmp/1");
  fs::rename(store() / "tmp/1", store() / "new/1");
  fs::rename(store() / "new/1", store() / "cur/1:2,S");
  EXPECT_THAT(told(), ElementsAre("tmp/1", "new/1", "cur/1:2,S"));
}

// Nobody closes or renames what only got a name: by a second one, or by the first for what was written without any.
TEST_F(WatchedTreeTest, WhatIsLinkedIntoPlaceIsTold) {
  put("1.tmp");
  watch();
  fs::create_hard_link(store() / "1.tmp", store() / "1");
  fs::remove(store() / "1.tmp");
  EXPECT_THAT(told(), ElementsAre("1"));
  Descriptor unnamed(::open(store().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  ASSERT_TRUE(unnamed);
  ASSERT_EQ(::write(unnamed.get(), "x", 1), 1);
  ASSERT_EQ(::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", unnamed.get()).c_str(), AT_FDCWD,
                     (store() / "2").c_str(), AT_SYMLINK_FOLLOW),
            0);
  unnamed = {};
  EXPECT_THAT(told(), ElementsAre("2"));
  fs::create_symlink("2", store() / "3");
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(WatchedTreeTest, WhoAsksForReplacesIsToldOfLinksAndNotOfNewFiles) {
  put("1.tmp");
  watch(IN_MOVED_TO);
  put("2.tmp");
  fs::create_hard_link(store() / "1.tmp", store() / "1");
  fs::rename(store() / "2.tmp", store() / "2");
  EXPECT_THAT(told(), ElementsAre("1", "2"));
}

TEST_F(WatchedTreeTest, AMovedDirectoryIsFollowed) {
  fs::create_directories(store() / "a" / "b");
  watch();
  fs::rename(store() / "a", store() / "z");
  put("z/b/1");
  EXPECT_THAT(told(), ElementsAre("z/b/1"));
  fs::rename(store() / "z" / "b", store() / "b");
  fs::create_directory(store() / "z" / "b");
  put("b/2");
  put("z/b/3");
  auto paths = told();
  std::sort(paths.begin(), paths.end());
  EXPECT_THAT(paths, ElementsAre("b/2", "z/b/3"));
  EXPECT_EQ(tree_->directories(), 4U);
}

TEST_F(WatchedTreeTest, WhatIsMovedOutIsLeftAndWhatIsMovedInIsNew) {
  const ScratchDirectory other;
  fs::create_directory(store() / "out");
  fs::create_directories(other.path() / "in" / "deep");
  other.write("in/deep/1", "x");
  watch();
  fs::rename(store() / "out", other.path() / "out");
  fs::create_directory(store() / "out");
  fs::rename(other.path() / "in", store() / "in");
  EXPECT_THAT(told(), ElementsAre("in/deep/1"));
  EXPECT_THAT(told(), IsEmpty());  // and who moved nothing into the store moved it out
  other.write("out/2", "x");
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(tree_->directories(), 4U);
  put("out/3");
  EXPECT_THAT(told(), ElementsAre("out/3"));
}

TEST_F(WatchedTreeTest, LinksAreNotFollowed) {
  const ScratchDirectory other;
  watch();
  fs::create_directory_symlink(other.path(), store() / "link");
  fs::create_directory(store() / "real");
  fs::create_directory_symlink(store(), store() / "real" / "around");
  other.write("1", "x");
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(tree_->directories(), 2U);
}

TEST_F(WatchedTreeTest, SaysOnceWhatIsTooDeep) {
  watch();
  fs::path deep = store();
  for (int i = 0; i < 40; ++i) deep /= "d";
  fs::create_directories(deep);
  EXPECT_THAT(told(), IsEmpty());
  const auto warning = tree_->take_warning();
  ASSERT_TRUE(warning);
  EXPECT_THAT(*warning, testing::HasSubstr("deep"));
  EXPECT_FALSE(tree_->take_warning());
}

TEST_F(WatchedTreeTest, TheStoreMustBeThere) {
  const auto started = WatchedTree::start(store() / "missing", IN_CLOSE_WRITE);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().os_code, ENOENT);
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

// Makes, moves and removes directories, with files in them. No more than the kernel notes down if nobody reads.
void raise_a_storm(const std::string& store, const std::string& outside, std::uint64_t seed) {
  constexpr int calls = 2500;
  Random random(seed);
  const auto draw = [&](int below) { return static_cast<int>(random.next() % static_cast<unsigned>(below)); };
  const auto place = [&] {
    std::string path = draw(12) == 0 ? outside : store;
    for (int depth = draw(3); depth >= 0; --depth) path += "/d" + std::to_string(draw(4));
    return path;
  };
  for (int call = 0; call < calls; ++call) {
    const std::string one = place(), other = place();
    switch (draw(5)) {
      case 0:
      case 1:
        ::mkdir(one.c_str(), 0755);
        break;
      case 2:
        ::rename(one.c_str(), other.c_str());
        break;
      case 3:
        ::rmdir(one.c_str());
        break;
      default:
        const std::string file = one + "/f" + std::to_string(draw(3));
        const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (opened >= 0) ::close(opened);
        if (draw(2) == 0) ::unlink(file.c_str());
    }
  }
}

// Whatever happened meanwhile: when it is quiet, every directory of the store is watched, under its name, and nothing
// else is.
TEST_F(WatchedTreeTest, BearsAStormAndKnowsTheStoreAfterwards) {
  const ScratchDirectory other;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
    watch();
    const std::size_t before = open_descriptors();
    {
      std::vector<ChildProcess> storm;
      for (std::uint64_t i = 0; i < 2; ++i) {
        storm.emplace_back([&] {
          raise_a_storm(store(), other.path(), seed * 100 + i);
          return 0;
        });
      }
      std::atomic<bool> over = false;
      std::thread waits([&] {
        for (ChildProcess& one : storm) EXPECT_EQ(one.wait(), 0);
        over = true;
      });
      std::size_t notices = 0;
      while (!over) {
        const auto told = tree_->read();
        EXPECT_TRUE(told) << told.error().message;
        notices += told ? told->size() : 0;
      }
      waits.join();
      EXPECT_GT(notices, 0U);
    }
    EXPECT_EQ(open_descriptors(), before);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(tree_->read());
    std::vector<std::string> directories = {""}, expected;
    for (const auto& entry : fs::recursive_directory_iterator(store())) {
      if (entry.is_directory()) directories.push_back(entry.path().lexically_relative(store()));
    }
    // Deeper ones are not watched, and said not to be.
    std::erase_if(directories, [](const std::string& directory) {
      return static_cast<std::size_t>(std::count(directory.begin(), directory.end(), '/')) >= deepest_store;
    });
    EXPECT_EQ(tree_->directories(), directories.size()) << "seed " << seed;
    for (const std::string& directory : directories) {
      expected.push_back(directory.empty() ? "last" : directory + "/last");
      put(expected.back());
    }
    auto heard = told();
    std::sort(heard.begin(), heard.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(heard, expected) << "seed " << seed;
    for (const auto& entry : fs::directory_iterator(store())) fs::remove_all(entry.path());
  }
}

}  // namespace
}  // namespace holdfast
