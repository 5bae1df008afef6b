#include "harness/supervisor/decide/ruling.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast {
namespace {

using Kind = Ruling::Kind;

constexpr FileBits shares_all = read_bit | write_bit | delete_bit;

// Somebody who reads the file, and shares that much.
NamedHolder reader(FileBits share) {
  NamedHolder holder;
  holder.kind = HolderKind::stranger;
  holder.share = share;
  holder.found.descriptor = 3;
  return holder;
}
NamedHolder mapping(bool running) {
  NamedHolder holder = reader(shares_all);
  holder.found.descriptor = -1;
  holder.found.running = running;
  return holder;
}
FileUse held_by(NamedHolder holder) {
  return {true, false, {std::move(holder)}};
}
const FileUse no_holder{};
const FileUse came_or_went{false, false, {}};
const FileUse passing{true, true, {}};

Look look_of(int number) {
  return {.number = number, .unseen = {}};
}
constexpr int last_look = Look::most;

struct RulingCase {
  std::string what;
  SeenFile source, target;  // of a removal: the source is what is removed
  int look;
  Kind kind;
  std::uint16_t code = 0;
  Obstacle obstacle = Obstacle::held;
};

void expect_ruling(const Ruling& ruling, const RulingCase& row) {
  SCOPED_TRACE(row.what);
  EXPECT_EQ(ruling.kind, row.kind);
  EXPECT_EQ(ruling.code, row.code);
  EXPECT_EQ(ruling.obstacle, row.obstacle);
  if (row.kind == Kind::refused) {
    EXPECT_EQ(ruling.holders.size(), row.obstacle == Obstacle::read_only ? 0U : 1U);
  }
}

TEST(Ruling, OnARename) {
  const Profile python = *find_profile("python");
  const SeenFile free{no_holder}, taken{no_holder, false, false}, unknown{came_or_went};
  const RulingCase rows[] = {
      {"free", free, free, 1, Kind::allowed},
      {"the source is open and not for deletion",
       {held_by(reader(read_bit | write_bit))},
       free,
       1,
       Kind::refused,
       32},
      {"the source is open and shares it", {held_by(reader(shares_all))}, free, 1, Kind::allowed},
      {"the target is open, whatever it shares", free, {held_by(reader(shares_all))}, 1, Kind::refused, 5},
      {"the target runs", free, {held_by(mapping(true))}, 1, Kind::refused, 5, Obstacle::running_program},
      {"the target is read-only", free, {no_holder, true}, 1, Kind::refused, 5, Obstacle::read_only},
      {"the source is, which stops nobody", {no_holder, true}, free, 1, Kind::allowed},
      {"a child that has not called exec", {passing}, free, 1, Kind::probe_again},
      {"of the target likewise", free, {passing}, 1, Kind::probe_again},
      {"a holder came or went", unknown, free, 1, Kind::look_again},
      {"of the target likewise", free, unknown, last_look - 1, Kind::look_again},
      {"and again, to the last: by whom unseen", unknown, free, last_look, Kind::refused, 32},
      {"of the target likewise", free, unknown, last_look, Kind::refused, 5},
      {"somebody began to open the source", taken, free, 1, Kind::look_again},
      {"and again, to the last", taken, free, last_look, Kind::refused, 32},
      {"of the target likewise", free, taken, last_look, Kind::refused, 5},
      {"a refusal comes before a second look",
       {held_by(reader(0)), false, false},
       free,
       1,
       Kind::refused,
       32},
  };
  for (const RulingCase& row : rows)
    expect_ruling(rule_on_rename(row.source, row.target, python, look_of(row.look)), row);
}

TEST(Ruling, OnARemoval) {
  const RulingCase rows[] = {
      {"free", {no_holder}, {}, 1, Kind::allowed},
      {"open and not for deletion", {held_by(reader(read_bit | write_bit))}, {}, 1, Kind::refused, 32},
      {"open and shares it", {held_by(reader(shares_all))}, {}, 1, Kind::allowed},
      {"runs", {held_by(mapping(true))}, {}, 1, Kind::refused, 5, Obstacle::running_program},
      {"read-only", {no_holder, true}, {}, 1, Kind::refused, 5, Obstacle::read_only},
      {"a child that has not called exec", {passing}, {}, 1, Kind::probe_again},
      {"a holder came or went", {came_or_went}, {}, last_look - 1, Kind::look_again},
      {"and again, to the last: by whom unseen", {came_or_went}, {}, last_look, Kind::refused, 32},
      {"somebody began to open it", {no_holder, false, false}, {}, 1, Kind::look_again},
      {"and again, to the last", {no_holder, false, false}, {}, last_look, Kind::refused, 32},
  };
  for (const RulingCase& row : rows) expect_ruling(rule_on_removal(row.source, look_of(row.look)), row);
}

TEST(Ruling, OnAnOpen) {
  const Handle reads{read_bit, read_bit | write_bit}, writes{write_bit, read_bit | write_bit};
  struct OpenCase {
    std::string what;
    SeenOpen seen;
    int look;
    Kind kind;
    std::uint16_t code = 0;
    Obstacle obstacle = Obstacle::held;
  };
  const OpenCase rows[] = {
      {"free", {reads, no_holder}, 1, Kind::allowed},
      {"beside one who shares it", {reads, held_by(reader(read_bit))}, 1, Kind::allowed},
      {"beside one who denies writing", {writes, held_by(reader(read_bit))}, 1, Kind::refused, 32},
      {"to write a program that runs",
       {writes, held_by(mapping(true))},
       1,
       Kind::refused,
       32,
       Obstacle::running_program},
      {"a mapping has no share mode", {writes, held_by(mapping(false))}, 1, Kind::allowed},
      {"but is not cut", {writes, held_by(mapping(false)), true}, 1, Kind::refused, 1224, Obstacle::mapped},
      {"cut where nobody has it mapped", {writes, no_holder, true}, 1, Kind::allowed},
      {"a child that has not called exec", {reads, passing}, 1, Kind::probe_again},
      {"a holder came or went", {reads, came_or_went, false, true}, last_look - 1, Kind::look_again},
      {"and again, to the last, where one must be",
       {reads, came_or_went, false, true},
       last_look,
       Kind::refused,
       32},
      {"and where none need be", {reads, came_or_went}, last_look, Kind::allowed},
  };
  for (const OpenCase& row : rows)
    expect_ruling(rule_on_open(row.seen, look_of(row.look)),
                  {row.what, {}, {}, row.look, row.kind, row.code, row.obstacle});
}

}  // namespace
}  // namespace holdfast
