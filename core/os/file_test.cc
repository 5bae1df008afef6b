#include "core/os/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "core/testing/child_process.h"
#include "core/testing/intercepted_calls.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(File, writes_what_is_read_back) {
  const ScratchDirectory scratch;
  std::string bytes(1'000'003, '\0');
  for (std::size_t at = 0; at < bytes.size(); ++at) bytes[at] = static_cast<char>(at * 7919);
  auto file = File::create_new(scratch.path() / "f", std::nullopt);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write_all(bytes));
  EXPECT_TRUE(file->flush());
  EXPECT_TRUE(file->close());
  EXPECT_FALSE(file->is_open());
  const auto content = read_file(scratch.path() / "f");
  ASSERT_TRUE(content);
  EXPECT_EQ(content->bytes, bytes);
}

TEST(File, reads_the_empty_file_and_one_that_shows_no_size) {
  const ScratchDirectory scratch;
  EXPECT_EQ(read_file(scratch.write("empty", "")).value().bytes, "");
  EXPECT_FALSE(read_file("/proc/self/status").value().bytes.empty());  // its size is said to be 0
}

TEST(File, create_new_takes_no_name_twice_and_follows_no_link) {
  const ScratchDirectory scratch;
  const auto path = scratch.write("f", "old");
  EXPECT_EQ(File::create_new(path, std::nullopt).error().code, Code::exists);
  EXPECT_EQ(scratch.read("f"), "old");
  std::filesystem::create_symlink(scratch.path() / "elsewhere", scratch.path() / "link");
  EXPECT_EQ(File::create_new(scratch.path() / "link", std::nullopt).error().code, Code::exists);
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "elsewhere"));
}

TEST(File, keeps_the_mode_that_it_is_given) {
  const ScratchDirectory scratch;
  const FileAttributes like{0660, ::geteuid(), ::getegid()};
  const mode_t before = ::umask(077);
  ASSERT_TRUE(File::create_new(scratch.path() / "like", like));
  ASSERT_TRUE(File::create_new(scratch.path() / "fresh", std::nullopt));
  ::umask(before);
  EXPECT_EQ(mode_of(scratch.path() / "like"), 0660U);
  EXPECT_EQ(mode_of(scratch.path() / "fresh"), 0600U);
}

TEST(File, keeps_the_owner_where_it_may) {
  HOLDFAST_NEEDS_ROOT("give a file away");
  const ScratchDirectory scratch;
  ASSERT_TRUE(File::create_new(scratch.path() / "f", FileAttributes{0640, 65534, 65534}));
  struct stat status {};
  ASSERT_EQ(::stat((scratch.path() / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534U);
  EXPECT_EQ(status.st_gid, 65534U);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST(File, is_not_inherited_by_programs) {
  const ScratchDirectory scratch;
  auto file = File::create_new(scratch.path() / "f", std::nullopt);
  ASSERT_TRUE(file);
  int open_descriptors = 0;
  int without_cloexec = 0;
  for (int descriptor = 3; descriptor < 256; ++descriptor) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), gone);
    if (gone || target != scratch.path() / "f") continue;
    ++open_descriptors;
    if ((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0) ++without_cloexec;
  }
  EXPECT_EQ(open_descriptors, 1);
  EXPECT_EQ(without_cloexec, 0);
}

TEST(File, read_refuses_what_is_no_regular_file_at_once) {
  const ScratchDirectory scratch;
  EXPECT_EQ(read_file(scratch.path()).error().code, Code::failed);
  ASSERT_EQ(::mkfifo((scratch.path() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_file(scratch.path() / "fifo").error().code, Code::failed);  // and does not wait for a writer
  EXPECT_EQ(read_file("/dev/zero").error().code, Code::failed);
  EXPECT_EQ(read_file(scratch.path() / "none").error().code, Code::not_found);
}

TEST(File, a_full_disk_is_said) {
  const ScratchDirectory scratch;
  ChildProcess child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, 4096};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 9;
    auto file = File::create_new(scratch.path() / "f", std::nullopt);
    if (!file) return 8;
    const auto written = file->write_all(std::string(10'000, 'x'));
    return !written && written.error().code == Code::failed && written.error().os_code == EFBIG ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(RenameOver, replaces_in_one_step_and_closes_the_source) {
  const ScratchDirectory scratch;
  scratch.write("to", "old");
  auto file = File::create_new(scratch.path() / "from", std::nullopt);
  ASSERT_TRUE(file && file->write_all("new"));
  EXPECT_TRUE(rename_over(*file, scratch.path() / "from", scratch.path() / "to"));
  EXPECT_FALSE(file->is_open());
  EXPECT_EQ(scratch.read("to"), "new");
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"to"}));
}

TEST(RenameOver, tells_a_directory_from_a_held_file) {
  const ScratchDirectory scratch;
  scratch.write("from", "x");
  std::filesystem::create_directory(scratch.path() / "to");
  EXPECT_EQ(rename_over(scratch.path() / "from", scratch.path() / "to").error().code, Code::failed);
  EXPECT_EQ(rename_over(scratch.path() / "none", scratch.path() / "x").error().code, Code::not_found);
}

TEST(RenameOver, an_interrupted_call_is_made_again) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  const ScratchDirectory scratch;
  scratch.write("from", "new");
  int interruptions = 3;
  Result<> outcome = fail(Code::failed, "not run");
  with_intercepted_calls(
      [&](const InterceptedCall& call) { return call.name == "rename" && interruptions-- > 0 ? EINTR : 0; },
      [&] { outcome = rename_over(scratch.path() / "from", scratch.path() / "to"); });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(scratch.read("to"), "new");
}

TEST(RenameOver, an_interrupted_call_that_was_done_after_all_is_indefinite) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  const ScratchDirectory scratch;
  scratch.write("from", "new");
  bool first = true;
  Result<> outcome;
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        if (call.name != "rename" || !std::exchange(first, false)) return 0;
        std::filesystem::rename(call.path, call.target);  // done, and then answered as if not
        return EINTR;
      },
      [&] { outcome = rename_over(scratch.path() / "from", scratch.path() / "to"); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::indefinite);
}

TEST(RemoveFile, does_not_mind_what_is_gone) {
  const ScratchDirectory scratch;
  EXPECT_TRUE(remove_file(scratch.write("f", "")));
  EXPECT_TRUE(remove_file(scratch.path() / "f"));
  EXPECT_EQ(remove_file(scratch.path()).error().code, Code::failed);
}

TEST(ListDirectory, names_everything_but_dots) {
  const ScratchDirectory scratch;
  scratch.write("b", "");
  scratch.write(".a", "");
  std::vector<std::string> names;
  EXPECT_TRUE(list_directory(scratch.path(), [&](std::string_view name) { names.emplace_back(name); }));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{".a", "b"}));
  EXPECT_EQ(list_directory(scratch.path() / "none", [](std::string_view) {}).error().code, Code::not_found);
}

TEST(File, a_directory_can_be_flushed) {
  const ScratchDirectory scratch;
  auto directory = File::open_directory(scratch.path());
  ASSERT_TRUE(directory);
  EXPECT_TRUE(directory->flush());
  EXPECT_EQ(File::open_directory(scratch.path() / "none").error().code, Code::not_found);
}

}  // namespace
}  // namespace holdfast
