// The protocol between an agent and a subject's program: one JSON object per line, one request at a time.
//
//   → {"op":"init","protocol":2,"workload":"broadcast","agent":0,"agents":8,"dir":"/…/store"}
//                                                                      ← {"result":"ok"}
//   → {"op":"broadcast","id":"0-17","to":[0,1,2],"body":"…"}           ← {"result":"ok"}
//                     or {"result":"fail","code":13,"error":"…"}         definitely not done; code: an errno
//                     or {"result":"info","error":"…"}                   may or may not be done
//   → {"op":"read"}   ← {"result":"ok","entries":["0-1",…]}              what is addressed to this agent, in
//                        order; an entry may be {"id":"0-1","body":"…"}, and then its body is checked, too
//   → {"op":"quit"}   the program exits with 0
//
// `agents` includes those that only read: they have the last numbers, get mail like the others and are never asked to
// broadcast. Before protocol 2 they were not counted, and read under the number of another agent.
//
// A body is text, with any character but NUL; it may be empty. Bodies of odd-numbered messages are sent in ASCII,
// with \u escapes. With subject.bodies = "bytes" a body is bytes, and "body_base64" replaces "body" in both
// directions.
//
// An answer may repeat the "op" and "id" of its request; if so, they must match, which detects an answer given twice
// or out of turn. Other fields are ignored.
//
// Pure. Answers come from a program that may be broken in any way: they are parsed by events, never built as a tree,
// so that a line of brackets or of a million fields takes no extra memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "harness/history/message_id.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// The longest line accepted, without its end: the ids of five million entries.
inline constexpr std::size_t answer_bytes_max = std::size_t{64} << 20U;

enum class Asked : std::uint8_t { init, broadcast, read };

struct Request {
  Asked asked = Asked::init;
  std::string id;    // broadcast
  std::string line;  // including its end
};

Request init_request(std::uint32_t agent, std::uint32_t agents, const std::string& directory);
Request broadcast_request(MessageId id, const std::vector<std::uint32_t>& to, const std::string& body,
                          BodyBytes bytes = BodyBytes::text);
Request read_request();
std::string quit_line();

enum class AnswerKind : std::uint8_t { ok, fail, info };

struct AnsweredEntry {
  std::string id;
  std::optional<std::string> body;  // none: the program gave only the id
};

struct Answer {
  AnswerKind kind = AnswerKind::ok;
  int os_code = 0;
  std::string error;
  std::vector<AnsweredEntry> entries;
};

// The answer to `request` in `line`; else Code::failed, which quotes the line and says what is wrong with it. Accepts
// at most `entries_max` entries.
Result<Answer> parse_answer(std::string_view line, const Request& request, std::size_t entries_max);

// The beginning of an invalid line, safe to print: bytes that are not text are written as \xNN.
std::string quote_line(std::string_view line);

}  // namespace holdfast
