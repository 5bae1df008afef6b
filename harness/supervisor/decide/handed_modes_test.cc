#include "harness/supervisor/decide/handed_modes.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

struct stat numbered(ino_t number) {
  struct stat file {};
  file.st_ino = number;
  return file;
}

constexpr Handle reads_and_shares_reading{read_bit, read_bit};
constexpr Handle writes_and_shares_reading{write_bit, read_bit};

TEST(HandedModes, RefuseUntilTheirHandlesAreClosed) {
  HandedModes modes;
  const auto file = numbered(1), other = numbered(2);
  modes.add(file, writes_and_shares_reading, true);
  EXPECT_TRUE(modes.may_refuse(file, reads_and_shares_reading));
  EXPECT_FALSE(modes.may_refuse(other, reads_and_shares_reading));
  modes.add(file, reads_and_shares_reading, false);
  modes.writers_closed(file);
  EXPECT_FALSE(modes.may_refuse(file, reads_and_shares_reading));
  EXPECT_TRUE(modes.may_refuse(file, writes_and_shares_reading)) << "the reader is still there";
  modes.all_closed(file);
  EXPECT_FALSE(modes.may_refuse(file, writes_and_shares_reading));
  EXPECT_FALSE(modes.knows(file));
}

// A mode stands for more than its descriptor: who may only read may have asked for the right to write.
TEST(HandedModes, OfADescriptorThatOnlyReadsStayWhenWritersAreGone) {
  HandedModes modes;
  modes.add(numbered(1), writes_and_shares_reading, false);
  modes.writers_closed(numbered(1));
  EXPECT_TRUE(modes.may_refuse(numbered(1), reads_and_shares_reading));
}

// Rather look in vain than not at all.
TEST(HandedModes, OfTooManyFilesMayBeThoseOfAny) {
  HandedModes modes(3);
  for (ino_t number = 1; number <= 3; ++number) modes.add(numbered(number), writes_and_shares_reading, true);
  EXPECT_FALSE(modes.may_refuse(numbered(9), reads_and_shares_reading));
  modes.add(numbered(4), reads_and_shares_reading, false);
  EXPECT_TRUE(modes.may_refuse(numbered(1), reads_and_shares_reading));
  EXPECT_TRUE(modes.may_refuse(numbered(9), reads_and_shares_reading));
  EXPECT_FALSE(modes.knows(numbered(1)));
  EXPECT_TRUE(modes.knows(numbered(4)));
}

}  // namespace
}  // namespace holdfast
