#include "harness/history/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstring>

#include "harness/history/message_id.h"
#include "harness/history/testing_event_file.h"

namespace holdfast {
namespace {

const FileHeader codec_header{Role::agent, 3, 4711, 0xABCDEF, 17, -5};

struct Decoded {
  std::vector<Event> events;
  std::optional<FileHeader> header;
  bool ended = false;
  bool half_written = false;
  std::optional<std::string> damage;
};

Decoded decode_bytes(const std::string& bytes) {
  EventDecoder decoder("agent-3.events");
  Decoded decoded;
  std::size_t at = 0;
  for (; at + record_bytes <= bytes.size() && !decoder.damaged(); at += record_bytes) {
    if (auto event = decoder.feed(bytes.data() + at)) decoded.events.push_back(*event);
  }
  if (auto event = decoder.finish(decoder.damaged() ? 0 : bytes.size() - at))
    decoded.events.push_back(*event);
  decoded.header = decoder.header();
  decoded.ended = decoder.ended();
  decoded.half_written = decoder.half_written();
  decoded.damage = decoder.damage();
  return decoded;
}

std::vector<Event> three_events() {
  Event invoke;
  invoke.type = EventType::invoke;
  invoke.function = Function::broadcast;
  invoke.process = 3;
  invoke.time_ns = 1000;
  invoke.op = 0x300000001;
  invoke.value = {1000, 8, 0, 0};
  Event refused = invoke;
  refused.type = EventType::fail;
  refused.code = 13;
  refused.text = std::string(100, 'x') + "Zugriff verweigert";
  Event end;
  end.type = EventType::end;
  return {invoke, refused, end};
}

// The magic's bytes, the offsets and the types are promised to other programs: written out by hand here.
TEST(Codec, HeaderHasTheDocumentedBytes) {
  const std::string bytes = encode_file(codec_header, {});
  ASSERT_EQ(bytes.size(), 64U);
  EXPECT_EQ(bytes[4], 1);  // header
  EXPECT_EQ(bytes[5], 1);  // agent
  EXPECT_EQ(bytes.substr(6, 2), std::string("\1\0", 2));
  EXPECT_EQ(bytes.substr(8, 4), std::string("\3\0\0\0", 4));
  EXPECT_EQ(bytes.substr(24, 8), "HOLDFAST");
  EXPECT_EQ(bytes.substr(32, 8), std::string("\xEF\xCD\xAB\0\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(40, 8), std::string("\xFB\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8));
}

// Worked example: these fields give these bytes, and the check 0xfa59b328 (XXH3-64 of bytes
// 4..63, computed apart).
TEST(Codec, AnEventHasTheDocumentedBytes) {
  std::string expected(64, '\0');
  expected.replace(0, 4, "\x28\xB3\x59\xFA");
  expected[4] = 11;  // ok
  expected[5] = 1;   // broadcast
  expected[8] = 3;
  expected.replace(12, 2, "\x67\x12");  // 4711
  expected.replace(16, 2, "\xE8\x03");  // 1000
  expected[24] = 1;                     // 3-1
  expected[28] = 3;
  expected[32] = 2;
  for (std::size_t at = 40; at < 64; ++at) expected[at] = static_cast<char>(at);
  Event event;
  event.type = EventType::ok;
  event.function = Function::broadcast;
  event.process = 3;
  event.pid = 4711;
  event.time_ns = 1000;
  event.op = MessageId{3, 1}.packed();
  event.value = {2, 0x2F2E2D2C2B2A2928, 0x3736353433323130, 0x3F3E3D3C3B3A3938};
  EXPECT_EQ(encode_file(codec_header, {event}).substr(64), expected);
}

TEST(Codec, TextGoesOnInPiecesOf48) {
  Event event;
  event.type = EventType::warning;
  event.text = std::string(49, 'a');
  const std::string bytes = encode_file(codec_header, {event});
  ASSERT_EQ(bytes.size(), 4 * 64U);
  EXPECT_EQ(bytes[128 + 4], 2);
  EXPECT_EQ(bytes[128 + 6], 48);
  EXPECT_EQ(bytes.substr(128 + 16, 48), std::string(48, 'a'));
  EXPECT_EQ(bytes[192 + 6], 1);
  EXPECT_EQ(bytes[192 + 16], 'a');
}

TEST(Codec, ReadsBackWhatWasWritten) {
  const auto events = three_events();
  const Decoded decoded = decode_bytes(encode_file(codec_header, events));
  EXPECT_EQ(decoded.events, events);
  EXPECT_EQ(decoded.header, codec_header);
  EXPECT_TRUE(decoded.ended);
  EXPECT_FALSE(decoded.half_written);
  EXPECT_EQ(decoded.damage, std::nullopt);
}

TEST(Codec, AcceptsAnUnwrittenTail) {
  auto events = three_events();
  events.pop_back();
  const Decoded decoded = decode_bytes(encode_file(codec_header, events) + std::string(640, '\0'));
  EXPECT_EQ(decoded.events, events);
  EXPECT_FALSE(decoded.ended);
  EXPECT_EQ(decoded.damage, std::nullopt);
}

TEST(Codec, AcceptsOneRecordThatItsWriterDidNotFinish) {
  auto events = three_events();
  events.pop_back();
  std::string half(64, '\0');
  half[20] = 1;
  const std::string bytes = encode_file(codec_header, events) + half;
  EXPECT_EQ(decode_bytes(bytes).events, events);
  EXPECT_TRUE(decode_bytes(bytes + std::string(64, '\0')).half_written);
  EXPECT_EQ(decode_bytes(bytes + std::string(64, '\0')).damage, std::nullopt);
  EXPECT_NE(decode_bytes(bytes + half).damage, std::nullopt);
}

// A flipped bit anywhere is seen: as damage, or (in the first unwritten record) as a record that was begun.
TEST(Codec, NoticesEveryFlippedByte) {
  auto events = three_events();
  for (const bool ended : {true, false}) {
    if (!ended) events.pop_back();
    const std::string bytes = encode_file(codec_header, events) + (ended ? "" : std::string(192, '\0'));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ flip);
        const Decoded decoded = decode_bytes(flipped);
        EXPECT_TRUE(decoded.damage || decoded.half_written) << "byte " << at << " ended " << ended;
        EXPECT_THAT(decoded.damage.value_or("agent-3.events: byte offset "),
                    testing::StartsWith("agent-3.events: byte offset "));
        ASSERT_LE(decoded.events.size(), events.size());
        for (std::size_t i = 0; i + 1 < decoded.events.size(); ++i) EXPECT_EQ(decoded.events[i], events[i]);
      }
    }
  }
}

