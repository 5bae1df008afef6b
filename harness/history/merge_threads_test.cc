// The same files give the same History, however many threads read them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/random.h"
#include "harness/history/codec.h"
#include "harness/history/history.h"
#include "harness/history/recorder.h"
#include "harness/history/testing_event_file.h"
#include "harness/history/testing_files.h"

namespace holdfast {
namespace {

Event agent_event(EventType type, Function function, MessageId id, std::int64_t time_ns,
                  std::array<std::uint64_t, 4> value = {}, std::string text = {}) {
  Event event;
  event.type = type;
  event.function = function;
  event.time_ns = time_ns;
  event.op = id.packed();
  event.value = value;
  event.text = std::move(text);
  return event;
}

// Broadcasts that end well or badly, torn loads, warnings, reads, and now and then what cannot be.
std::vector<Event> any_agent(std::uint32_t agent, Random& random) {
  std::vector<Event> events;
  std::int64_t now_ns = 1000;
  const auto operations = static_cast<std::uint32_t>(random.next() % 200);
  for (std::uint32_t number = 0; number < operations; ++number) {
    const MessageId id{agent, number};
    const bool reads = random.next() % 8 == 0;
    const Function function = reads ? Function::read : Function::broadcast;
    events.push_back(agent_event(EventType::invoke, function, id, ++now_ns));
    for (std::uint64_t i = 0; reads && i < random.next() % 16; ++i)
      events.push_back(agent_event(EventType::seen, function, id, now_ns, {random.next() % 1000, i, 1}));
    const std::string number_text = std::to_string(agent) + " " + std::to_string(number);
    switch (random.next() % 8) {
      case 0:
        events.push_back(agent_event(EventType::torn, function, id, now_ns, {}, "torn " + number_text));
        break;
      case 1:
        events.push_back(
            agent_event(EventType::warning, Function::none, id, now_ns, {}, "odd " + number_text));
        break;
      case 2:
        events.push_back(
            agent_event(EventType::fail, function, id, now_ns -= 2, {}, "failed " + number_text));
        break;
      default:
        break;  // in one of two cases there is an answer all the same, and one too many
    }
    if (random.next() % 16 != 0) events.push_back(agent_event(EventType::ok, function, id, ++now_ns));
  }
  events.push_back(agent_event(EventType::end, Function::none, {}, now_ns));
  return events;
}

TEST(MergeThreads, TheirNumberMakesNoDifference) {
  const TestDirectory directory;
  const auto events = directory.path() / "events";
  std::filesystem::create_directory(events);
  Random random(1);
  constexpr std::uint32_t agents = 40;
  std::vector<Event> spawned;
  for (std::uint32_t agent = 0; agent < agents; ++agent) {
    std::string bytes = encode_file(FileHeader{Role::agent, agent, 1, 7, 0, 0}, any_agent(agent, random));
    if (agent % 7 == 3) bytes.resize(bytes.size() / 2);
    if (agent % 7 == 5) bytes[bytes.size() / 2] ^= 1;
    write_bytes(events / event_file_name(Role::agent, agent), bytes);
    spawned.push_back(agent_event(EventType::spawned, Function::none, {}, 1, {1}));
    spawned.back().process = agent;
  }
  write_bytes(events / event_file_name(Role::conductor),
              encode_file(FileHeader{Role::conductor, no_process, 1, 7, 0, 0}, spawned));

  const auto alone = merge(directory.path(), 1);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_GT(alone->operations.size(), 1000U);
  EXPECT_GT(alone->torn.size(), 50U);
  EXPECT_GT(alone->seen.size(), 500U);
  EXPECT_GT(alone->texts.size(), 100U);
  EXPECT_GT(alone->doubts.size(), 10U);
  for (const Operation& operation : alone->operations) {
    if (operation.error == 0) continue;
    ASSERT_EQ(alone->texts[operation.error],
              "failed " + std::to_string(operation.agent) + " " + std::to_string(operation.number));
  }
  for (const unsigned threads : {0U, 2U, 3U, 64U}) {
    const auto merged = merge(directory.path(), threads);
    ASSERT_TRUE(merged);
    EXPECT_EQ(merged->operations, alone->operations) << threads;
    EXPECT_EQ(merged->seen, alone->seen) << threads;
    EXPECT_EQ(merged->texts, alone->texts) << threads;
    EXPECT_EQ(merged->torn, alone->torn) << threads;
    EXPECT_EQ(merged->warnings, alone->warnings) << threads;
    EXPECT_EQ(merged->doubts, alone->doubts) << threads;
    EXPECT_EQ(merged->agents_in_doubt, alone->agents_in_doubt) << threads;
  }
}

}  // namespace
}  // namespace holdfast
