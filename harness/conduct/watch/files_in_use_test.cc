#include "harness/conduct/watch/files_in_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr FilesInUse::Use shared{LeftoverUse::shared, no_process};

StoreHandle open_on(const char* path, bool gone = false) {
  return {5, 3, path, gone, false, "rw"};
}

TEST(FilesInUse, AreSharedIfTwoAgentsHaveThemOpenOrOneKeepsALock) {
  FilesInUse use("/s");
  use.look_at_work({{0, {open_on("/s/a.tmp"), open_on("/s/jobs.lock"), open_on("/s/jobs.lock")}},
                    {1, {open_on("/s/b.tmp"), open_on("/s/jobs.lock"), open_on("/s/old", true)}},
                    {2, {open_on("/s/old", true)}}});
  EXPECT_THAT(use.files(), ElementsAre(Pair("jobs.lock", shared)));
  StoreHandle locked = open_on("/s/leader");
  locked.locks.emplace_back();
  use.look_at_rest({{0, {open_on("/s/sub/log"), open_on("/s/sub/log"), open_on("/s/old", true), locked}},
                    {1, {open_on("/s/jobs.lock"), open_on("/s/ring")}},
                    {2, {open_on("/s/ring")}}});
  EXPECT_THAT(use.files(),
              ElementsAre(Pair("jobs.lock", shared), Pair("leader", shared), Pair("ring", shared),
                          Pair("sub/log", FilesInUse::Use{LeftoverUse::alone, 0})));
}

TEST(FilesInUse, AreThoseThatAreOpenedWhileWatched) {
  const ScratchDirectory store;
  for (const char* name : {"jobs.json", "left.tmp", "other"}) store.write(name, "x");
  FilesInUse use(store.path());
  use.watch({"jobs.json", "left.tmp", "missing"});
  EXPECT_THAT(use.files(), IsEmpty());
  EXPECT_EQ(store.read("jobs.json") + store.read("other"), "xx");
  EXPECT_THAT(use.files(), ElementsAre(Pair("jobs.json", shared)));
}

}  // namespace
}  // namespace holdfast
