#include "harness/history/event_reader.h"
#include "harness/history/testing_event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/history/testing_files.h"

namespace holdfast {
namespace {

const FileHeader reader_header{Role::agent, 3, 1, 9, 0, 1};

std::vector<Event> many_events(std::size_t count) {
  std::vector<Event> events(count);
  for (std::size_t i = 0; i < count; ++i) {
    events[i].type = EventType::invoke;
    events[i].op = i;
    if (i % 5 == 0) events[i].text = "some words";
  }
  return events;
}

std::vector<Event> drain(EventReader& reader) {
  std::vector<Event> events;
  while (auto event = reader.next()) events.push_back(*event);
  return events;
}

TEST(EventReader, RefusesWhatIsNoRegularFile) {
  const TestDirectory directory;
  const auto real = directory.path() / "real";
  write_bytes(real, encode_file(reader_header, {}));
  std::filesystem::create_symlink(real, directory.path() / "link");
  std::filesystem::create_directory(directory.path() / "directory");
  ASSERT_EQ(::mkfifo((directory.path() / "fifo").c_str(), 0600), 0);
  EXPECT_TRUE(EventReader::open(real));
  EXPECT_EQ(EventReader::open(directory.path() / "none").error().code, Code::not_found);
  for (const char* name : {"link", "directory", "fifo"}) {
    const auto reader = EventReader::open(directory.path() / name);
    ASSERT_FALSE(reader) << name;
    EXPECT_EQ(reader.error().code, Code::corrupt) << name;
    EXPECT_THAT(reader.error().message, testing::StartsWith(name));
  }
}

// More than one buffer, and events whose text lies across its edge.
TEST(EventReader, ReadsAcrossBuffers) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  const auto events = many_events(20'001);
  write_bytes(path, encode_file(reader_header, events));
  auto reader = EventReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(drain(*reader), events);
  EXPECT_EQ(reader->damage(), std::nullopt);
}

TEST(EventReader, DamageFarInIsFoundAtItsOffset) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  std::string bytes = encode_file(reader_header, many_events(20'000));
  bytes[1'000'000] = static_cast<char>(bytes[1'000'000] ^ 1);
  write_bytes(path, bytes);
  auto reader = EventReader::open(path);
  EXPECT_GT(drain(*reader).size(), 10'000U);
  ASSERT_TRUE(reader->damage());
  EXPECT_THAT(*reader->damage(), testing::StartsWith("agent-3.events: byte offset 1000000:"));
}

// A terabyte of nothing is not read, and something behind it is found.
TEST(EventReader, AHugeHoleCostsNothing) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  const auto events = many_events(10);
  const off_t huge = off_t{1} << 40;
  for (const char* behind : {"", "x"}) {
    write_bytes(path, encode_file(reader_header, events));
    ASSERT_EQ(::truncate(path.c_str(), huge), 0);
    if (*behind != '\0') {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(huge - 32);
      file << behind;
    }
    auto reader = EventReader::open(path);
    ASSERT_TRUE(reader);
    EXPECT_EQ(drain(*reader), events);
    EXPECT_EQ(reader->damage().has_value(), *behind != '\0');
    EXPECT_THAT(reader->damage().value_or("byte offset 1099511627712:"),
                testing::HasSubstr("byte offset 1099511627712:"));
  }
}

TEST(EventReader, AHugeFileOfOddSizeIsDamaged) {
  const TestDirectory directory;
  const auto path = directory.path() / "agent-3.events";
  write_bytes(path, encode_file(reader_header, many_events(1)));
  ASSERT_EQ(::truncate(path.c_str(), (off_t{1} << 40) + 7), 0);
  auto reader = EventReader::open(path);
  EXPECT_EQ(drain(*reader).size(), 1U);
  ASSERT_TRUE(reader->damage());
  EXPECT_THAT(*reader->damage(), testing::HasSubstr("7 bytes are left over"));
}

}  // namespace
}  // namespace holdfast
