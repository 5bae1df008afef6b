#include "harness/history/recorder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "harness/history/codec.h"
#include "harness/history/event_reader.h"
#include "harness/history/testing_files.h"

namespace holdfast {
namespace {

Event numbered_event(std::uint64_t number) {
  Event event;
  event.type = EventType::ok;
  event.function = Function::broadcast;
  event.process = 3;
  event.time_ns = static_cast<std::int64_t>(1000 + number);
  event.op = number;
  if (number % 3 == 0) event.text = std::string(number % 200, 't');
  return event;
}

struct RecordedFile {
  std::vector<Event> events;
  bool ended = false;
  std::optional<std::string> damage;
};

RecordedFile read_recorded(const std::filesystem::path& path) {
  RecordedFile file;
  auto reader = EventReader::open(path);
  if (!reader) {
    file.damage = reader.error().message;
    return file;
  }
  while (auto event = reader->next()) file.events.push_back(*event);
  file.ended = reader->ended();
  file.damage = reader->damage();
  return file;
}

TEST(Recorder, WhatIsRecordedIsReadBackOverManyGrowths) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  auto recorder = Recorder::open(path, Role::agent, 3, 99);
  ASSERT_TRUE(recorder) << recorder.error().message;
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < 20'000; ++i) {  // over 1 MiB
    events.push_back(numbered_event(i));
    ASSERT_TRUE(recorder->record(events.back()));
  }
  ASSERT_TRUE(recorder->close());
  const RecordedFile file = read_recorded(path);
  EXPECT_EQ(file.damage, std::nullopt);
  EXPECT_TRUE(file.ended);
  ASSERT_EQ(file.events.size(), events.size() + 1);
  for (std::size_t i = 0; i < events.size(); ++i) ASSERT_EQ(file.events[i], events[i]);
  EXPECT_EQ(file.events.back().type, EventType::end);
  std::size_t records = 2;
  for (const Event& event : events) records += records_of(event);
  EXPECT_EQ(std::filesystem::file_size(path), records * record_bytes);
}

TEST(Recorder, HeaderNamesTheWriter) {
  const TestDirectory directory;
  const auto path = directory.path() / "injector-7.events";
  ASSERT_TRUE(Recorder::open(path, Role::injector, 7, 99)->close());
  auto reader = EventReader::open(path);
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->next()->type, EventType::end);
  ASSERT_TRUE(reader->header());
  EXPECT_EQ(reader->header()->role, Role::injector);
  EXPECT_EQ(reader->header()->process, 7U);
  EXPECT_EQ(reader->header()->pid, ::getpid());
  EXPECT_EQ(reader->header()->run_id, 99U);
  EXPECT_NE(reader->header()->realtime_offset_ns, 0);
}

TEST(Recorder, WithoutCloseTheFileIsCutButHasNoEnd) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  {
    auto recorder = Recorder::open(path, Role::agent, 3, 99);
    ASSERT_TRUE(recorder->record(numbered_event(1)));
  }
  EXPECT_EQ(std::filesystem::file_size(path), 2 * record_bytes);
  EXPECT_FALSE(read_recorded(path).ended);
  EXPECT_EQ(read_recorded(path).damage, std::nullopt);
}

TEST(Recorder, MovesAndRefusesUseAfterClose) {
  const TestDirectory directory;
  auto first = Recorder::open(directory.path() / "agent-1.events", Role::agent, 1, 99);
  auto second = Recorder::open(directory.path() / "agent-2.events", Role::agent, 2, 99);
  ASSERT_TRUE(first->record(numbered_event(1)));
  Recorder moved = std::move(*first);
  ASSERT_TRUE(moved.record(numbered_event(2)));
  *second = std::move(moved);
  ASSERT_TRUE(second->record(numbered_event(4)));
  ASSERT_TRUE(second->close());
  EXPECT_FALSE(second->record(numbered_event(5)));
  EXPECT_FALSE(second->close());
  EXPECT_EQ(read_recorded(directory.path() / "agent-1.events").events.size(), 4U);
  EXPECT_EQ(read_recorded(directory.path() / "agent-2.events").events.size(), 0U);
}

TEST(Recorder, NeverWritesIntoAFileThatIsThere) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  write_bytes(path, "precious");
  const auto recorder = Recorder::open(path, Role::agent, 3, 99);
  ASSERT_FALSE(recorder);
  EXPECT_EQ(recorder.error().code, Code::exists);
  EXPECT_EQ(read_bytes(path), "precious");
  EXPECT_EQ(Recorder::open(directory.path() / "no" / "where", Role::agent, 3, 99).error().code,
            Code::not_found);
}

// A limit on the file's size stands for a full disk: an error, never a signal, and what was
// recorded stays whole.
TEST(Recorder, AFullDiskIsAnErrorAndLosesNothing) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto recorder = Recorder::open(path, Role::agent, 3, 99);
    if (!recorder) ::_exit(1);
    std::uint64_t recorded = 0;
    while (recorded < 5000 && recorder->record(numbered_event(recorded))) ++recorded;
    ::_exit(recorded > 100 && recorded < 5000 ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const RecordedFile file = read_recorded(path);
  EXPECT_EQ(file.damage, std::nullopt);
  EXPECT_GT(file.events.size(), 100U);
  for (std::size_t i = 0; i < file.events.size(); ++i) EXPECT_EQ(file.events[i], numbered_event(i));
}

// The child tells by a pipe how many events it has recorded; all of those must be there after SIGKILL.
TEST(Recorder, WhatWasRecordedSurvivesSigkill) {
  for (const std::uint64_t kill_after : {1U, 700U, 5000U}) {
    const TestDirectory directory;
    const auto path = directory.path() / "agent-3.events";
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(::pipe2(pipe_ends.data(), O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto recorder = Recorder::open(path, Role::agent, 3, 99);
      for (std::uint64_t i = 0; recorder; ++i) {
        if (!recorder->record(numbered_event(i))) break;
        if (::write(pipe_ends[1], &i, sizeof i) != sizeof i) break;
      }
      ::_exit(1);
    }
    ::close(pipe_ends[1]);
    std::uint64_t told = 0;
    std::uint64_t number = 0;
    while (::read(pipe_ends[0], &number, sizeof number) == sizeof number) {
      told = number + 1;
      if (told == kill_after) ::kill(child, SIGKILL);
    }
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    const RecordedFile file = read_recorded(path);
    EXPECT_EQ(file.damage, std::nullopt);
    EXPECT_FALSE(file.ended);
    ASSERT_GE(file.events.size(), told);
    for (std::size_t i = 0; i < told; ++i) ASSERT_EQ(file.events[i], numbered_event(i));
  }
}

TEST(EventFileName, RoundTripsAndAcceptsOneSpellingOnly) {
  for (const EventFileName name :
       {EventFileName{Role::conductor, no_process}, EventFileName{Role::supervisor, no_process},
        EventFileName{Role::agent, 0}, EventFileName{Role::injector, 4294967294U}}) {
    EXPECT_EQ(parse_event_file_name(event_file_name(name.role, name.index)), name);
  }
  for (const char* wrong :
       {"", "agent.events", "agent-.events", "agent-01.events", "agent--1.events", "agent-+1.events",
        "agent-1.events.bak", "agent-4294967295.events", "agent-4294967296.events", "Agent-1.events",
        "conductor-0.events", "agent-1", "agent- 1.events"}) {
    EXPECT_EQ(parse_event_file_name(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace holdfast
