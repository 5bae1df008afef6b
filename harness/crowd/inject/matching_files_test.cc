#include "harness/crowd/inject/matching_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MatchingFiles : public testing::Test {
 protected:
  MatchingFiles() : store_(std::filesystem::canonical(scratch_.path())) {}

  [[nodiscard]] std::string in_store(const std::string& name) const { return (store_ / name).string(); }
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, store_ / name);
  }

  ScratchDirectory scratch_;
  std::filesystem::path store_;
};

TEST_F(MatchingFiles, AreInAllDirectoriesAndNoLockFilesUnlessNamed) {
  std::filesystem::create_directory(store_ / "sub");
  for (const char* name : {"queue.json", "queue.json.lock", "sub/queue.json"}) scratch_.write(name, "x");
  EXPECT_THAT(matching_files(store_, "queue.json"),
              ElementsAre(in_store("queue.json"), in_store("sub/queue.json")));
  EXPECT_THAT(matching_files(store_, "queue*"),
              ElementsAre(in_store("queue.json"), in_store("sub/queue.json")));
  EXPECT_THAT(matching_files(store_, "queue.json.lock"), ElementsAre(in_store("queue.json.lock")));
}

// A program opens the file behind a link; what is behind one that leads elsewhere is nobody's to hold.
TEST_F(MatchingFiles, OfALinkAreWhatItStandsForInTheStore) {
  scratch_.write("generation.7", "x");
  link("generation.7", "queue.json");
  link("/etc/passwd", "outside.json");
  link("nowhere", "dangling.json");
  link("loop.json", "loop.json");
  EXPECT_THAT(matching_files(store_, "queue.json"), ElementsAre(in_store("generation.7")));
  for (const char* name : {"outside.json", "dangling.json", "loop.json"})
    EXPECT_THAT(matching_files(store_, name), IsEmpty()) << name;
}

}  // namespace
}  // namespace holdfast
