#include "harness/conduct/run_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

using Names = std::vector<std::string>;

TEST(RunDirectory, MakesItsPartsAndWhatLeadsToIt) {
  const ScratchDirectory scratch;
  const auto directory = RunDirectory::create(scratch.path() / "a" / "b" / "run");
  ASSERT_TRUE(directory) << directory.error().message;
  EXPECT_TRUE(directory->path().is_absolute());
  for (const char* part : {"events", "logs", "store"}) {
    struct stat st {};
    ASSERT_EQ(::stat((directory->path() / part).c_str(), &st), 0);
    EXPECT_TRUE(S_ISDIR(st.st_mode));
    EXPECT_EQ(st.st_mode & 022U, 0U) << "others may write in " << part;
  }
}

TEST(RunDirectory, IsLockedWhileItLivesAndOnlyThen) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "run";
  {
    auto first = RunDirectory::create(path);
    ASSERT_TRUE(first);
    const auto second = RunDirectory::create(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::invalid);
    EXPECT_NE(second.error().message.find("another Holdfast is running in"), std::string::npos);
    const RunDirectory moved = std::move(*first);  // the lock goes along
    EXPECT_FALSE(RunDirectory::create(path));
  }
  const auto later = RunDirectory::create(path);
  ASSERT_FALSE(later);
  EXPECT_NE(later.error().message.find("is not empty"), std::string::npos) << later.error().message;
}

TEST(RunDirectory, DiscardTakesBackWhatItMadeAndNoMore) {
  const ScratchDirectory scratch;
  auto made = RunDirectory::create(scratch.path() / "made");
  ASSERT_TRUE(made);
  made->discard();
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "made"));

  std::filesystem::create_directory(scratch.path() / "given");
  auto given = RunDirectory::create(scratch.path() / "given");
  ASSERT_TRUE(given);
  given->discard();
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path() / "given"));
}

TEST(RunDirectory, RefusesWhatIsNoDirectory) {
  const ScratchDirectory scratch;
  scratch.write("file", "precious");
  std::filesystem::create_symlink(scratch.path() / "nowhere", scratch.path() / "dangling");
  for (const auto& path : {scratch.path() / "file", scratch.path() / "file" / "run",
                           scratch.path() / "dangling", scratch.path() / std::string(300, 'x')}) {
    const auto directory = RunDirectory::create(path);
    ASSERT_FALSE(directory) << path;
    EXPECT_EQ(directory.error().code, Code::invalid);
    EXPECT_NE(directory.error().message.find("choose another directory with --out"), std::string::npos);
  }
  EXPECT_EQ(scratch.names(), (Names{"dangling", "file"}));
}

TEST(ResultFile, IsReplacedWhole) {
  const ScratchDirectory scratch;
  const auto path = scratch.path() / "result.json";
  ASSERT_TRUE(write_result_file(path, std::string(100'000, 'a')));
  ASSERT_TRUE(write_result_file(path, "b"));
  EXPECT_EQ(scratch.read("result.json"), "b");
  EXPECT_EQ(scratch.names(), Names{"result.json"});
}

TEST(ResultFile, SaysWhereItCouldNotBeWritten) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch.path() / "taken");
  for (const auto& path : {scratch.path() / "missing" / "r", scratch.path() / "taken"}) {
    const auto written = write_result_file(path, "x");
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().message.find(path.string()), std::string::npos) << written.error().message;
    EXPECT_NE(written.error().os_code, 0);
  }
  EXPECT_EQ(scratch.names(), Names{"taken"});
}

// What a user names is where he wants it, whatever it is.
TEST(OutputFile, ADeviceAndAFifoAreWrittenTo) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(write_output_file("/dev/null", "x"));
  struct stat st {};
  ASSERT_EQ(::stat("/dev/null", &st), 0);
  EXPECT_TRUE(S_ISCHR(st.st_mode));
  const auto fifo = scratch.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const Descriptor reader(::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(write_output_file(fifo, "to whoever reads"));
  std::array<char, 64> got{};
  EXPECT_EQ(::read(reader.get(), got.data(), got.size()), 16);
  EXPECT_TRUE(std::filesystem::is_fifo(fifo));
}

