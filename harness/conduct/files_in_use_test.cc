#include "harness/conduct/files_in_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

StoreHandle open_on(const char* path, bool gone = false) {
  return {5, 3, path, gone, false, "rw"};
}

TEST(FilesInUse, AreThoseThatTwoAgentsHaveOpenAtWorkAndThatOneHasAtRest) {
  FilesInUse use("/s");
  use.look_at_work({{0, {open_on("/s/a.tmp"), open_on("/s/jobs.lock"), open_on("/s/jobs.lock")}},
                    {1, {open_on("/s/b.tmp"), open_on("/s/jobs.lock"), open_on("/s/old", true)}},
                    {2, {open_on("/s/old", true)}}});
  EXPECT_THAT(use.names(), ElementsAre("jobs.lock"));
  use.look_at_rest({{0, {open_on("/s/sub/log"), open_on("/s/old", true)}}});
  EXPECT_THAT(use.names(), ElementsAre("jobs.lock", "sub/log"));
}

TEST(FilesInUse, AreThoseThatAreOpenedWhileWatched) {
  const ScratchDirectory store;
  for (const char* name : {"jobs.json", "left.tmp", "other"}) store.write(name, "x");
  FilesInUse use(store.path());
  use.watch({"jobs.json", "left.tmp", "missing"});
  EXPECT_THAT(use.names(), IsEmpty());
  EXPECT_EQ(store.read("jobs.json") + store.read("other"), "xx");
  EXPECT_THAT(use.names(), ElementsAre("jobs.json"));
}

}  // namespace
}  // namespace holdfast
