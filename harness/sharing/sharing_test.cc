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

// docs/windows-rules.md, the rows for MoveFileExW and DeleteFileW.
TEST(Sharing, Table) {
  struct Row {
    Handle holder;
    int onto, of, posix_onto;
  };
  for (const Row& row :
       {Row{{read_bit, rw}, 5, 32, 5}, Row{{read_bit, rwd}, 5, 0, 0}, Row{{rw, rw}, 5, 32, 5},
        Row{{0, 0}, 5, 0, 0}, Row{{delete_bit, 0}, 5, 32, 5}, Row{{read_bit, delete_bit}, 5, 0, 0}}) {
    const std::vector holders{row.holder};
    EXPECT_EQ(replace_onto(holders), row.onto);
    EXPECT_EQ(rename_of(holders), row.of);
    EXPECT_EQ(delete_of(holders), row.of);
    EXPECT_EQ(posix_replace_onto(holders), row.posix_onto);
  }
  EXPECT_EQ(replace_onto({}), 0);
  EXPECT_EQ(rename_of({}), 0);
  EXPECT_EQ(delete_of({}), 0);
  EXPECT_EQ(remove_directory(true), 32);
  EXPECT_EQ(remove_directory(false), 0);
  EXPECT_EQ(rename_directory(true), 5);
  EXPECT_EQ(rename_directory(false), 0);
}

TEST(Sharing, ClassicDeletionLeavesTheNameWhileAnybodyHasTheFileOpen) {
  const std::vector holders{Handle{read_bit, rwd}};
  EXPECT_EQ(delete_of(holders), 0);
  EXPECT_TRUE(leaves_name(Deletion::classic, holders));
  EXPECT_FALSE(leaves_name(Deletion::classic, {}));
  EXPECT_FALSE(leaves_name(Deletion::posix, holders));
  EXPECT_EQ(reach(true), 5);
  EXPECT_EQ(reach(false), 0);
  EXPECT_EQ(remove_directory_around(true), 145);
  EXPECT_EQ(remove_directory_around(false), 0);
}

TEST(Sharing, SharingMoreNeverRefusesMore) {
  EXPECT_TRUE(rc::check([] {
    auto holders = random_handles(1);
    auto generous = holders;
    generous[0].share = static_cast<FileBits>(generous[0].share | *rc::gen::inRange(0, 8));
    RC_ASSERT(rename_of(generous) == 0 || rename_of(holders) != 0);
    RC_ASSERT(delete_of(generous) == 0 || delete_of(holders) != 0);
    RC_ASSERT(replace_onto(generous) == replace_onto(holders));
    RC_ASSERT(posix_replace_onto(generous) == 0 || posix_replace_onto(holders) != 0);
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

// Every access and share against every other, from the definition in MS-FSA 2.1.5.1.2.2 spelt out.
TEST(Sharing, OpeningBesideAnotherHandle) {
  int refused = 0;
  for (int bits = 0; bits < 4096; ++bits) {
    const auto part = [&](int shift) { return static_cast<FileBits>((bits >> shift) & 7); };
    const Handle first{part(0), part(3)}, second{part(6), part(9)};
    bool conflict = false;
    for (const FileBits bit : {read_bit, write_bit, delete_bit}) {
      if (first.access == 0 || second.access == 0) continue;
      if ((second.access & bit) != 0 && (first.share & bit) == 0) conflict = true;
      if ((first.access & bit) != 0 && (second.share & bit) == 0) conflict = true;
    }
    EXPECT_EQ(open_beside(second, std::vector{first}), conflict ? 32 : 0) << bits;
    EXPECT_EQ(open_beside(second, std::vector{first}), open_beside(first, std::vector{second})) << bits;
    refused += conflict ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(open_beside({read_bit, 0}, {}), 0);
}

TEST(Sharing, OpeningIsRefusedByAnyOneHolder) {
  EXPECT_TRUE(rc::check([] {
    const auto holders = random_handles(0);
    const Handle opener{static_cast<FileBits>(*rc::gen::inRange(0, 8)),
                        static_cast<FileBits>(*rc::gen::inRange(0, 8))};
    bool refused = false;
    for (const Handle& holder : holders) refused = refused || open_beside(opener, std::vector{holder}) != 0;
    RC_ASSERT(open_beside(opener, holders) == (refused ? error_sharing_violation : 0));
    const Handle generous{opener.access, rwd};
    RC_ASSERT(open_beside(generous, holders) == 0 || open_beside(opener, holders) != 0);
  }));
}

TEST(Sharing, LettersRoundTrip) {
  for (FileBits bits = 0; bits < 8; ++bits) EXPECT_EQ(parse_letters(to_letters(bits)), bits);
  EXPECT_EQ(to_letters(rw), "rw-");
  EXPECT_EQ(parse_letters("rwd"), rwd);
  EXPECT_EQ(parse_letters(""), 0);
  EXPECT_FALSE(parse_letters("rx"));
  EXPECT_EQ(to_set(0), "-");
  EXPECT_EQ(to_set(read_bit | delete_bit), "rd");
}

}  // namespace
}  // namespace holdfast
