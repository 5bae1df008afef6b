#include "harness/supervisor/look/runtime_of.h"

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "harness/linux/descriptor.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

ReadAt from(const std::string& file) {
  return [&file](std::uint64_t offset, std::span<char> into) -> std::size_t {
    if (offset >= file.size()) return 0;
    const std::size_t got = std::min<std::size_t>(into.size(), file.size() - offset);
    std::memcpy(into.data(), file.data() + offset, got);
    return got;
  };
}

struct Part {
  std::string name, contents;
};

// An ELF file of sections alone, in the order header, contents, names, section headers.
template <typename Header, typename Section>
std::string elf(unsigned char elf_class, const std::vector<Part>& parts) {
  Header header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  std::string file(sizeof(Header), '\0'), names(1, '\0');
  std::vector<Section> sections(1);
  for (const Part& part : parts) {
    Section section{};
    section.sh_type = SHT_PROGBITS;
    section.sh_name = static_cast<decltype(section.sh_name)>(names.size());
    section.sh_offset = static_cast<decltype(section.sh_offset)>(file.size());
    section.sh_size = static_cast<decltype(section.sh_size)>(part.contents.size());
    sections.push_back(section);
    names += part.name + '\0';
    file += part.contents;
  }
  Section table{};
  table.sh_type = SHT_STRTAB;
  table.sh_offset = static_cast<decltype(table.sh_offset)>(file.size());
  table.sh_size = static_cast<decltype(table.sh_size)>(names.size());
  sections.push_back(table);
  file += names;
  header.e_shoff = static_cast<decltype(header.e_shoff)>(file.size());
  header.e_shentsize = sizeof(Section);
  header.e_shnum = static_cast<decltype(header.e_shnum)>(sections.size());
  header.e_shstrndx = static_cast<decltype(header.e_shstrndx)>(sections.size() - 1);
  for (const Section& section : sections)
    file.append(reinterpret_cast<const char*>(&section), sizeof(Section));
  std::memcpy(file.data(), &header, sizeof(Header));
  return file;
}

std::string elf64(const std::vector<Part>& parts) {
  return elf<Elf64_Ehdr, Elf64_Shdr>(ELFCLASS64, parts);
}

std::string_view runtime(const std::string& file) {
  return runtime_of_contents(from(file));
}

TEST(RuntimeOf, Names) {
  struct Row {
    const char *name, *runtime;
  };
  for (const Row& row :
       {Row{"python3", "python"}, Row{"python3.11", "python"}, Row{"python", "python"},
        Row{"pypy3", "python"}, Row{"node", "node"}, Row{"nodejs", "node"}, Row{"java", "java"},
        Row{"dotnet", "dotnet"}, Row{"python3.11 (deleted)", "python"}, Row{"pythonista", "c"},
        Row{"nodemon", "c"}, Row{"javac", "c"}, Row{"sh", "c"}, Row{"", "c"}}) {
    EXPECT_EQ(runtime_of(-1, row.name), row.runtime) << row.name;
  }
}

