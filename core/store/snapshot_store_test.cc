// What one process sees of its store when nobody disturbs it, and when the files are not what they should be.
#include "core/store/snapshot_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "core/os/sidecar_lock.h"
#include "core/store/temp_name.h"
#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"

namespace holdfast {
namespace {

using Names = std::vector<std::string>;

StoreOptions quick_options() {
  StoreOptions options;
  options.durability = Durability::process;
  options.retry.base_delay = std::chrono::microseconds(100);
  return options;
}

Entry message(const std::string& id) {
  return {.id = id, .sender = "s", .body = "b", .created_at = "t"};
}

std::vector<std::string> ids_of(const Result<std::vector<Entry>>& entries) {
  std::vector<std::string> ids;
  if (!entries) return {"error: " + entries.error().message};
  for (const Entry& entry : *entries) ids.push_back(entry.id);
  return ids;
}

TEST(SnapshotStore, a_queue_that_was_never_written_is_empty) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  EXPECT_EQ(store.load_entries().value(), std::vector<Entry>{});
  EXPECT_EQ(store.receive("1").value(), std::vector<Entry>{});
  EXPECT_EQ(scratch.names(), Names{"queue.json.lock"});
}

TEST(SnapshotStore, what_is_broadcast_is_received) {
  for (const Durability durability : {Durability::process, Durability::power}) {
    const ScratchDirectory scratch;
    StoreOptions options = quick_options();
    options.durability = durability;
    SnapshotStore store(scratch.path(), options);
    ASSERT_TRUE(store.broadcast(message("a"), {"1", "2"}));
    ASSERT_TRUE(store.broadcast(message("b"), {"2"}));
    ASSERT_TRUE(store.broadcast(message("none"), {}));
    SnapshotStore other(scratch.path(), options);
    EXPECT_EQ(ids_of(other.receive("1")), Names{"a"});
    EXPECT_EQ(ids_of(other.receive("2")), (Names{"a", "b"}));
    EXPECT_EQ(ids_of(other.receive("3")), Names{});
    EXPECT_EQ(ids_of(other.load_entries()), (Names{"a", "a", "b"}));
    EXPECT_EQ(scratch.names(), (Names{"queue.json", "queue.json.lock"}));
    EXPECT_EQ(store.counters().operations, 2U);
    EXPECT_EQ(store.counters().attempts, 2U);
  }
}

TEST(SnapshotStore, update_changes_and_save_replaces) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.save_entries({message("a"), message("b")}));
  ASSERT_TRUE(store.update([](std::vector<Entry>& entries) {
    entries[0].status = "read";
    entries.pop_back();
  }));
  const auto entries = store.load_entries().value();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].status, "read");
  ASSERT_TRUE(store.save_entries({}));
  EXPECT_TRUE(store.load_entries().value().empty());
}

TEST(SnapshotStore, keeps_what_it_does_not_know) {
  std::ifstream file(HOLDFAST_CORE_SOURCE_DIR "/store/testdata/origin_queue.json", std::ios::binary);
  const std::string origin{std::istreambuf_iterator<char>(file), {}};
  const ScratchDirectory scratch;
  scratch.write("queue.json", origin);
  SnapshotStore store(scratch.path(), quick_options());
  const auto before = store.load_entries().value();

  ASSERT_TRUE(store.broadcast(message("new"), {"agent-1"}));
  const std::string appended = scratch.read("queue.json");
  const std::string untouched = origin.substr(0, origin.find("    }\n  ],") + 5);
  EXPECT_EQ(appended.substr(0, untouched.size()), untouched);  // byte for byte

  ASSERT_TRUE(store.update([](std::vector<Entry>& entries) { entries.pop_back(); }));
  EXPECT_EQ(store.load_entries().value(), before);
  ASSERT_TRUE(store.save_entries(before));
  EXPECT_EQ(store.load_entries().value(), before);
  for (const std::string piece :
       {"\"version\":1.10", "\"stats\":{\"sent\": 2, \"sent\": 3}", "12345678901234567890123"}) {
    EXPECT_NE(scratch.read("queue.json").find(piece), std::string::npos) << piece;
  }
}

TEST(SnapshotStore, a_bare_array_stays_one) {
  const ScratchDirectory scratch;
  scratch.write("queue.json", "[{\"id\":\"old\"}]");
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  EXPECT_EQ(scratch.read("queue.json").front(), '[');
  ASSERT_TRUE(store.update([](std::vector<Entry>&) {}));
  EXPECT_EQ(scratch.read("queue.json").front(), '[');
  ASSERT_TRUE(store.save_entries({message("b")}));
  EXPECT_EQ(scratch.read("queue.json").front(), '[');
  EXPECT_EQ(ids_of(store.load_entries()), Names{"b"});
}

