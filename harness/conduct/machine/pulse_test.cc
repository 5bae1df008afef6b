#include "harness/conduct/machine/pulse.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

TEST(Pulse, CountsOnlyWhatABusyDiskDoesNotTake) {
  EXPECT_FALSE(is_standstill(50'000, 0));
  EXPECT_FALSE(is_standstill(99'999'999, 0));
  EXPECT_TRUE(is_standstill(100'000'000, 0));
  EXPECT_TRUE(is_standstill(25'000'000'000, 0));
  EXPECT_FALSE(is_standstill(25'000'000'000, 24'900'000'001));
}

TEST(Pulse, LeavesNothing) {
  const ScratchDirectory scratch;
  Pulse pulse(scratch.path());
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_EQ(pulse.stop(), pulse.stop());
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(Pulse, OfADirectoryThatIsGoneIsStill) {
  Pulse pulse("/nowhere/at/all");
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_TRUE(pulse.stop().empty());
}

}  // namespace
}  // namespace holdfast
