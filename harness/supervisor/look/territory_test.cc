#include "harness/supervisor/look/territory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/testing/child_process.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"
#include "harness/supervisor/look/caller.h"

namespace holdfast {
namespace {

TEST(Territory, MountsAsTheKernelWritesThem) {
  const auto mounts = parse_mounts(
      "22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
      "rubbish\n"
      "40 22 8:1 /a\\040dir /mnt/with\\134slash rw - ext4 /dev/sda1 rw\n"
      "41 22");
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].id, 22U);
  EXPECT_EQ(mounts[0].point, "/sys");
  EXPECT_EQ(mounts[1].root, "/a dir");
  EXPECT_EQ(mounts[1].point, "/mnt/with\\slash");
}

Descriptor open_directory(const std::filesystem::path& path) {
  return Descriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

bool contains(const Territory& territory, const Descriptor& directory) {
  return territory.contains(directory.get(), path_of(directory.get()), ::getpid());
}

TEST(Territory, DirectoriesByTheirPath) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch.path() / "in" / "deep");
  std::filesystem::create_directories(scratch.path() / "inside-not");
  std::filesystem::create_symlink("in/deep", scratch.path() / "link");
  const Territory territory({scratch.path() / "in"});
  EXPECT_TRUE(contains(territory, open_directory(scratch.path() / "in")));
  EXPECT_TRUE(contains(territory, open_directory(scratch.path() / "in" / "deep")));
  EXPECT_TRUE(contains(territory, open_directory(scratch.path() / "link")));
  EXPECT_FALSE(contains(territory, open_directory(scratch.path())));
  EXPECT_FALSE(contains(territory, open_directory(scratch.path() / "inside-not")));
}

TEST(Territory, TheNearestDirectoryDecidesWhoseGroundItIs) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch.path() / "shared" / "own" / "cache" / "deep");
  std::filesystem::create_directories(scratch.path() / "elsewhere");
  const Territory territory({scratch.path() / "shared" / "own"},
                            {scratch.path() / "shared", scratch.path() / "shared" / "own" / "cache"});
  const auto ground = [&](const std::string& path) {
    const Descriptor directory = open_directory(scratch.path() / path);
    return territory.ground_of(directory.get(), path_of(directory.get()), ::getpid());
  };
  EXPECT_EQ(ground("shared"), Ground::shared);
  EXPECT_EQ(ground("shared/own"), Ground::own);
  EXPECT_EQ(ground("shared/own/cache/deep"), Ground::shared);
  EXPECT_EQ(ground("elsewhere"), Ground::outside);
}

// The kernel tells no path that is longer than PATH_MAX: the way up leads there as well.
TEST(Territory, DirectoriesWhosePathIsTooLongToTell) {
  const ScratchDirectory scratch;
  const std::string name(250, 'n');
  const Descriptor root = open_directory(scratch.path());
  Descriptor at(::dup(root.get()));
  for (int level = 0; level < 20; ++level) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0700), 0);
    at = Descriptor(::openat(at.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  EXPECT_FALSE(path_of(at.get()).starts_with('/'));
  EXPECT_TRUE(contains(Territory({scratch.path()}), at));
  std::filesystem::create_directory(scratch.path() / "other");
  EXPECT_FALSE(contains(Territory({scratch.path() / "other"}), at));
}

TEST(Territory, ANearerDirectoryOfNobodysIsOutside) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch.path() / "own" / "excepted" / "deep");
  const Territory territory({}, {scratch.path()}, {scratch.path() / "own" / "excepted"});
  EXPECT_TRUE(contains(territory, open_directory(scratch.path() / "own")));
  EXPECT_FALSE(contains(territory, open_directory(scratch.path() / "own" / "excepted")));
  EXPECT_FALSE(contains(territory, open_directory(scratch.path() / "own" / "excepted" / "deep")));
}

// In a mount namespace of a child, so that nothing is left behind; for an ordinary user in one of users too.
TEST(Territory, BindMountsOfWhatLiesWithin) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch.path() / "in" / "deep");
  std::filesystem::create_directories(scratch.path() / "elsewhere");
  constexpr int cannot_mount = 77;
  ChildProcess child([&] {
    if (::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return cannot_mount;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return cannot_mount;
    const auto deep = scratch.path() / "in" / "deep", elsewhere = scratch.path() / "elsewhere";
    const Territory territory({scratch.path() / "in"});
    if (contains(territory, open_directory(elsewhere))) return 1;
    if (::mount(deep.c_str(), elsewhere.c_str(), nullptr, MS_BIND, nullptr) != 0) return cannot_mount;
    if (!contains(territory, open_directory(elsewhere))) return 2;
    const Territory other({scratch.path() / "in" / "other"});
    return contains(other, open_directory(elsewhere)) ? 3 : 0;
  });
  const int code = child.wait();
  HOLDFAST_NEEDS(code != cannot_mount, "a mount namespace of its own");
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace holdfast