TEST(SnapshotStore, keeps_the_mode_of_the_queue) {
  const ScratchDirectory scratch;
  scratch.write("queue.json", "[]");
  ASSERT_EQ(::chmod((scratch.path() / "queue.json").c_str(), 0664), 0);
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  struct stat status {};
  ASSERT_EQ(::stat(store.queue_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0664U);
}

TEST(SnapshotStore, what_cannot_be_read_is_moved_aside_and_never_an_empty_queue) {
  const std::vector<std::function<Result<>(SnapshotStore&)>> operations{
      [](SnapshotStore& store) { return store.load_entries().map([](const auto&) {}); },
      [](SnapshotStore& store) { return store.receive("1").map([](const auto&) {}); },
      [](SnapshotStore& store) { return store.broadcast(message("a"), {"1"}); },
      [](SnapshotStore& store) { return store.update([](std::vector<Entry>&) {}); },
      [](SnapshotStore& store) { return store.save_entries({message("a")}); }};
  for (const auto& operation : operations) {
    const ScratchDirectory scratch;
    scratch.write("queue.json", "{\"entries\":[{\"id\":\"precious\"");
    SnapshotStore store(scratch.path(), quick_options());
    const auto outcome = operation(store);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::corrupt);
    const Names names = scratch.names();
    ASSERT_EQ(names.size(), 2U);
    EXPECT_EQ(names[0].substr(0, 19), "queue.json.corrupt-");
    EXPECT_EQ(scratch.read(names[0]), "{\"entries\":[{\"id\":\"precious\"");
    EXPECT_NE(outcome.error().message.find(names[0]), std::string::npos) << outcome.error().message;
    EXPECT_NE(outcome.error().message.find("offset 28"), std::string::npos) << outcome.error().message;
    // Having been told, the caller may go on.
    EXPECT_TRUE(store.broadcast(message("b"), {"1"}));
    EXPECT_EQ(ids_of(store.load_entries()), Names{"b"});
  }
}

TEST(SnapshotStore, a_queue_that_vanished_is_an_error_until_somebody_saves) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  ASSERT_TRUE(std::filesystem::remove(store.queue_path()));
  EXPECT_EQ(store.load_entries().error().code, Code::not_found);
  EXPECT_EQ(store.receive("1").error().code, Code::not_found);
  EXPECT_EQ(store.broadcast(message("b"), {"1"}).error().code, Code::not_found);
  bool called = false;
  EXPECT_EQ(store.update([&](std::vector<Entry>&) { called = true; }).error().code, Code::not_found);
  EXPECT_FALSE(called);
  EXPECT_FALSE(std::filesystem::exists(store.queue_path()));
  EXPECT_TRUE(store.save_entries({message("c")}));
  EXPECT_EQ(ids_of(store.load_entries()), Names{"c"});
}

TEST(SnapshotStore, a_directory_in_its_place_fails_at_once) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch.path() / "queue.json");
  SnapshotStore store(scratch.path(), quick_options());
  EXPECT_EQ(store.load_entries().error().code, Code::failed);
  EXPECT_EQ(store.save_entries({}).error().code, Code::failed);
  EXPECT_EQ(store.counters().retries, 0U);
  SnapshotStore nowhere(scratch.path() / "none", quick_options());
  EXPECT_EQ(nowhere.load_entries().error().code, Code::not_found);
  EXPECT_EQ(nowhere.broadcast(message("a"), {"1"}).error().code, Code::not_found);
}

TEST(SnapshotStore, a_read_only_queue_is_not_replaced) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  ASSERT_EQ(::chmod(store.queue_path().c_str(), 0444), 0);
  const auto outcome = store.broadcast(message("b"), {"1"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::failed);
  EXPECT_NE(outcome.error().message.find("read-only"), std::string::npos);
  EXPECT_EQ(store.counters().retries, 0U);
  EXPECT_EQ(ids_of(store.load_entries()), Names{"a"});
}

