#include "harness/supervisor/decide/pending_deletes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

class PendingDeletesTest : public testing::Test {
 protected:
  // Deleted while we have it open.
  void hold_and_delete(const std::string& name) {
    ResolvedPath path;
    path.directory = Descriptor(::open(scratch_.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    path.leaf = path.name = name;
    path.directory_text = scratch_.path().string();
    path.text = text_of(name);
    held_.emplace_back(::open(path.text.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644));
    pending_.add(std::move(path), file(name));
  }
  [[nodiscard]] std::string text_of(const std::string& name) const { return scratch_.path() / name; }
  [[nodiscard]] struct stat file(const std::string& name) const {
    struct stat st {};
    EXPECT_EQ(::stat(text_of(name).c_str(), &st), 0) << name;
    return st;
  }
  [[nodiscard]] bool exists(const std::string& name) const { return std::filesystem::exists(text_of(name)); }
  [[nodiscard]] std::size_t names_left() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(scratch_.path()),
                                                  std::filesystem::directory_iterator()));
  }

  const ScratchDirectory scratch_;
  PendingDeletes pending_;
  std::vector<Descriptor> held_;
};

std::size_t our_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                                                std::filesystem::directory_iterator()));
}

TEST_F(PendingDeletesTest, TheNameOfACallIsSettledAtOnceHoweverManyWait) {
  for (int i = 0; i < 100; ++i) hold_and_delete(std::to_string(i));
  const struct stat first = file("0"), other = file("1");
  held_[0].reset();
  pending_.settle(text_of("0"));
  pending_.settle(text_of("1"));
  EXPECT_FALSE(pending_.is_pending(text_of("0"), first));
  EXPECT_TRUE(pending_.is_pending(text_of("1"), other));
  EXPECT_FALSE(pending_.is_pending(text_of("1"), first)) << "another file under this name";
  EXPECT_EQ(names_left(), 99U);
}

// Each turn looks at so many names and no more; in turn, all are looked at.
TEST_F(PendingDeletesTest, ATurnSettlesABoundedNumber) {
  for (int i = 0; i < 20; ++i) hold_and_delete(std::to_string(i));
  for (int i = 0; i < 20; i += 2) held_[static_cast<std::size_t>(i)].reset();
  std::size_t left = names_left();
  for (int turn = 0; turn < 5; ++turn) {
    pending_.settle_some(4);
    EXPECT_GE(names_left() + 4, left);
    left = names_left();
  }
  EXPECT_EQ(left, 10U);
  held_.clear();
  pending_.settle_all();
  EXPECT_EQ(names_left(), 0U);
  EXPECT_FALSE(pending_.any());
}

TEST_F(PendingDeletesTest, ADirectoryCostsOneDescriptor) {
  hold_and_delete("m");
  held_.clear();
  const std::size_t before = our_descriptors();
  for (int i = 0; i < 100; ++i) {
    hold_and_delete(std::to_string(i));
    held_.clear();
  }
  EXPECT_EQ(our_descriptors(), before);
}

TEST_F(PendingDeletesTest, ADirectoryHasNamesBelowItUntilTheirFilesAreClosed) {
  hold_and_delete("a");
  hold_and_delete("b");
  EXPECT_TRUE(pending_.has_below(scratch_.path()));
  EXPECT_FALSE(pending_.has_below(text_of("a"))) << "a file";
  held_[0].reset();
  EXPECT_TRUE(pending_.has_below(scratch_.path()));
  held_[1].reset();
  EXPECT_FALSE(pending_.has_below(scratch_.path()));
  EXPECT_FALSE(exists("a") || exists("b"));
}

}  // namespace
}  // namespace holdfast
