#include "harness/sharing/profile.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

namespace holdfast {
namespace {

// docs/windows-rules.md: share mode, rename and what users see, by runtime.
TEST(Profile, Table) {
  struct Row {
    const char* name;
    const char* share;
    int denied, violation;
    int onto_who_shares_deletion;
  };
  for (const Row& row :
       {Row{"c", "rw-", EACCES, EACCES, 5}, Row{"python", "rw-", EACCES, EACCES, 5},
        Row{"go", "rw-", EACCES, EBUSY, 5}, Row{"java", "rw-", EACCES, EBUSY, 5},
        Row{"java-nio", "rwd", EACCES, EBUSY, 5}, Row{"node", "rwd", EPERM, EBUSY, 5},
        Row{"rust", "rwd", EACCES, EBUSY, 0}, Row{"dotnet", "r--", EACCES, EBUSY, 5},
        Row{"share-none", "---", EACCES, EBUSY, 5}, Row{"share:r-d", "r-d", EACCES, EBUSY, 5}}) {
    SCOPED_TRACE(row.name);
    const auto profile = find_profile(row.name);
    ASSERT_TRUE(profile);
    EXPECT_EQ(to_letters(profile->share), row.share);
    EXPECT_EQ(errno_for(*profile, error_access_denied), row.denied);
    EXPECT_EQ(errno_for(*profile, error_sharing_violation), row.violation);
    EXPECT_EQ(errno_for(*profile, 0), 0);
    EXPECT_EQ(errno_for(*profile, error_directory_not_empty), ENOTEMPTY);
    const std::vector shares_deletion{Handle{read_bit, read_bit | write_bit | delete_bit}};
    EXPECT_EQ(replace_onto(*profile, shares_deletion), row.onto_who_shares_deletion);
    const std::vector does_not{Handle{read_bit, read_bit | write_bit}};
    EXPECT_EQ(replace_onto(*profile, does_not), 5);
    EXPECT_EQ(replace_onto(*profile, {}), 0);
  }
  EXPECT_FALSE(find_profile("cobol"));
  EXPECT_FALSE(find_profile("share:rwx"));
  EXPECT_EQ(profile_names().size(), 9U);
  for (FileBits share = 0; share < 8; ++share) {
    const auto custom = find_profile("share:" + to_letters(share));
    ASSERT_TRUE(custom) << to_letters(share);
    EXPECT_EQ(custom->share, share);
  }
}

}  // namespace
}  // namespace holdfast