TEST(SnapshotStore, a_directory_that_may_not_be_written_fails_at_once) {
  const ScratchDirectory scratch;
  {
    SnapshotStore store(scratch.path(), quick_options());
    ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  }
  ASSERT_EQ(::chmod((scratch.path() / "queue.json.lock").c_str(), 0666), 0);
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0555), 0);
  ChildProcess child([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 9;
    SnapshotStore store(scratch.path(), quick_options());
    const auto outcome = store.broadcast(message("b"), {"1"});
    if (outcome || outcome.error().code != Code::failed || store.counters().retries != 0) return 1;
    return ids_of(store.load_entries()) == Names{"a"} ? 0 : 2;
  });
  EXPECT_EQ(child.wait(), 0);
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0755), 0);
}

TEST(SnapshotStore, a_full_disk_changes_nothing_and_leaves_nothing) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  const std::string before = scratch.read("queue.json");
  ChildProcess child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{8192, 8192};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 9;
    Entry great = message("b");
    great.body = std::string(20'000, 'x');
    const auto outcome = store.broadcast(great, {"1"});
    return !outcome && outcome.error().code == Code::failed && outcome.error().os_code == EFBIG ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(scratch.read("queue.json"), before);
  EXPECT_EQ(scratch.names(), (Names{"queue.json", "queue.json.lock"}));
}

TEST(SnapshotStore, what_could_not_be_read_back_is_not_written) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  const std::string before = scratch.read("queue.json");
  EXPECT_EQ(store.broadcast(message("\xff"), {"1"}).error().code, Code::invalid);
  EXPECT_EQ(store.broadcast(message("b"), {"1", "\xff"}).error().code, Code::invalid);  // all or none
  EXPECT_EQ(store.save_entries({message("\xff")}).error().code, Code::invalid);
  EXPECT_THROW(static_cast<void>(store.update([](std::vector<Entry>& entries) {
                 entries.clear();
                 throw std::runtime_error("no");
               })),
               std::runtime_error);
  EXPECT_EQ(scratch.read("queue.json"), before);
  EXPECT_EQ(scratch.names(), (Names{"queue.json", "queue.json.lock"}));
  EXPECT_TRUE(store.broadcast(message("b"), {"1"}));  // the lock was let go
}

TEST(SnapshotStore, the_first_locked_operation_sweeps_orphans) {
  const ScratchDirectory scratch;
  const auto orphan = [&] {
    scratch.write(new_temp_path(scratch.path() / "queue.json").filename().string(), "x");
  };
  orphan();
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  EXPECT_EQ(scratch.names(), (Names{"queue.json", "queue.json.lock"}));
  orphan();  // nobody died under the lock, so nobody looks
  ASSERT_TRUE(store.broadcast(message("b"), {"1"}));
  EXPECT_EQ(scratch.names().size(), 3U);
}

TEST(SnapshotStore, a_writer_killed_half_way_is_swept_by_whoever_comes_next) {
  const ScratchDirectory scratch;
  SnapshotStore store(scratch.path(), quick_options());
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  ChildProcess child([&] {
    const rlimit small{8192, 8192};  // SIGXFSZ kills it in the middle of writing the temporary file
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0 || std::signal(SIGXFSZ, SIG_DFL) == SIG_ERR) return 9;
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    Entry great = message("b");
    great.body = std::string(20'000, 'x');
    static_cast<void>(store.broadcast(great, {"1"}));
    return 1;
  });
  EXPECT_EQ(child.wait(), -SIGXFSZ);
  EXPECT_EQ(scratch.names().size(), 3U);
  ASSERT_TRUE(store.broadcast(message("c"), {"1"}));  // not the first operation of this store
  EXPECT_EQ(scratch.names(), (Names{"queue.json", "queue.json.lock"}));
  EXPECT_EQ(ids_of(store.load_entries()), (Names{"a", "c"}));
}

TEST(SnapshotStore, waits_for_the_lock_no_longer_than_told) {
  const ScratchDirectory scratch;
  StoreOptions options = quick_options();
  options.lock_timeout = Duration::zero();
  SnapshotStore store(scratch.path(), options);
  ASSERT_TRUE(store.broadcast(message("a"), {"1"}));
  const auto held =
      SidecarLock::acquire(scratch.path() / "queue.json.lock",
                           {Duration::zero(), options.hooks.sleep, [] { return std::int64_t{0}; }});
  ASSERT_TRUE(held);
  EXPECT_EQ(store.broadcast(message("b"), {"1"}).error().code, Code::timed_out);
  EXPECT_EQ(ids_of(store.load_entries()), Names{"a"});  // reading needs no lock
  EXPECT_EQ(store.counters().retries, 0U);
}

}  // namespace
}  // namespace holdfast
