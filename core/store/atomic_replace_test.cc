#include "core/store/atomic_replace.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "core/store/orphan_sweep.h"
#include "core/store/quarantine.h"
#include "core/store/temp_name.h"
#include "core/testing/intercepted_calls.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using Names = std::vector<std::string>;

TEST(Replacement, replaces_and_leaves_nothing_behind) {
  for (const Durability durability : {Durability::process, Durability::power}) {
    const ScratchDirectory scratch;
    scratch.write("q", "old");
    {
      Replacement replacement(scratch.path() / "q", durability);
      ASSERT_TRUE(replacement.write("new", std::nullopt));
      EXPECT_EQ(scratch.read("q"), "old");
      ASSERT_TRUE(replacement.commit());
    }
    EXPECT_EQ(scratch.read("q"), "new");
    EXPECT_EQ(scratch.names(), Names{"q"});
  }
}

TEST(Replacement, goes_without_a_trace_unless_committed) {
  const ScratchDirectory scratch;
  scratch.write("q", "old");
  {
    Replacement replacement(scratch.path() / "q", Durability::process);
    ASSERT_TRUE(replacement.write("new", std::nullopt));
    EXPECT_EQ(scratch.names().size(), 2U);
  }
  EXPECT_EQ(scratch.names(), Names{"q"});
  EXPECT_EQ(scratch.read("q"), "old");
}

TEST(Replacement, a_refused_rename_can_be_tried_again) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  const ScratchDirectory scratch;
  scratch.write("q", "old");
  bool refuse = true;
  Replacement replacement(scratch.path() / "q", Durability::power);
  ASSERT_TRUE(replacement.write("new", std::nullopt));
  Code code = Code::failed;
  bool done = false;
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        return call.name == "rename" && std::exchange(refuse, false) ? EACCES : 0;
      },
      [&] {
        if (auto first = replacement.commit(); !first) code = first.error().code;
        done = replacement.commit().has_value();
      });
  EXPECT_EQ(code, Code::denied);
  EXPECT_TRUE(done);
  EXPECT_EQ(scratch.read("q"), "new");
}

TEST(Replacement, a_failed_flush_is_no_before_the_rename_and_perhaps_after_it) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  for (const int failing : {1, 2}) {  // the flush of the file, and that of the directory
    const ScratchDirectory scratch;
    scratch.write("q", "old");
    int flushes = 0;
    Result<> outcome;
    with_intercepted_calls(
        [&](const InterceptedCall& call) {
          return call.name == "fdatasync" && ++flushes == failing ? EIO : 0;
        },
        [&] {
          Replacement replacement(scratch.path() / "q", Durability::power);
          outcome = replacement.write("new", std::nullopt);
          if (outcome) outcome = replacement.commit();
        });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(flushes, failing);
    EXPECT_EQ(outcome.error().code, failing == 1 ? Code::failed : Code::indefinite);
    EXPECT_EQ(outcome.error().os_code, EIO);
    EXPECT_EQ(scratch.read("q"), failing == 1 ? "old" : "new");
    EXPECT_EQ(scratch.names(), Names{"q"});
  }
}

TEST(Replacement, the_process_class_never_flushes) {
  HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
  const ScratchDirectory scratch;
  int flushes = 0;
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        flushes += call.name == "fdatasync" ? 1 : 0;
        return 0;
      },
      [&] {
        Replacement replacement(scratch.path() / "q", Durability::process);
        EXPECT_TRUE(replacement.write("new", std::nullopt) && replacement.commit());
      });
  EXPECT_EQ(flushes, 0);
}

TEST(SweepOrphans, takes_its_own_pattern_and_nothing_else) {
  const ScratchDirectory scratch;
  const auto target = scratch.path() / "queue.json";
  scratch.write(new_temp_path(target).filename().string(), "x");
  scratch.write(new_temp_path(target).filename().string(), "");
  scratch.write(".other.json.1-0123456789abcdef.tmp", "");
  scratch.write("queue.json.tmp", "");
  scratch.write("queue.json", "");
  EXPECT_TRUE(sweep_orphans(target));
  EXPECT_EQ(scratch.names(), (Names{".other.json.1-0123456789abcdef.tmp", "queue.json", "queue.json.tmp"}));
}

TEST(SweepOrphans, goes_on_past_what_it_cannot_remove) {
  const ScratchDirectory scratch;
  const auto target = scratch.path() / "queue.json";
  std::filesystem::create_directory(new_temp_path(target));
  std::filesystem::create_directory(new_temp_path(target));
  scratch.write(new_temp_path(target).filename().string(), "");
  EXPECT_FALSE(sweep_orphans(target));
  EXPECT_EQ(scratch.names().size(), 2U);
}

TEST(Quarantine, keeps_every_byte_under_a_name_of_its_own) {
  const ScratchDirectory scratch;
  scratch.write("queue.json", "rubbish");
  const auto aside = quarantine(scratch.path() / "queue.json");
  ASSERT_TRUE(aside);
  const std::string name = aside->filename().string();
  // queue.json.corrupt-20250131T090000Z-1c0ffee5
  ASSERT_EQ(name.size(), std::string("queue.json.corrupt-20250131T090000Z-1c0ffee5").size()) << name;
  EXPECT_EQ(name.substr(0, 21), "queue.json.corrupt-20");
  EXPECT_EQ(name.substr(27, 1) + name.substr(34, 2), "TZ-");
  EXPECT_EQ(scratch.names(), Names{name});
  EXPECT_EQ(scratch.read(name), "rubbish");
  EXPECT_NE(new_quarantine_path("q"), new_quarantine_path("q"));
}

}  // namespace
}  // namespace holdfast
