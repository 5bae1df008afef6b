#include "harness/scenario/input_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

TEST(InputFile, IsReadWholeOrToTheLimit) {
  const ScratchDirectory scratch;
  scratch.write("long", std::string(40'000, 'x'));
  scratch.write("empty", "");
  EXPECT_EQ(read_input(scratch.path() / "long", 1 << 20)->size(), 40'000U);
  EXPECT_EQ(read_input(scratch.path() / "long", 17'000)->size(), 17'000U);
  EXPECT_EQ(read_input(scratch.path() / "empty", 10)->size(), 0U);
  EXPECT_EQ(read_input("/dev/zero", 20'000)->size(), 20'000U);
}

TEST(InputFile, SaysWhatIsWrong) {
  const ScratchDirectory scratch;
  const auto missing = read_input(scratch.path() / "missing", 10);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().os_code, ENOENT);
  EXPECT_EQ(missing.error().message, "cannot be opened: No such file or directory");
  const auto directory = read_input(scratch.path(), 10);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message, "is a directory, not a file");
}

TEST(InputFile, NobodyWaitsForAPipeThatNobodyWritesTo) {
  const ScratchDirectory scratch;
  const auto pipe = scratch.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto silent = read_input(pipe, 10);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().message, "is a pipe without a writer");
}

TEST(InputFile, MayBeAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    EXPECT_EQ(::write(ends[1], "some", 4), 4);
    EXPECT_EQ(::write(ends[1], "thing", 5), 5);
    ::close(ends[1]);
  });
  const auto text = read_input("/dev/fd/" + std::to_string(ends[0]), 100);
  writer.join();
  ::close(ends[0]);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "something");
}

}  // namespace
}  // namespace holdfast