TEST(RuntimeOf, WhatCompilersLeave) {
  // Put together here, lest this very program look as if rustc had built it.
  const std::string mark = "/rustc", commit = mark + "/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std";
  EXPECT_EQ(runtime(elf64({{".text", "x"}, {".go.buildinfo", "y"}})), "go");
  EXPECT_EQ(runtime(elf64({{".comment", "GCC: (Debian 12.2.0)"}})), "c");
  EXPECT_EQ(runtime(elf64({{".comment", "GCC: (Debian)"}, {".rodata", "rustc"}})), "c");
  EXPECT_EQ(runtime(elf64({{".comment", std::string("GCC\0rustc version 1.95.0", 24)}})), "rust");
  EXPECT_EQ(runtime(elf64({{".rodata", commit}})), "rust");
  EXPECT_EQ(runtime(elf64({{".rodata", mark + "/of/somebody, /usr/src/rustc-"}})), "c");
  EXPECT_EQ(runtime(elf64({{".rodata", "/usr/src" + mark + "-1.63.0/library"}})), "rust");
  for (const std::size_t before : {65'000U, 65'500U, 65'530U, 65'536U, 200'000U}) {
    EXPECT_EQ(runtime(elf64({{".rodata", std::string(before, 'x') + commit}})), "rust") << before;
  }
  const std::string small = elf<Elf32_Ehdr, Elf32_Shdr>(ELFCLASS32, {{".go.buildinfo", "y"}});
  EXPECT_EQ(runtime(small), "go");
  EXPECT_EQ(runtime("#!/bin/sh\n"), "c");
  EXPECT_EQ(runtime(""), "c");
}

// Any change of a few bytes of a good file is survived, with bounded reading; so is anything else.
TEST(RuntimeOf, HostileFiles) {
  EXPECT_TRUE(rc::check([](std::string noise) {
    std::string file = elf64({{".comment", "GCC"}, {".rodata", std::string(3000, 'x')}, {".go.build", "y"}});
    if (*rc::gen::arbitrary<bool>()) file = std::string(ELFMAG, SELFMAG) + "\2\1" + noise;
    for (int changes = *rc::gen::inRange(0, 12); changes > 0; --changes) {
      // Offsets and counts stand in the headers, at both ends.
      const std::size_t at = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(file.size(), 400));
      const bool front = *rc::gen::arbitrary<bool>();
      file[front ? at : file.size() - 1 - at] = *rc::gen::arbitrary<char>();
    }
    std::uint64_t read_bytes = 0;
    const ReadAt inner = from(file);
    const auto runtime = runtime_of_contents([&](std::uint64_t offset, std::span<char> into) {
      read_bytes += into.size();
      return inner(offset, into);
    });
    RC_ASSERT(runtime == "c" || runtime == "go" || runtime == "rust");
    RC_ASSERT(read_bytes < 16'000'000U);
  }));
}

// A child that runs `program` until it is ended. Programs that are not there are passed over.
class Child {
 public:
  explicit Child(std::vector<const char*> arguments) {
    arguments.push_back(nullptr);
    int in[2];
    EXPECT_EQ(::pipe(in), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::close(in[0]);
      ::close(in[1]);
      ::execvp(arguments[0], const_cast<char* const*>(arguments.data()));
      ::_exit(127);
    }
    ::close(in[0]);
    in_ = Descriptor(in[1]);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits until it runs another program than this one; false if it is gone.
  [[nodiscard]] bool is_running() const {
    const Descriptor self = open_process(::getpid());
    const std::string own = link_target(self.get(), "exe");
    for (;;) {
      const Descriptor proc = open_process(pid_);
      if (read_process_stat(proc.get()).state == 'Z') return false;
      if (link_target(proc.get(), "exe") != own) return true;
      ::usleep(1000);
    }
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  Descriptor in_;
};

TEST(RuntimeOf, RunningPrograms) {
  Runtimes runtimes;
  int looked_at = 0;
  const auto expect_runtime = [&](std::vector<const char*> arguments, const char* runtime) {
    const Child child(arguments);
    if (!child.is_running()) return;
    const Descriptor proc = open_process(child.pid());
    for (int again = 0; again < 2; ++again) EXPECT_EQ(runtimes.of(proc.get()), runtime) << arguments[0];
    ++looked_at;
  };
  expect_runtime({"/bin/cat"}, "c");
  expect_runtime({"/bin/sh", "-c", "read x"}, "c");
  expect_runtime({"/usr/bin/python3", "-c", "input()"}, "python");
  expect_runtime({"node", "-e", "process.stdin.resume()"}, "node");
  EXPECT_GE(looked_at, 2);
}

// This very program has what is looked for among its own constants.
TEST(RuntimeOf, AProgramThatLooksForThem) {
  Runtimes runtimes;
  EXPECT_EQ(runtimes.of(open_process(::getpid()).get()), "c");
}

TEST(RuntimeOf, AProcessThatIsGone) {
  Runtimes runtimes;
  EXPECT_EQ(runtimes.of(-1), "c");
}

}  // namespace
}  // namespace holdfast
