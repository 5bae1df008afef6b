#include "harness/sharing/sharing.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cerrno>
#include <string>
#include <vector>

namespace holdfast {
namespace {

constexpr FileBits rw = read_bit | write_bit;
constexpr FileBits rwd = rw | delete_bit;

std::vector<Handle> random_handles(int least) {
  const auto count = *rc::gen::inRange(least, least + 4);
  std::vector<Handle> handles;
  for (int i = 0; i < count; ++i) {
    handles.push_back(
        {static_cast<FileBits>(*rc::gen::inRange(0, 8)), static_cast<FileBits>(*rc::gen::inRange(0, 8))});
  }
  return handles;
}

// WINDOWS.md 2, the rows for MoveFileExW and DeleteFileW.
TEST(Sharing, Table) {
  struct Row {
    Handle holder;
    int onto, of;
  };
  for (const Row& row : {Row{{read_bit, rw}, 5, 32}, Row{{read_bit, rwd}, 5, 0}, Row{{rw, rw}, 5, 32},
                         Row{{0, 0}, 5, 0}, Row{{delete_bit, 0}, 5, 32}, Row{{read_bit, delete_bit}, 5, 0}}) {
    const std::vector holders{row.holder};
    EXPECT_EQ(replace_onto(holders), row.onto);
    EXPECT_EQ(rename_of(holders), row.of);
    EXPECT_EQ(delete_of(holders), row.of);
  }
  EXPECT_EQ(replace_onto({}), 0);
  EXPECT_EQ(rename_of({}), 0);
  EXPECT_EQ(delete_of({}), 0);
  EXPECT_EQ(remove_directory(true), 32);
  EXPECT_EQ(remove_directory(false), 0);
  EXPECT_EQ(rename_directory(true), 5);
  EXPECT_EQ(rename_directory(false), 0);
}

TEST(Sharing, SharingMoreNeverRefusesMore) {
  EXPECT_TRUE(rc::check([] {
    auto holders = random_handles(1);
    auto generous = holders;
    generous[0].share = static_cast<FileBits>(generous[0].share | *rc::gen::inRange(0, 8));
    RC_ASSERT(rename_of(generous) == 0 || rename_of(holders) != 0);
    RC_ASSERT(delete_of(generous) == 0 || delete_of(holders) != 0);
    RC_ASSERT(replace_onto(generous) == replace_onto(holders));
  }));
}

TEST(Sharing, OneMoreHolderNeverRefusesLess) {
  EXPECT_TRUE(rc::check([] {
    auto holders = random_handles(0);
    auto fewer = holders;
    holders.push_back({read_bit, rw});
    RC_ASSERT(rename_of(holders) == error_sharing_violation);
    RC_ASSERT(replace_onto(holders) == error_access_denied);
    RC_ASSERT(rename_of(fewer) == 0 || rename_of(fewer) == error_sharing_violation);
  }));
}

TEST(Sharing, PythonShowsAccessDeniedForBothCodes) {
  const auto python = find_profile("python");
  ASSERT_TRUE(python);
  EXPECT_EQ(python->share, rw);
  EXPECT_EQ(errno_for(*python, error_access_denied), EACCES);
  EXPECT_EQ(errno_for(*python, error_sharing_violation), EACCES);
  EXPECT_EQ(errno_for(*python, 0), 0);
  EXPECT_FALSE(find_profile("cobol"));
}

TEST(Sharing, LettersRoundTrip) {
  for (FileBits bits = 0; bits < 8; ++bits) EXPECT_EQ(parse_letters(to_letters(bits)), bits);
  EXPECT_EQ(to_letters(rw), "rw-");
  EXPECT_EQ(parse_letters("rwd"), rwd);
  EXPECT_EQ(parse_letters(""), 0);
  EXPECT_FALSE(parse_letters("rx"));
}

}  // namespace
}  // namespace holdfast
