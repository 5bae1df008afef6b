#include "harness/conduct/pulse.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <string>

namespace holdfast {
namespace {

TEST(Pulse, CountsOnlyWhatABusyDiskDoesNotTake) {
  EXPECT_FALSE(is_standstill(50'000, 0));
  EXPECT_FALSE(is_standstill(249'999'999, 0));
  EXPECT_TRUE(is_standstill(250'000'000, 0));
  EXPECT_TRUE(is_standstill(25'000'000'000, 0));
  EXPECT_FALSE(is_standstill(25'000'000'000, 24'900'000'000));
}

TEST(Pulse, LeavesNothing) {
  std::string name = std::filesystem::temp_directory_path() / "holdfast-pulse-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  Pulse pulse(name, false);
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_EQ(pulse.stop(), pulse.stop());
  EXPECT_TRUE(std::filesystem::is_empty(name));
  std::filesystem::remove(name);
}

TEST(Pulse, OfADirectoryThatIsGoneIsStill) {
  Pulse pulse("/nowhere/at/all", true);
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_TRUE(pulse.stop().empty());
}

}  // namespace
}  // namespace holdfast