TEST(OutputFile, ALinkIsFollowedAndPermissionsStay) {
  const ScratchDirectory scratch;
  scratch.write("kept", "old");
  ASSERT_EQ(::chmod((scratch.path() / "kept").c_str(), 0600), 0);
  std::filesystem::create_symlink("kept", scratch.path() / "link");
  std::filesystem::create_symlink("made", scratch.path() / "to-nothing");
  ASSERT_TRUE(write_output_file(scratch.path() / "link", "new"));
  ASSERT_TRUE(write_output_file(scratch.path() / "to-nothing", "made"));
  EXPECT_TRUE(std::filesystem::is_symlink(scratch.path() / "link"));
  EXPECT_EQ(scratch.read("kept"), "new");
  EXPECT_EQ(scratch.read("made"), "made");
  struct stat st {};
  ASSERT_EQ(::stat((scratch.path() / "kept").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0600U);
}

TEST(OutputFile, ALinkOfAnotherUserIsRefused) {
  HOLDFAST_NEEDS_ROOT("give a link away");
  const ScratchDirectory scratch;
  scratch.write("precious", "p");
  const auto link = scratch.path() / "index.html";
  std::filesystem::create_symlink("precious", link);
  ASSERT_EQ(::lchown(link.c_str(), 1000, 1000), 0);
  const auto refused = write_output_file(link, "x");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is a link that user 1000 made"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(scratch.read("precious"), "p");
}

// /dev/stdout and the like name what is open: the file behind it must not be replaced under whoever opened it.
TEST(OutputFile, ADescriptorIsWrittenTo) {
  const ScratchDirectory scratch;
  scratch.write("out", "before ");
  const Descriptor open(::open((scratch.path() / "out").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  struct stat before {
  }, after{};
  ASSERT_EQ(::fstat(open.get(), &before), 0);
  ASSERT_TRUE(write_output_file(fmt::format("/dev/fd/{}", open.get()), "after"));
  EXPECT_EQ(scratch.read("out"), "before after");
  ASSERT_EQ(::stat((scratch.path() / "out").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST(RunDirectory, OneThatOthersMayWriteIsRefused) {
  const ScratchDirectory scratch;
  const auto open = scratch.path() / "open";
  std::filesystem::create_directory(open);
  ASSERT_EQ(::chmod(open.c_str(), 0777), 0);
  const auto refused = RunDirectory::create(open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_NE(refused.error().message.find("can be written by everybody"), std::string::npos)
      << refused.error().message;
  ASSERT_EQ(::chmod(open.c_str(), 0755), 0);
  EXPECT_TRUE(RunDirectory::create(open));
}

TEST(RunDirectory, OneOfAnotherUserIsRefused) {
  HOLDFAST_NEEDS_ROOT("give a directory away");
  const ScratchDirectory scratch;
  const auto others = scratch.path() / "others";
  std::filesystem::create_directory(others);
  ASSERT_EQ(::chown(others.c_str(), 1000, 1000), 0);
  const auto refused = RunDirectory::create(others);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("belongs to user 1000, not to 0"), std::string::npos)
      << refused.error().message;
}

// Somebody who may write in the directory must not be able to aim a result elsewhere.
TEST(ResultFile, FollowsNoLink) {
  const ScratchDirectory scratch;
  scratch.write("precious", "p");
  std::filesystem::create_symlink(scratch.path() / "precious", scratch.path() / "result.json");
  ASSERT_TRUE(write_result_file(scratch.path() / "result.json", "x"));
  EXPECT_EQ(scratch.read("precious"), "p");
  EXPECT_FALSE(std::filesystem::is_symlink(scratch.path() / "result.json"));
}

}  // namespace
}  // namespace holdfast