// Cut anywhere: either damage, or what is left is a whole number of records without an end.
TEST(Codec, NoticesEveryTruncation) {
  const auto events = three_events();
  const std::string bytes = encode_file(codec_header, events);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Decoded decoded = decode_bytes(bytes.substr(0, size));
    EXPECT_FALSE(decoded.ended) << size;
    EXPECT_EQ(decoded.damage.has_value(), size % 64 != 0 || size == 0) << size;
  }
}

struct HostileCase {
  const char* name;
  std::string bytes;
  const char* message;
};

std::string sealed_again(std::string bytes, std::size_t record) {
  const std::uint32_t check = record_check(bytes.data() + record * record_bytes);
  std::memcpy(bytes.data() + record * record_bytes, &check, sizeof check);
  return bytes;
}

std::string with_byte(std::string bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<char>(value);
  return sealed_again(bytes, at / record_bytes);
}

TEST(Codec, SaysWhatIsWrongAndWhere) {
  auto events = three_events();
  const std::string good = encode_file(codec_header, events);
  events.pop_back();
  const std::string open = encode_file(codec_header, events);
  std::string long_text = encode_file(codec_header, {events[0]});
  std::string piece(64, '\0');
  encode_text("x", piece.data());
  for (int i = 0; i < 257; ++i) long_text += piece;
  const std::vector<HostileCase> cases = {
      {"empty", "", "byte offset 0: the file is empty"},
      {"short", good.substr(0, 10), "byte offset 0: 10 bytes are too few for a header"},
      {"other magic", with_byte(good, 24, 'h'), "byte offset 0: not an event file"},
      {"text file", std::string(64, 'A'), "byte offset 0: not an event file"},
      {"zeros", std::string(128, '\0'), "byte offset 0: not an event file"},
      {"other version", with_byte(good, 6, 2),
       "byte offset 0: format version 2, but this program reads version 1"},
      {"header of another type", with_byte(good, 4, 10), "byte offset 0: the first record is not a header"},
      {"unknown role", with_byte(good, 5, 9), "byte offset 0: unknown role 9"},
      {"unknown type", with_byte(good, 64 + 4, 99), "byte offset 64: unknown type of event 99"},
      {"second header", with_byte(good, 64 + 4, 1), "byte offset 64: unknown type of event 1"},
      {"unknown function", with_byte(good, 64 + 5, 99), "byte offset 64: unknown function 99"},
      {"text first", with_byte(good, 64 + 4, 2), "byte offset 64: a text that belongs to no event"},
      {"text too long", with_byte(good, 192 + 6, 49), "byte offset 192: a piece of text of 49 bytes"},
      {"text empty", with_byte(good, 192 + 6, 0), "byte offset 192: a piece of text of 0 bytes"},
      {"text for ever", long_text, "byte offset 16512: a text of more than 256 pieces"},
      {"after the end", good + good.substr(64, 64), "byte offset 448: something follows the end"},
      {"after zeros", open + std::string(64, '\0') + good.substr(64, 64),
       "byte offset 448: something follows the unwritten"},
      {"odd size", open + "x", "byte offset 384: 1 bytes are left over"},
  };
  for (const HostileCase& hostile : cases) {
    const Decoded decoded = decode_bytes(hostile.bytes);
    ASSERT_TRUE(decoded.damage) << hostile.name;
    EXPECT_THAT(*decoded.damage, testing::HasSubstr(hostile.message)) << hostile.name;
  }
}

