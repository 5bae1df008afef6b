#include "harness/crowd/agents/protocol.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <rapidcheck/gtest.h>

#include "harness/crowd/agents/base64.h"

namespace holdfast {
namespace {

constexpr std::size_t entries_max = 5;

const Request& broadcast() {
  static const Request request = broadcast_request({0, 17}, {0, 3}, "b");
  return request;
}

// "" if the line is an answer, else what is wrong with it.
std::string wrong_with(const std::string& line, const Request& request) {
  const auto answer = parse_answer(line, request, entries_max);
  return answer ? "" : answer.error().message;
}

TEST(ProtocolTest, RequestsAreALineEach) {
  EXPECT_EQ(init_request(2, 8, "/a \"b\"/store").line,
            "{\"op\":\"init\",\"protocol\":2,\"workload\":\"broadcast\",\"agent\":2,\"agents\":8,\"dir\":\"/"
            "a \\\"b\\\"/store\"}\n");
  EXPECT_EQ(broadcast_request({0, 16}, {0, 3}, "two\nlines é").line,
            "{\"op\":\"broadcast\",\"id\":\"0-16\",\"to\":[0,3],\"body\":\"two\\nlines é\"}\n");
  EXPECT_EQ(broadcast_request({0, 17}, {}, "é 😀").line,
            "{\"op\":\"broadcast\",\"id\":\"0-17\",\"to\":[],\"body\":\"\\u00e9 \\ud83d\\ude00\"}\n")
      << "odd numbers are escaped";
  EXPECT_EQ(broadcast_request({0, 16}, {0}, std::string("\0\xff", 2), BodyBytes::bytes).line,
            "{\"op\":\"broadcast\",\"id\":\"0-16\",\"to\":[0],\"body_base64\":\"AP8=\"}\n");
  EXPECT_EQ(read_request().line, "{\"op\":\"read\"}\n");
  EXPECT_EQ(quit_line(), "{\"op\":\"quit\"}\n");
}

TEST(ProtocolTest, AnswersAreRead) {
  auto ok =
      parse_answer(R"({"result":"ok","op":"broadcast","id":"0-17","took":{"ms":[1,2]}})", broadcast(), 0);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(ok->kind, AnswerKind::ok);
  auto failed = parse_answer(R"({"error":"denied","code":13,"result":"fail"})", broadcast(), 0);
  ASSERT_TRUE(failed) << failed.error().message;
  EXPECT_EQ(failed->kind, AnswerKind::fail);
  EXPECT_EQ(failed->os_code, 13);
  EXPECT_EQ(failed->error, "denied");
  EXPECT_EQ(parse_answer(R"({"result":"info"})", broadcast(), 0)->kind, AnswerKind::info);
  auto read =
      parse_answer(R"({"result":"ok","entries":["0-1",{"body":"b","x":null,"y":{"id":["z"]},"id":"3-1"}]})",
                   read_request(), entries_max);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->entries.size(), 2U);
  EXPECT_EQ(read->entries[0].id, "0-1");
  EXPECT_EQ(read->entries[1].id, "3-1");
  EXPECT_EQ(read->entries[0].body, std::nullopt) << "its id alone";
  EXPECT_EQ(read->entries[1].body, "b");
}

TEST(ProtocolTest, ABodyMayBeEmptyOrBytes) {
  const auto read = parse_answer(
      R"({"result":"ok","entries":[{"id":"0-1","body":""},{"id":"0-2","body_base64":"AP8="},{"id":"0-3","body_base64":""}]})",
      read_request(), entries_max);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->entries[0].body, "");
  EXPECT_EQ(read->entries[1].body, std::string("\0\xff", 2));
  EXPECT_EQ(read->entries[2].body, "");
  EXPECT_NE(wrong_with(R"({"result":"ok","entries":[{"id":"0-1","body_base64":"AP8"}]})", read_request())
                .find("has a \"body_base64\" that is not base64"),
            std::string::npos);
}

