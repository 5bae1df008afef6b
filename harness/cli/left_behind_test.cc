// Every command that keeps files of its own for a while, killed halfway.
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class LeftBehind : public RunTest {
 protected:
  [[nodiscard]] std::filesystem::path temporary() const { return scratch() / "temporary"; }
  [[nodiscard]] bool nothing_there() const { return std::filesystem::is_empty(temporary()); }

  void expect_nothing_of(const std::vector<std::string>& arguments, int signal) {
    ProcessOptions options;
    options.environment = {"TMPDIR=" + temporary().string()};
    auto started = start(arguments, options);
    EXPECT_TRUE(eventually([&] { return !nothing_there(); })) << arguments.front();
    started.send(signal);
    EXPECT_EQ(started.wait().signal, signal) << arguments.front();
    EXPECT_TRUE(eventually([&] { return nothing_there() && processes_naming(scratch().string()).empty(); }))
        << arguments.front();
  }
};

TEST_F(LeftBehind, IsNothingByACommandThatIsKilled) {
  std::filesystem::create_directory(temporary());
  const std::vector<std::string> subject{"python3", HOLDFAST_MISBEHAVING_SUBJECT, "hangs"};
  std::vector<std::string> adapter{"adapter", "check", "--"};
  adapter.insert(adapter.end(), subject.begin(), subject.end());
  expect_nothing_of(adapter, SIGTERM);
  expect_nothing_of(adapter, SIGINT);
  expect_nothing_of(adapter, SIGKILL);
  expect_nothing_of({"rules", "--live"}, SIGKILL);
  expect_nothing_of({"selftest"}, SIGKILL);
}

}  // namespace
}  // namespace holdfast
