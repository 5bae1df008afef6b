#include "harness/linux/program_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"
#include "harness/linux/testing_elf.h"

namespace holdfast {
namespace {

#ifdef __x86_64__
constexpr std::uint16_t this_machine = EM_X86_64, another_machine = EM_AARCH64;
#else
constexpr std::uint16_t this_machine = EM_AARCH64, another_machine = EM_X86_64;
#endif

class ProgramFile : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& bytes, mode_t mode = 0755) {
    const auto path = scratch_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
  }
  // "": none.
  std::string foreign(const std::string& name) {
    return foreign_program(name, scratch_.path().string()).value_or("");
  }
  std::string found(const std::string& name, const std::string& places) {
    return find_program(name, places, scratch_.path().string());
  }

  ScratchDirectory scratch_;
};

struct Header {
  const char* what;
  std::string bytes;
  bool foreign;
};

TEST_F(ProgramFile, IsToldByItsHeader) {
  const std::string other = elf_header(ELFCLASS32, EM_386);
  std::string other_order = elf_header(ELFCLASS64, this_machine);
  std::swap(other_order[18], other_order[19]);
  const Header table[] = {
      {"ours", elf_header(ELFCLASS64, this_machine), false},
      {"i386", other, true},
      {"a whole i386 program", i386_program(), true},
      {"x32, or ILP32", elf_header(ELFCLASS32, this_machine), true},
      {"another machine", elf_header(ELFCLASS64, another_machine), true},
      {"another order of bytes", other_order, true},
      {"no class at all", elf_header(ELFCLASSNONE, this_machine), true},
      {"cut off behind the machine", other.substr(0, 20), true},
      {"cut off within the machine", other.substr(0, 19), false},
      {"cut off behind the magic number", other.substr(0, 4), false},
      {"cut off within it", other.substr(0, 3), false},
      {"text", "echo hello\n", false},
      {"empty", "", false},
      {"a script without an interpreter", "#!", false},
      {"the same with blanks", "#! \t\n", false},
  };
  for (const Header& one : table) {
    SCOPED_TRACE(one.what);
    put("p", one.bytes);
    EXPECT_EQ(foreign("p"), one.foreign ? "p" : "");
  }
  EXPECT_EQ(foreign_program("/proc/self/exe", "/"), std::nullopt);
}

// Whatever cannot be executed is the kernel's to refuse, with its own error.
TEST_F(ProgramFile, WhatCannotBeExecutedIsNotForeign) {
  put("plain", i386_program(), 0644);
  std::filesystem::create_directory(scratch_.path() / "directory");
  ASSERT_EQ(::mkfifo((scratch_.path() / "fifo").c_str(), 0777), 0);
  for (const char* name : {"plain", "directory", "fifo", "missing", "missing/too", ""})
    EXPECT_EQ(foreign(name), "") << name;
}

TEST_F(ProgramFile, ThatMayOnlyBeExecutedIsNotForeign) {
  put("p", i386_program(), 0111);
  EXPECT_EQ(foreign("p"), ::geteuid() == 0 ? "p" : "");
}

TEST_F(ProgramFile, OfAScriptIsItsInterpreter) {
  put("p32", i386_program());
  put("native", elf_header(ELFCLASS64, this_machine));
  const std::string absolute = (scratch_.path() / "p32").string();
  const std::pair<std::string, std::string> table[] = {
      {"#!p32\n", "p32"},
      {"#!p32", "p32"},
      {"#! \tp32 -x\n", "p32"},
      {"#!p32\t\n", "p32"},
      {std::string("#!p32\0x\n", 8), "p32"},
      {"#!" + absolute + "\n", absolute},
      {"#!native\n", ""},
      {"#!native p32\n", ""},
      {"#!missing\n", ""},
      {"# !p32\n", ""},
      {"#!p32" + std::string(251, 'x'), ""},  // no end within what the kernel reads
      {"#!p32" + std::string(251, ' '), "p32"},
      {"#!p32 " + std::string(1000, 'x') + "\n", "p32"},
  };
  for (const auto& [line, interpreter] : table) {
    SCOPED_TRACE(line);
    put("s", line);
    EXPECT_EQ(foreign("s"), interpreter);
  }
}

TEST_F(ProgramFile, IsFollowedAsDeepAsTheKernelDoes) {
  put("s0", i386_program());
  for (int script = 1; script <= 6; ++script)
    put("s" + std::to_string(script), "#!s" + std::to_string(script - 1) + "\n");
  EXPECT_EQ(foreign("s5"), "s0");
  EXPECT_EQ(foreign("s6"), "") << "ELOOP";
  put("itself", "#!itself\n");
  EXPECT_EQ(foreign("itself"), "");
}

TEST_F(ProgramFile, IsFoundAsByExec) {
  put("one/p", "", 0644);
  put("two/p", "");
  put("three/p", "");
  std::filesystem::create_directories(scratch_.path() / "directory" / "p");
  put("here", "");
  EXPECT_EQ(found("p", "one:directory:missing:two:three"), "two/p");
  const std::string absolute = (scratch_.path() / "three").string();
  EXPECT_EQ(found("p", absolute + ":two"), absolute + "/p");
  EXPECT_EQ(found("p", "one:missing"), "");
  for (const char* places : {"", ":one", "one:", "one::two"}) EXPECT_EQ(found("here", places), "here");
  EXPECT_EQ(found("here", "one"), "");
  EXPECT_EQ(found("./p", "two"), "./p");
}

}  // namespace
}  // namespace holdfast
