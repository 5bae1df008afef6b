// What the store does when its calls are refused: as by a sharing domain, really, call by call.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>

#include "core/os/sidecar_lock.h"
#include "core/store/snapshot_store.h"
#include "core/testing/intercepted_calls.h"
#include "core/testing/needs.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using Names = std::vector<std::string>;

// A store whose sleeps only count, and whose named calls on the queue or its temporary files are refused.
class RefusedStore : public testing::Test {
 protected:
  void SetUp() override {
    HOLDFAST_NEEDS(can_intercept_calls(), "a kernel and a user that can trap calls");
    scratch_.write("queue.json", "[{\"id\":\"old\"}]");
  }

  // Refuses the first `times` calls of that name.
  void run_refusing(const std::string& call_name, int times, const std::function<void(SnapshotStore&)>& work,
                    int os_code = EACCES) {
    StoreOptions options;
    options.durability = Durability::process;
    options.hooks.sleep = [this](Duration wait) {
      waits_.push_back(wait);
      if (during_sleep_) during_sleep_();
      return static_cast<int>(waits_.size()) != stop_at_sleep_;
    };
    SnapshotStore store(scratch_.path(), options);
    with_intercepted_calls(
        [&](const InterceptedCall& call) {
          const bool ours = call.path.find("queue.json") != std::string::npos &&
                            call.path.find(".lock") == std::string::npos;
          return ours && call.name == call_name && times-- > 0 ? os_code : 0;
        },
        [&] { work(store); });
    counters_ = store.counters();
  }

  std::vector<std::string> ids() {
    SnapshotStore store(scratch_.path(), {});
    const auto entries = store.load_entries();
    if (!entries) return {"error: " + entries.error().message};
    std::vector<std::string> found;
    for (const Entry& entry : *entries) found.push_back(entry.id);
    return found;
  }

  const ScratchDirectory scratch_;
  std::vector<Duration> waits_;
  int stop_at_sleep_ = 0;
  std::function<void()> during_sleep_;
  RetryCounters counters_;
  const Names tidy_{"queue.json", "queue.json.lock"};
};

TEST_F(RefusedStore, a_refused_replace_is_tried_again) {
  for (const int os_code : {EACCES, EPERM, EBUSY}) {
    waits_.clear();
    run_refusing(
        "rename", 3, [](SnapshotStore& store) { EXPECT_TRUE(store.broadcast({.id = "new"}, {"1"})); },
        os_code);
    EXPECT_EQ(waits_.size(), 3U);
    EXPECT_EQ(counters_.operations, 1U);
    EXPECT_EQ(counters_.attempts, 4U);
    EXPECT_EQ(counters_.successes_after_retry, 1U);
    EXPECT_EQ(counters_.refusals_by_code, (std::map<int, std::uint64_t>{{os_code, 3}}));
  }
  EXPECT_EQ(ids(), (Names{"old", "new", "new", "new"}));
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, the_change_is_made_once_however_often_the_replace_is_tried) {
  int calls = 0;
  run_refusing("rename", 4, [&](SnapshotStore& store) {
    EXPECT_TRUE(store.update([&](std::vector<Entry>& entries) {
      ++calls;
      entries.push_back({.id = "new"});
    }));
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(ids(), (Names{"old", "new"}));
}

TEST_F(RefusedStore, a_spent_budget_leaves_the_old_queue_and_nothing_else) {
  Error error;
  run_refusing("rename", 100, [&](SnapshotStore& store) {
    const auto outcome = store.broadcast({.id = "new"}, {"1"});
    ASSERT_FALSE(outcome);
    error = outcome.error();
  });
  EXPECT_EQ(error.code, Code::exhausted);
  EXPECT_EQ(error.os_code, EACCES);
  for (const std::string words : {"rename", "queue.json", "EACCES (13)", "6 attempts"}) {
    EXPECT_NE(error.message.find(words), std::string::npos) << error.message;
  }
  EXPECT_EQ(counters_.exhausted, 1U);
  EXPECT_EQ(counters_.retries, 5U);
  EXPECT_EQ(ids(), Names{"old"});
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, other_errors_fail_at_once_and_leave_nothing) {
  for (const int os_code : {ENOSPC, EIO, EROFS, EXDEV}) {
    run_refusing(
        "rename", 1,
        [&](SnapshotStore& store) {
          const auto outcome = store.broadcast({.id = "new"}, {"1"});
          ASSERT_FALSE(outcome);
          EXPECT_EQ(outcome.error().code, Code::failed);
          EXPECT_EQ(outcome.error().os_code, os_code);
        },
        os_code);
  }
  EXPECT_TRUE(waits_.empty());
  EXPECT_EQ(ids(), Names{"old"});
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, interrupted_calls_are_no_refusals) {
  run_refusing(
      "rename", 5, [](SnapshotStore& store) { EXPECT_TRUE(store.broadcast({.id = "new"}, {"1"})); }, EINTR);
  EXPECT_EQ(counters_.attempts, 1U);
  EXPECT_EQ(ids(), (Names{"old", "new"}));
}

TEST_F(RefusedStore, a_denied_read_is_retried_and_then_an_error) {
  run_refusing("open", 2, [](SnapshotStore& store) {
    const auto entries = store.load_entries();
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->size(), 1U);
  });
  EXPECT_EQ(waits_.size(), 2U);
  EXPECT_EQ(counters_.successes_after_retry, 1U);

  run_refusing("open", 100, [](SnapshotStore& store) {
    const auto entries = store.load_entries();
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().code, Code::exhausted);
  });
}