TEST(ProtocolTest, WhatIsNoAnswerIsQuotedAndToldApart) {
  const std::pair<const char*, const char*> broadcasts[] = {
      {"", "its line \"\" is not JSON"},
      {"ok", "its line \"ok\" is not JSON"},
      {R"({"result":"ok"} {"result":"ok"})", "is not JSON"},
      {R"({"result":"ok")", "is not JSON"},
      {"[]", "its line \"[]\" is not a JSON object"},
      {"\"ok\"", "is not a JSON object"},
      {"3", "is not a JSON object"},
      {"{}", "its line \"{}\" has no \"result\""},
      {R"({"result":"done"})", "has a \"result\" that is none of ok, fail, info"},
      {R"({"result":null})", "has null as its \"result\""},
      {R"({"result":{"result":"ok"}})", "has an object as its \"result\""},
      {R"({"result":["ok"]})", "has a list as its \"result\""},
      {R"({"result":"fail","code":"13"})", "has a string as its \"code\""},
      {R"({"result":"fail","code":-1})", "has a \"code\" that is not an errno"},
      {R"({"result":"fail","code":1e3})", "has a fraction as its \"code\""},
      {R"({"result":"ok","op":"read"})", "answers \"read\", but broadcast was asked: it is out of turn"},
      {R"({"result":"ok","id":"0-16"})", "answers \"0-16\", but 0-17 was asked: it is out of turn"},
      {R"({"result":"ok","entries":[]})", "has \"entries\", but broadcast was asked: it is out of turn"},
      {"{\"result\":\"ok\xff\"}", "its line \"{\"result\":\"ok\\xff\"}\" is not UTF-8 from byte 13 on"},
  };
  for (const auto& [line, said] : broadcasts) {
    EXPECT_NE(wrong_with(line, broadcast()).find(said), std::string::npos)
        << line << "\nsays: " << wrong_with(line, broadcast());
  }
  const std::pair<const char*, const char*> reads[] = {
      {R"({"result":"ok"})", "has no \"entries\", but a read was asked"},
      {R"({"result":"ok","entries":"0-1"})", "has a string as its \"entries\""},
      {R"({"result":"ok","entries":[1]})", "has a number in its entries"},
      {R"({"result":"ok","entries":[["0-1"]]})", "has a list in its entries"},
      {R"({"result":"ok","entries":[{"body":"b"}]})", "has an entry without \"id\""},
      {R"({"result":"ok","entries":[{"id":{}}]})", "has an object as an entry's \"id\""},
      {R"({"result":"ok","entries":[{"id":"0-1","body":2}]})", "has a number as an entry's \"body\""},
      {R"({"result":"ok","entries":[],"entries":[]})", "has \"entries\" twice"},
      {R"({"result":"ok","entries":["a","a","a","a","a","a"]})", "has more than 5 entries"},
  };
  for (const auto& [line, said] : reads) {
    EXPECT_NE(wrong_with(line, read_request()).find(said), std::string::npos)
        << line << "\nsays: " << wrong_with(line, read_request());
  }
}

TEST(ProtocolTest, QuotesAreShortAndFitToBeShown) {
  EXPECT_EQ(quote_line("plain ä"), "\"plain ä\"");
  EXPECT_EQ(quote_line(std::string_view("\0\x1b[31m\r\x7f\xc3", 9)), "\"\\x00\\x1b[31m\\x0d\\x7f\\xc3\"");
  const std::string quoted = quote_line(std::string(1000, 'x'));
  EXPECT_TRUE(quoted.ends_with("x…\" (1000 bytes)")) << quoted;
  EXPECT_LT(quoted.size(), 150U);
}

// Whatever a program may say: an answer, or a short sentence.
RC_GTEST_PROP(ProtocolProperty, AnyBytesAreAnAnswerOrASentence, (std::string line)) {
  const std::string wrong = wrong_with(line, broadcast());
  RC_ASSERT(wrong.size() < 700U);
}

// The longest path through the adapter: what is asked can be read by whoever knows JSON, whatever it holds.
RC_GTEST_PROP(ProtocolProperty, RequestsSayWhatWasMeant, ()) {
  const MessageId id{*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<std::uint32_t>()};
  const auto body = *rc::gen::string<std::string>();
  const auto to = *rc::gen::arbitrary<std::vector<std::uint32_t>>();
  const Request request = broadcast_request(id, to, body, BodyBytes::bytes);
  RC_ASSERT(request.line.find('\n') == request.line.size() - 1);
  const auto json = nlohmann::json::parse(request.line);
  RC_ASSERT(json.at("to").get<std::vector<std::uint32_t>>() == to);
  RC_ASSERT(json.at("id") == to_string(id));
  RC_ASSERT(from_base64(json.at("body_base64").get<std::string>()) == body);
}

}  // namespace
}  // namespace holdfast
