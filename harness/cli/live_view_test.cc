// The view of a run under way: its lines, and what a terminal is told.
#include "harness/cli/terminal/live_view.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <csignal>

#include "harness/cli/testing_run.h"
#include "harness/linux/descriptor.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

Progress progress_of(std::size_t agents, std::uint32_t ok, std::uint32_t failed) {
  Progress progress;
  progress.phase = "broadcasting";
  progress.elapsed_s = 4;
  progress.agents.assign(agents, {ok, failed});
  progress.done = agents * (ok + failed);
  progress.failed = agents * failed;
  progress.total = agents * 20;
  progress.refused = 12;
  progress.retries = 7;
  progress.refused_by = {{"scanner", 9}, {"other agents", 3}};
  return progress;
}

TEST(LiveLines, BarsOfAgentsAndWhoIsInTheWay) {
  EXPECT_EQ(live_lines(progress_of(2, 9, 1), "broadcast-8, seed 1", 60, 20),
            (std::vector<std::string>{"broadcast-8, seed 1: 4 s, broadcasting, about 4 s left",
                                      "  agent 0  ███████████▒░░░░░░░░░░░░░  10, 1 failed",
                                      "  agent 1  ███████████▒░░░░░░░░░░░░░  10, 1 failed",
                                      "  all      ███████████▒░░░░░░░░░░░░░  20, 2 failed",
                                      "  12 calls refused: scanner 9, other agents 3; 7 retries"}));
}

TEST(LiveLines, ManyAgentsShareBars) {
  const auto lines = live_lines(progress_of(1000, 20, 0), "thousand, seed 1", 79, 23);
  EXPECT_EQ(lines.size(), 19U);
  EXPECT_TRUE(lines[1].starts_with("  agents 0-62     █")) << lines[1];
  EXPECT_TRUE(lines[16].starts_with("  agents 945-999  █")) << lines[16];
  EXPECT_TRUE(lines[17].ends_with("  20000")) << lines[17];
}

RC_GTEST_PROP(LiveLines, FitWhateverComes, ()) {
  const auto columns = *rc::gen::inRange<std::size_t>(40, 200);
  const auto rows = *rc::gen::inRange<std::size_t>(4, 60);
  auto progress = progress_of(*rc::gen::inRange<std::size_t>(0, 200), *rc::gen::inRange<std::uint32_t>(0, 30),
                              *rc::gen::inRange<std::uint32_t>(0, 30));
  if (*rc::gen::arbitrary<bool>()) progress.total = 0;
  progress.refused_by.push_back({*rc::gen::arbitrary<std::string>(), 1});
  const auto lines = live_lines(progress, *rc::gen::arbitrary<std::string>(), columns, rows);
  RC_ASSERT(lines.size() <= rows);
  for (const std::string& line : lines) {
    RC_ASSERT(display_width(line) <= columns);
    RC_ASSERT(line.find_first_of("\x1b\r\n") == std::string::npos);
  }
}

using LiveTerminal = RunTest;

// On a terminal of its own: lines are written over, none is added, and nothing stays but the summary.
TEST_F(LiveTerminal, IsPaintedInPlaceAndGone) {
  put_file(scratch() / "slow.toml", small_scenario("count = 2\nbroadcasts = 40\nrate = 20"));
  winsize size{24, 80, 0, 0};
  int terminal = -1, program = -1;
  ASSERT_EQ(::openpty(&terminal, &program, nullptr, nullptr, &size), 0);
  const Descriptor master(terminal);
  const Descriptor slave(program);
  char name[128] = "";
  ASSERT_EQ(::ttyname_r(slave.get(), name, sizeof name), 0);
  ProcessOptions options;
  options.environment = {"TERM=xterm", "NO_COLOR=1"};
  options.prepare = [&name] {
    const int fd = ::open(name, O_RDWR | O_NOCTTY);
    return fd >= 0 && ::dup2(fd, STDERR_FILENO) >= 0 && ::close(fd) == 0;
  };
  auto run = start({"run", "slow.toml", "--out", "run"}, options);
  // The terminal lives as long as this test has it open: whoever reads it is not told of its end.
  ASSERT_EQ(::fcntl(master.get(), F_SETFL, O_NONBLOCK), 0);
  std::string seen;
  const auto read_on = [&] {
    constexpr int patience_ms = 50;
    pollfd polled{master.get(), POLLIN, 0};
    char part[4096];
    while (::poll(&polled, 1, patience_ms) > 0) {
      const ssize_t got = ::read(master.get(), part, sizeof part);
      if (got <= 0) return;
      seen.append(part, static_cast<std::size_t>(got));
    }
  };
  while (run.runs()) read_on();
  read_on();
  EXPECT_EQ(run.wait().exit_code, 0) << seen;
  EXPECT_TRUE(holds(seen, "slow, seed 1: ")) << seen;
  EXPECT_TRUE(holds(seen, "  agent 1  ")) << seen;
  EXPECT_TRUE(holds(seen, "\x1b[5A\r")) << seen;  // over itself
  EXPECT_TRUE(seen.ends_with("\x1b[5A\r\x1b[J")) << seen;
  EXPECT_FALSE(holds(seen, "calls refused\r\n")) << seen;  // the plain line
}

}  // namespace
}  // namespace holdfast
