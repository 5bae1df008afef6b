#include "core/store/json_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "core/store/json_string.h"
#include "core/store/utf8.h"

namespace holdfast {
namespace {

bool is_json(std::string_view text) {
  JsonReader reader(text);
  return reader.skip_value() && reader.at_end();
}

std::string nested(int levels, char open, char close) {
  return std::string(static_cast<std::size_t>(levels), open) +
         std::string(static_cast<std::size_t>(levels), close);
}

TEST(JsonReader, takes_what_is_json) {
  for (const std::string text :
       {"0", "-0", "-12.50e+3", "1E9", "true", "false", "null", R"("")", "[]", "{}", " [ 1 , 2 ] ",
        R"({"a":{"b":[[],{}]},"":null})", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")",
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", R"("\ud800")", "\"\x7f\"", R"({"a":1,"a":2})"}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
  EXPECT_TRUE(is_json(nested(JsonReader::deepest, '[', ']')));
}

TEST(JsonReader, refuses_what_is_not) {
  for (const std::string text : {"",
                                 " ",
                                 "nul",
                                 "nulll",
                                 "True",
                                 "NaN",
                                 "Infinity",
                                 "-",
                                 "+1",
                                 "01",
                                 "1.",
                                 ".5",
                                 "1e",
                                 "1e+",
                                 "0x1",
                                 "'a'",
                                 "\"",
                                 "\"a",
                                 "[",
                                 "]",
                                 "[1",
                                 "[1,",
                                 "[1,]",
                                 "[,1]",
                                 "[1 2]",
                                 "{",
                                 "}",
                                 "{1:2}",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{\"a\":1,}",
                                 "{\"a\" 1}",
                                 "{\"a\":1 \"b\":2}",
                                 "[1}",
                                 "{\"a\":1]",
                                 "1 2",
                                 "// c\n1",
                                 "[1]]",
                                 R"("\x")",
                                 R"("\u12g4")",
                                 R"("\u12")",
                                 "\"\n\"",
                                 "\"\x01\"",
                                 "\"\xff\"",
                                 "\"\xc0\xaf\"",
                                 "\"\xed\xa0\x80\"",
                                 "\"\xf4\x90\x80\x80\"",
                                 "\"\xe2\x82\"",
                                 "\"\xe0\x80\x80\"",
                                 "\"\x80\"",
                                 "\xef\xbb\xbf[]"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
  EXPECT_FALSE(is_json(std::string("1\0", 2)));
  EXPECT_FALSE(is_json(std::string("\0", 1)));
  EXPECT_FALSE(is_json(nested(JsonReader::deepest + 1, '[', ']')));
}

TEST(JsonReader, no_depth_exhausts_the_stack) {
  EXPECT_FALSE(is_json(nested(1'000'000, '[', ']')));
  std::string objects;
  for (int level = 0; level < 200'000; ++level) objects += "{\"a\":";
  EXPECT_FALSE(is_json(objects));
}

TEST(JsonReader, decodes_strings) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"("plain and longer than eight bytes")", "plain and longer than eight bytes"},
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u0041\u00e9\u20ac\ud83d\ude00\u0000")",
       std::string("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\0", 11)},
      {R"("1234567\n12345678")", "1234567\n12345678"}};
  for (const auto& [text, decoded] : cases) {
    JsonReader reader(text);
    std::string out = "left over";
    ASSERT_TRUE(reader.string(&out)) << text;
    EXPECT_EQ(out, decoded);
    EXPECT_TRUE(reader.at_end());
  }
  for (const std::string text : {R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800x")"}) {
    JsonReader reader(text);
    std::string out;
    EXPECT_FALSE(reader.string(&out)) << text;
    EXPECT_EQ(reader.failure_offset(), 1U) << text;
  }
}

TEST(JsonReader, says_where_it_failed) {
  JsonReader reader(R"({"a": [1, 2, x]})");
  EXPECT_FALSE(reader.skip_value());
  EXPECT_EQ(reader.failure_offset(), 13U);
  JsonReader cut(R"({"a": [1,)");
  EXPECT_FALSE(cut.skip_value());
  EXPECT_EQ(cut.failure(), "the text ends too early");
  EXPECT_EQ(cut.failure_offset(), 9U);
}

// The judge is another reader: whatever a few bytes' change makes of a text, both say the same.
RC_GTEST_PROP(JsonReaderProperty, agrees_with_another_reader, ()) {
  std::string text = *rc::gen::element<std::string>(
      R"({"entries":[{"id":"0-1","n":-1.5e2 ,"t":[true,false,null]},{}],"v":{"a":[[]]}})",
      R"([1, "\u00e9\n\"x\"", {"k": "\ud83d\ude00 and more"}, [], 0.25])", "{\"é€😀\":\"é€😀 xyz\"}");
  const int changes = *rc::gen::inRange(0, 4);
  for (int change = 0; change < changes; ++change) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    const char byte =
        *rc::gen::weightedOneOf<char>({{3, rc::gen::elementOf(std::string("{}[]:,\"\\ 0129-+.eEtfnulrsa\n"))},
                                       {1, rc::gen::arbitrary<char>()}});
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        text.insert(at, 1, byte);
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text.replace(at, 1, 1, byte);
    }
  }
  // That one rounds numbers, and decodes surrogates that we leave alone.
  RC_PRE(text.find("\xef\xbb\xbf") == std::string::npos);
  const bool accepted = is_json(text);
  if (accepted != nlohmann::json::accept(text)) {
    RC_ASSERT(accepted);
    JsonReader reader(text);
    RC_ASSERT(text.find("\\ud") != std::string::npos || text.find_first_of("eE") != std::string::npos);
  }
}

RC_GTEST_PROP(JsonStringProperty, comes_back_as_it_was, ()) {
  std::string text;
  const auto points = *rc::gen::container<std::vector<unsigned>>(rc::gen::oneOf(
      rc::gen::inRange(0U, 0x80U), rc::gen::inRange(0x80U, 0xD800U), rc::gen::inRange(0xE000U, 0x110000U)));
  for (const unsigned point : points) append_utf8(text, point);
  std::string written;
  RC_ASSERT(append_json_string(written, text));
  JsonReader reader(written);
  std::string back;
  RC_ASSERT(reader.string(&back));
  RC_ASSERT(reader.at_end());
  RC_ASSERT(back == text);
  RC_ASSERT(nlohmann::json::parse(written).get<std::string>() == text);
}

RC_GTEST_PROP(JsonStringProperty, writes_utf8_or_nothing, (const std::string& bytes)) {
  std::string written;
  const bool is_text = append_json_string(written, bytes);
  bool judge = true;
  try {
    static_cast<void>(nlohmann::json(bytes).dump());
  } catch (const nlohmann::json::type_error&) {
    judge = false;
  }
  RC_ASSERT(is_text == judge);
}

}  // namespace
}  // namespace holdfast
