// For tests only: programs under holdfast exec that try to do more than they may.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/cli/testing_run.h"

namespace holdfast {

inline constexpr const char* not_decided = "38";  // ENOSYS

class ExecTrust : public RunTest {
 protected:
  // What a Python program prints whose calls are enforced, in a directory of root's. `words`: its arguments.
  std::string said_by(const std::string& script, const std::vector<std::string>& options = {"--enforce"},
                      const std::vector<std::string>& words = {}) {
    const auto work = scratch() / "work";
    std::filesystem::remove_all(work);
    std::filesystem::create_directory(work);
    std::filesystem::permissions(scratch(), std::filesystem::perms::owner_all |
                                                std::filesystem::perms::group_exec |
                                                std::filesystem::perms::others_exec);
    put_file(work / "secret", "s");
    ProcessOptions started;
    started.directory = work;
    std::vector<std::string> arguments = {"exec", "--quiet"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const std::string head =
        "import ctypes, os, sys, threading, time\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def tried(what, call):\n"
        "  try: call(); print(what, 'done', flush=True)\n"
        "  except OSError as error: print(what, error.errno, flush=True)\n";
    for (const std::string& word :
         {std::string("--"), std::string("python3"), std::string("-c"), head + script})
      arguments.push_back(word);
    arguments.insert(arguments.end(), words.begin(), words.end());
    const auto ended = start_program(HOLDFAST_BINARY, arguments, started).wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return ended.out;
  }
};

}  // namespace holdfast