Event any_event() {
  Event event;
  event.type =
      *rc::gen::element(EventType::invoke, EventType::ok, EventType::seen, EventType::call, EventType::holder,
                        EventType::warning, EventType::planned, EventType::visited, EventType::restarted,
                        EventType::mark, EventType::leftover);
  event.function = *rc::gen::element(Function::none, Function::broadcast, Function::rename, Function::scan);
  event.code = *rc::gen::arbitrary<std::uint16_t>();
  event.process = *rc::gen::arbitrary<std::uint32_t>();
  event.pid = *rc::gen::arbitrary<std::int32_t>();
  event.time_ns = *rc::gen::arbitrary<std::int64_t>();
  event.op = *rc::gen::arbitrary<std::uint64_t>();
  event.value = *rc::gen::arbitrary<std::array<std::uint64_t, 4>>();
  event.text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  return event;
}

RC_GTEST_PROP(CodecProperty, RandomEventsRoundTrip, ()) {
  const auto events = *rc::gen::container<std::vector<Event>>(rc::gen::exec(any_event));
  const Decoded decoded = decode_bytes(encode_file(codec_header, events));
  RC_ASSERT(decoded.events == events);
  RC_ASSERT(!decoded.damage);
}

// Whatever follows good events, those are given, and all but zeros is noticed.
RC_GTEST_PROP(CodecProperty, RubbishBehindGoodEventsHidesNone, (const std::vector<char>& tail)) {
  auto events = three_events();
  events.pop_back();
  const Decoded decoded =
      decode_bytes(encode_file(codec_header, events) + std::string(tail.begin(), tail.end()));
  RC_ASSERT(decoded.events == events);
  RC_ASSERT(decoded.damage.has_value() != (tail.empty() || tail == std::vector<char>(64, 0)));
}

TEST(Codec, TextBeyondTheMaximumIsCut) {
  Event event;
  event.type = EventType::warning;
  event.text = std::string(text_bytes_max + 1, 'y');
  const Decoded decoded = decode_bytes(encode_file(codec_header, {event}));
  ASSERT_EQ(decoded.events.size(), 1U);
  EXPECT_EQ(decoded.events[0].text.size(), text_bytes_max);
  EXPECT_EQ(decoded.damage, std::nullopt);
}

}  // namespace
}  // namespace holdfast
