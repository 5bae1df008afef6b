// For tests only: the built program in a scratch directory, with a check after every test that nothing stayed behind:
// no process, no temp file, no lock.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/cli/testing_process.h"
#include "harness/history/event.h"
#include "reports/summary/summary.h"

namespace holdfast {

#ifdef HOLDFAST_SANITIZED
inline constexpr bool sanitized = true;  // processes start and run several times slower
#else
inline constexpr bool sanitized = false;
#endif

std::string file_bytes(const std::filesystem::path& path);
void put_file(const std::filesystem::path& path, const std::string& bytes);
void put_program(const std::filesystem::path& path, const std::string& bytes);  // and lets it be executed
bool holds(const std::string& text, const std::string& part);

// A small crowd: `agents` is more of the section [agents], `rest` whole sections; the run's deadline is 60 s. Its
// waits never decide a test, since tests run concurrently on slow machines; tests about time write their own
// scenario.
std::string small_scenario(const std::string& agents, const std::string& rest = "");

class RunTest : public testing::Test {
 protected:
  RunTest();
  ~RunTest() override;
  void TearDown() override;

  [[nodiscard]] const std::filesystem::path& scratch() const { return scratch_; }

  // holdfast with these arguments, in the scratch directory.
  TestProcess start(const std::vector<std::string>& arguments, ProcessOptions options = {});
  ProcessEnd holdfast(const std::vector<std::string>& arguments, const ProcessOptions& options = {});

  TestProcess start_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                            ProcessOptions options);

  // A copy that an ordinary user can reach and start, no matter where the build is.
  std::filesystem::path program_for_everyone();

  // Runs `small.toml`, written as `text`, into the directory `name`.
  TestProcess start_small(const std::string& text, const std::string& name = "run",
                          ProcessOptions options = {});

  // result.json of the run directory `name`; fails the test if it cannot be read.
  Summary result_of(const std::string& name);

  // The processes of a role in the run directory `name`, as /proc tells: "internal-agent",
  // "internal-injector".
  std::vector<ProcessSeen> members(const std::string& role, const std::string& name = "run") const;
  pid_t agent(std::uint32_t index, const std::string& name = "run") const;  // 0: not found
  bool released(const std::string& name = "run") const;                     // some broadcast was saved

  // What the conductor has noted so far.
  std::vector<Event> conducted(const std::string& name = "run") const;
  // Stops every agent where it is: from then on, none does anything, dead or not.
  void stop_agents(const std::string& name = "run") const;

  // For tests that leave temp files on purpose.
  void temp_files_may_stay() { temp_files_may_stay_ = true; }
  void expect_nothing_left();

 private:
  std::filesystem::path scratch_;
  std::string scenarios_ = HOLDFAST_SHIPPED_SCENARIOS;
  int started_ = 0;
  bool temp_files_may_stay_ = false;
};

// Expects one sentence on stderr, beginning with the program's name, and nothing else except a run's progress.
void expect_one_sentence(const ProcessEnd& end, int exit_code, const std::string& part);

}  // namespace holdfast
