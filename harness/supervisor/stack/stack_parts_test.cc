// What a stack is made of, without a process: tables, lines, names and tests.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/supervisor/stack/eh_frame_table.h"
#include "harness/supervisor/stack/modules.h"
#include "harness/supervisor/stack/python_layout.h"
#include "harness/supervisor/stack/python_lines.h"
#include "harness/supervisor/stack/readable_name.h"
#include "harness/supervisor/stack/remote_memory.h"
#include "harness/supervisor/stack/source_lines.h"
#include "harness/supervisor/stack/test_that_runs.h"

namespace holdfast {
namespace {

TEST(PythonLayouts, AreKnownByVersion) {
  ASSERT_NE(find_python_layout({3, 11}), nullptr);
  EXPECT_NE(find_python_layout({3, 12}), nullptr);
  EXPECT_EQ(find_python_layout({3, 10}), nullptr);
  EXPECT_EQ(find_python_layout({4, 0}), nullptr);
  EXPECT_EQ(python_version_of(0x030B02F0), (PythonVersion{3, 11}));
  EXPECT_EQ(
      unknown_python_text({3, 99}),
      "the lines of Python 3.99 cannot be read, only those of 3.11 and 3.12; --enforce gives a traceback");
}

TEST(PythonLayouts, VersionsAreInNames) {
  EXPECT_EQ(python_version_in("/usr/bin/python3.9"), (PythonVersion{3, 9}));
  EXPECT_EQ(python_version_in("/usr/lib/libpython3.10.so.1.0"), (PythonVersion{3, 10}));
  for (const char* none :
       {"/usr/bin/python3", "/usr/bin/python", "/usr/bin/pythonx.1", "/bin/sh", "", "python3."})
    EXPECT_EQ(python_version_in(none), std::nullopt) << none;
}

TEST(PythonLines, AreThoseOfTheTable) {
  // Forms: short (0), one line (11: one further), no columns (13), long (14), none (15); see Objects/locations.md.
  const char table[] = {char(0x80 | 0 << 3 | 1),  0x00,               // two units, line 10
                        char(0x80 | 11 << 3 | 0), 0x00, 0x00,         // one, line 11
                        char(0x80 | 13 << 3 | 0), 0x06,               // one, line 14
                        char(0x80 | 15 << 3 | 0),                     // one, no line
                        char(0x80 | 14 << 3 | 0), 0x05, 0,    0, 0};  // one, line 12
  const std::string_view lines(table, sizeof table);
  const int expected[] = {10, 10, 11, 14, 0, 12, 0};
  for (std::size_t unit = 0; unit < std::size(expected); ++unit)
    EXPECT_EQ(python_line(lines, 10, unit), expected[unit]) << unit;
}

TEST(PythonLines, BrokenTablesHaveNone) {
  const char endless[] = {char(0x80 | 14 << 3), 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F};
  EXPECT_EQ(python_line({endless, sizeof endless}, 1, 5), 0);
  EXPECT_EQ(python_line({endless, 1}, 1, 0), 0);
  EXPECT_EQ(python_line("", 1, 0), 0);
}

// A unit of DWARF 4 with one file and two lines, from 0x1000 on.
std::string line_unit() {
  using namespace std::string_literals;
  const std::string header =
      "\x01\x01\x01\xFB\x0E\x0D\x00\x01\x01\x01\x01\x00\x00\x00\x01\x00\x00\x01"s +  // with line_base -5
      "src\0\0a.c\0\x01\0\0\0"s;
  const std::string program = "\x00\x09\x02\x00\x10\x00\x00\x00\x00\x00\x00"s +  // address 0x1000
                              "\x03\x06\x01"s +                                  // line 7
                              "\x02\x04\x03\x02\x01"s +                          // four bytes on, line 9
                              "\x02\x04\x00\x01\x01"s;                           // the end
  const auto number = [](std::size_t value) {
    return std::string{static_cast<char>(value), static_cast<char>(value >> 8), '\0', '\0'};
  };
  const std::string rest = "\x04\x00"s + number(header.size()) + header + program;
  return number(rest.size()) + rest;
}

TEST(SourceLines, AreThoseOfTheProgram) {
  const SourceLines lines = SourceLines::read(line_unit(), "", "");
  const auto at = [&](std::uint64_t address) {
    const SourceLine line = lines.at(address);
    return std::string(line.file) + ":" + std::to_string(line.line);
  };
  EXPECT_EQ(at(0x1000), "src/a.c:7");
  EXPECT_EQ(at(0x1003), "src/a.c:7");
  EXPECT_EQ(at(0x1004), "src/a.c:9");
  EXPECT_EQ(at(0x1008), ":0");
  EXPECT_EQ(at(0xFFF), ":0");
}

// Whatever a file says, it is read to an end.
RC_GTEST_PROP(StackTables, AnyBytesAreRead, (const std::string& bytes)) {
  RC_ASSERT(SourceLines::read(bytes, bytes, bytes).at(1).line >= 0);
  std::string broken = line_unit();
  if (!bytes.empty()) broken[bytes.size() % broken.size()] = bytes.front();
  RC_ASSERT(SourceLines::read(broken, bytes, bytes).at(0x1000).line >= 0);
  make_eh_frame_table(bytes, 0x1000);
  python_line(bytes, 1, 100);
  readable_name("_R" + bytes);
  readable_name("_Z" + bytes);
  parse_maps(bytes);
}

TEST(Maps, AreReadByLine) {
  const Modules modules(
      parse_maps("00400000-00401000 r--p 00000000 fe:01 77  /bin/a b\n"
                 "00401000-00402000 r-xp 00001000 fe:01 77  /bin/a b\n"
                 "nonsense\n"
                 "7f00-7e00 r-xp 0 0:0 0\n"
                 "00500000-00501000 rwxp 00000000 00:00 0 \n"));
  const Mapping* const code = modules.at(0x401008);
  ASSERT_NE(code, nullptr);
  EXPECT_TRUE(code->executable);
  EXPECT_EQ(modules.module_of(*code).path, "/bin/a b");
  EXPECT_EQ(modules.module_of(*code).header, 0x400000U);
  EXPECT_EQ(modules.at(0x402000), nullptr);
  EXPECT_EQ(modules.at(0), nullptr);
  ASSERT_NE(modules.at(0x500010), nullptr);
  EXPECT_EQ(modules.module_of(*modules.at(0x500010)).path, "");
  EXPECT_EQ(modules.with_code().size(), 1U);
  EXPECT_TRUE(parse_maps("").empty());
}

TEST(RemoteMemory, ReadsWhatIsThereAndNothingElse) {
  const std::string text(10'000, 'x');
  RemoteMemory memory(::getpid());
  const auto address = reinterpret_cast<std::uint64_t>(text.c_str());
  EXPECT_EQ(memory.text(address, 20'000), text);
  EXPECT_EQ(memory.text(address, 100), std::nullopt);
  EXPECT_EQ(memory.bytes(address, text.size()), text);
  EXPECT_EQ(memory.word(8), std::nullopt);
  EXPECT_EQ(memory.word(UINT64_MAX - 3), std::nullopt);
  EXPECT_EQ(memory.bytes(address, SIZE_MAX), std::nullopt);
  EXPECT_TRUE(memory.window(0).empty());
}

TEST(ReadableNames, AreThoseOfTheSource) {
  EXPECT_EQ(readable_name("save"), "save");
  EXPECT_EQ(readable_name("save.constprop.0"), "save");
  EXPECT_EQ(readable_name("_ZN5Store4saveERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"),
            "Store::save");
  EXPECT_EQ(readable_name("_ZN12_GLOBAL__N_14saveEv"), "(anonymous namespace)::save");
  EXPECT_EQ(readable_name("_Z4saveIiEvT_"), "save<int>");
  EXPECT_EQ(readable_name("_ZNK5Store4sizeEv"), "Store::size");
  EXPECT_EQ(readable_name("_ZN5store4save17h0123456789abcdefE"), "store::save");
  EXPECT_EQ(readable_name("_RNvCskFybzSCucbF_1a4save"), "a::save");
  EXPECT_EQ(readable_name("_RNvMCskFybzSCucbF_1aNtB2_1S2go"), "<a::S>::go");
  EXPECT_EQ(readable_name("_RINvNtCs1_3std2fs6renameReB2_E"), "std::fs::rename");
  EXPECT_EQ(readable_name(""), "");
}

TEST(ReadableNames, NonsenseStaysAsItIs) {
  for (const char* name : {"_R", "_RNv", "_RB_", "_RNvB_1a", "_Z", "_ZN999999999999a", "_RINvC1aE",
                           "_RNvCs99999999999999999999_1a99999999999999999999x"})
    EXPECT_EQ(readable_name(name), name);
  std::string deep = "_R";
  for (int i = 0; i < 2000; ++i) deep += "Nv";
  EXPECT_EQ(readable_rust_name(deep), "");
}

TEST(TestThatRuns, IsInTheEnvironment) {
  using namespace std::string_literals;
  const std::string variables = "HOME=/\0PYTEST_CURRENT_TEST=tests/test_a.py::test_b[x (y)] (call)\0"s;
  EXPECT_EQ(test_in_environment(variables), "tests/test_a.py::test_b[x (y)]");
  EXPECT_EQ(test_in_environment("PYTEST_CURRENT_TEST=a.py::test_b (setup)"), "a.py::test_b (setup)");
  EXPECT_EQ(test_in_environment("XPYTEST_CURRENT_TEST=a"), "");
}

TEST(TestThatRuns, IsInTheCommandsThatLedThere) {
  using Commands = std::vector<std::vector<std::string>>;
  EXPECT_EQ(
      test_in_commands(Commands{{"/b/store_test", "--gtest_filter=Store.Save"}, {"/usr/bin/ctest", "-j3"}}),
      "Store.Save");
  EXPECT_EQ(test_in_commands(Commands{{"mv", "a", "b"}, {"/b/check", "fast"}, {"ctest"}, {"sh"}}),
            "check fast");
  EXPECT_EQ(test_in_commands(Commands{{"/usr/bin/node", "--enable-x", "/w/a.test.js"}, {"node", "--test"}}),
            "/w/a.test.js");
  EXPECT_EQ(test_in_commands(Commands{{"node", "--test"}, {"sh"}}), "");
  EXPECT_EQ(test_in_commands(Commands{{}, {}, {"ctest"}}), "");
  EXPECT_EQ(test_in_commands(Commands{}), "");
}

TEST(TestThatRuns, IsOnTheStack) {
  const auto in = [](const std::string& function, const std::string& file) {
    return test_in_frames({{"rename", "", 0, "libc", 0}, {function, file, 1, "", 0}});
  };
  EXPECT_EQ(in("example.com/a.b/store.TestReplace.func1", "/w/store_test.go"), "TestReplace");
  EXPECT_EQ(in("example.com/store.Testing", "/w/store.go"), "");
  EXPECT_EQ(in("testing.tRunner", "/usr/lib/go/src/testing/testing.go"), "");
  EXPECT_EQ(in("(anonymous namespace)::Store_Replace_Test::TestBody", ""), "Store.Replace");
  EXPECT_EQ(in("test_me", "/w/test_a.py"), "") << "pytest tells it itself";
  EXPECT_EQ(test_in_frames({{"TestState.test_save", "/w/test_a.py", 1, "", 0},
                            {"TestCase.run", "/usr/lib/python3.11/unittest/case.py", 1, "", 0}}),
            "test_a.py::TestState.test_save");
}

}  // namespace
}  // namespace holdfast