// The origin took a denied read for an empty queue, and saved that.
TEST_F(RefusedStore, a_denied_read_never_becomes_a_save) {
  bool called = false;
  run_refusing("open", 1000, [&](SnapshotStore& store) {
    EXPECT_EQ(store.broadcast({.id = "new"}, {"1"}).error().code, Code::exhausted);
    EXPECT_EQ(store.update([&](std::vector<Entry>&) { called = true; }).error().code, Code::exhausted);
    EXPECT_EQ(store.save_entries({}).error().code, Code::exhausted);
  });
  EXPECT_FALSE(called);
  EXPECT_EQ(ids(), Names{"old"});
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, reading_and_replacing_share_one_budget) {
  int reads = 3;
  int renames = 3;
  StoreOptions options;
  options.durability = Durability::process;
  options.hooks.sleep = [](Duration) { return true; };
  SnapshotStore store(scratch_.path(), options);
  Code code = Code::failed;
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        if (call.path.find("queue.json") == std::string::npos) return 0;
        if (call.name == "open" && reads-- > 0) return EACCES;
        return call.name == "rename" && renames-- > 0 ? EACCES : 0;
      },
      [&] { code = store.broadcast({.id = "new"}, {"1"}).error().code; });
  EXPECT_EQ(code, Code::exhausted);
  EXPECT_EQ(store.counters().attempts, 6U);
}

TEST_F(RefusedStore, a_stop_during_back_off_leaves_nothing) {
  stop_at_sleep_ = 2;
  run_refusing("rename", 100, [](SnapshotStore& store) {
    const auto outcome = store.broadcast({.id = "new"}, {"1"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::cancelled);
  });
  EXPECT_EQ(waits_.size(), 2U);
  EXPECT_EQ(ids(), Names{"old"});
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, the_lock_is_kept_during_back_off) {
  int others_got_in = 0;
  during_sleep_ = [&] {
    const Sleep sleep = real_sleep();
    const std::function<std::int64_t()> clock = [] { return std::int64_t{0}; };
    if (SidecarLock::acquire(scratch_.path() / "queue.json.lock", {Duration::zero(), sleep, clock}))
      ++others_got_in;
  };
  run_refusing("rename", 2, [](SnapshotStore& store) { EXPECT_TRUE(store.broadcast({.id = "new"}, {"1"})); });
  EXPECT_EQ(waits_.size(), 2U);
  EXPECT_EQ(others_got_in, 0);
}

TEST_F(RefusedStore, a_held_temporary_file_is_removed_with_patience) {
  int unlinks = 0;
  StoreOptions options;
  options.durability = Durability::process;
  options.hooks.sleep = [](Duration) { return true; };
  SnapshotStore store(scratch_.path(), options);
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        if (call.name == "rename") return EACCES;
        return call.name == "unlink" && ++unlinks <= 3 ? EACCES : 0;
      },
      [&] { EXPECT_EQ(store.broadcast({.id = "new"}, {"1"}).error().code, Code::exhausted); });
  EXPECT_EQ(unlinks, 4);
  EXPECT_EQ(store.counters().attempts, 6U);  // the removal is not counted as the operation's
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, a_temporary_file_that_cannot_be_removed_is_said_and_swept_later) {
  StoreOptions options;
  options.durability = Durability::process;
  options.hooks.sleep = [](Duration) { return true; };
  SnapshotStore store(scratch_.path(), options);
  SnapshotStore other(scratch_.path(), options);
  ASSERT_TRUE(other.broadcast({.id = "first"}, {"1"}));  // so that its sweep at first use is over
  Error error;
  with_intercepted_calls(
      [&](const InterceptedCall& call) {
        return call.name == "rename" || call.name == "unlink" ? EACCES : 0;
      },
      [&] { error = store.broadcast({.id = "new"}, {"1"}).error(); });
  EXPECT_EQ(error.code, Code::exhausted);
  EXPECT_NE(error.message.find("a temporary file stays until the next save"), std::string::npos)
      << error.message;
  EXPECT_EQ(scratch_.names().size(), 3U);
  EXPECT_TRUE(other.broadcast({.id = "next"}, {"1"}));
  EXPECT_EQ(scratch_.names(), tidy_);
}

TEST_F(RefusedStore, a_corrupt_file_that_is_held_is_moved_aside_with_patience) {
  scratch_.write("queue.json", "rubbish");
  run_refusing("rename", 2, [](SnapshotStore& store) {
    const auto entries = store.load_entries();
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().code, Code::corrupt);
  });
  EXPECT_EQ(waits_.size(), 2U);
  EXPECT_EQ(scratch_.read(scratch_.names()[0]), "rubbish");
}

TEST_F(RefusedStore, a_corrupt_file_that_stays_held_stays_where_it_is) {
  scratch_.write("queue.json", "rubbish");
  run_refusing("rename", 1000, [](SnapshotStore& store) {
    EXPECT_EQ(store.load_entries().error().code, Code::exhausted);
    EXPECT_EQ(store.broadcast({.id = "new"}, {"1"}).error().code, Code::exhausted);
  });
  EXPECT_EQ(scratch_.read("queue.json"), "rubbish");
  EXPECT_EQ(scratch_.names(), tidy_);
}

}  // namespace
}  // namespace holdfast
