#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "harness/history/codec.h"
#include "harness/history/event_reader.h"
#include "harness/history/recorder.h"
#include "harness/history/testing_event_file.h"
#include "harness/history/testing_files.h"

namespace holdfast {
namespace {

constexpr std::uint64_t run_id = 99;

Event numbered(std::uint64_t number) {
  Event event;
  event.type = EventType::ok;
  event.function = Function::broadcast;
  event.process = 3;
  event.time_ns = static_cast<std::int64_t>(1000 + number);
  event.op = number;
  if (number % 3 == 0) event.text = std::string(1 + number % 200, 't');
  return event;
}

// What a writer leaves that is killed after `events`: they, and the part that it had allocated ahead.
std::string left_behind(const std::vector<Event>& events, std::size_t allocated_bytes) {
  return encode_file({Role::agent, 3, 77, run_id, 5, 6}, events) + std::string(allocated_bytes, '\0');
}

std::vector<Event> events_in(const std::filesystem::path& path) {
  auto reader = EventReader::open(path);
  std::vector<Event> events;
  while (auto event = reader->next()) events.push_back(*event);
  EXPECT_EQ(reader->damage(), std::nullopt);
  EXPECT_TRUE(reader->ended());
  if (!events.empty()) events.pop_back();  // the end
  return events;
}

Result<Recorder> resume(const std::filesystem::path& path, std::vector<Event>* recorded = nullptr) {
  return Recorder::resume(path, Role::agent, 3, run_id, [&](const Event& event) {
    if (recorded != nullptr) recorded->push_back(event);
  });
}

// However the first writer ended: the file holds what both wrote, in order.
RC_GTEST_PROP(RecorderResume, GoesOnAfterTheLastWholeRecord, ()) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  std::vector<Event> before;
  for (std::uint64_t i = *rc::gen::inRange<std::uint64_t>(0, 40); i > 0; --i) before.push_back(numbered(i));
  std::string bytes = left_behind(before, record_bytes * *rc::gen::inRange<std::size_t>(1, 40));
  if (*rc::gen::arbitrary<bool>()) {  // killed while it stored the next one: all but the check, or less
    const std::size_t at = encode_file({}, before).size();
    std::string half(record_bytes, '\0');
    encode_event(numbered(1), half.data());
    const auto stored = *rc::gen::inRange<std::size_t>(5, record_bytes);
    bytes.replace(at + 4, stored - 4, half.substr(4, stored - 4));
  }
  write_bytes(path, bytes);

  std::vector<Event> recorded;
  auto recorder = resume(path, &recorded);
  RC_ASSERT(recorder.has_value());
  RC_ASSERT(recorded == before);
  std::vector<Event> all = before;
  for (std::uint64_t i = *rc::gen::inRange<std::uint64_t>(0, 60); i > 0; --i) {
    all.push_back(numbered(i));
    RC_ASSERT(recorder->record(all.back()).has_value());
  }
  RC_ASSERT(recorder->close().has_value());
  RC_ASSERT(events_in(path) == all);
}

TEST(RecorderResume, WorksInAFileThatIsFull) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  write_bytes(path, left_behind({numbered(1), numbered(3)}, 0));
  std::vector<Event> recorded;
  auto recorder = resume(path, &recorded);
  ASSERT_TRUE(recorder) << recorder.error().message;
  EXPECT_THAT(recorded, testing::ElementsAre(numbered(1), numbered(3)));
  for (std::uint64_t i = 0; i < 3000; ++i) ASSERT_TRUE(recorder->record(numbered(1)));
  ASSERT_TRUE(recorder->close());
  EXPECT_EQ(events_in(path).size(), 3002U);
}

TEST(RecorderResume, RefusesWhatIsNotItsOwn) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  const auto expect_refused = [&](const std::string& bytes, const char* why) {
    write_bytes(path, bytes);
    const auto recorder = resume(path);
    ASSERT_FALSE(recorder) << why;
    EXPECT_EQ(recorder.error().code, Code::invalid);
    EXPECT_THAT(recorder.error().message, testing::HasSubstr(why));
    EXPECT_EQ(read_bytes(path), bytes);
  };
  expect_refused("", "too short");
  expect_refused(std::string(640, 'x'), "not an event file");
  expect_refused(encode_file({Role::agent, 4, 77, run_id, 5, 6}, {}), "another writer's");
  expect_refused(encode_file({Role::injector, 3, 77, run_id, 5, 6}, {}), "another writer's");
  expect_refused(encode_file({Role::agent, 3, 77, 98, 5, 6}, {}), "another writer's");
  expect_refused(encode_file({Role::agent, 3, 77, run_id, 5, 6}, {Event{}}), "has its end");
  std::string damaged = left_behind({numbered(1)}, 64);
  damaged[100] = 'x';
  expect_refused(damaged, "check does not fit");
  EXPECT_EQ(
      Recorder::resume(directory.path() / "none", Role::agent, 3, run_id, [](const Event&) {}).error().code,
      Code::not_found);
}

}  // namespace
}  // namespace holdfast
