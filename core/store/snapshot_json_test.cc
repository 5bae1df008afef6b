#include "core/store/snapshot_json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/store/utf8.h"

namespace holdfast {
namespace {

std::string origin_queue() {
  std::ifstream file(HOLDFAST_CORE_SOURCE_DIR "/store/testdata/origin_queue.json", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string corrupt_reason(std::string_view text) {
  const auto snapshot = parse_snapshot(text);
  const auto outline = outline_snapshot(text);
  EXPECT_FALSE(snapshot) << text;
  EXPECT_FALSE(outline) << text;
  if (snapshot || outline) return "accepted";
  EXPECT_EQ(snapshot.error().code, Code::corrupt);
  EXPECT_EQ(snapshot.error().message, outline.error().message);
  const auto addressed = entries_for(text, "x");
  EXPECT_FALSE(addressed) << text;
  if (!addressed) {
    EXPECT_EQ(addressed.error().message, snapshot.error().message);
  }
  return snapshot.error().message;
}

TEST(SnapshotJson, reads_the_origins_file) {
  const auto snapshot = parse_snapshot(origin_queue());
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  ASSERT_EQ(snapshot->entries.size(), 2U);
  const Entry& first = snapshot->entries[0];
  EXPECT_EQ(first.id, "0-1");
  EXPECT_EQ(first.sender, "agent-0");
  EXPECT_EQ(first.recipient, "agent-1");
  EXPECT_EQ(first.priority, "high");
  EXPECT_EQ(first.body, "Deploy été 🚀 \"now\"\nsecond line");
  EXPECT_EQ(first.created_at, "2025-01-31T09:00:00.123456");
  EXPECT_EQ(first.status, "pending");
  using Fields = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(
      first.unknown_fields,
      (Fields{{"retry_count", "0"}, {"metadata", R"({"ttl": 3600, "tags": ["a", "b"], "weight": 1.0e-5})"}}));
  const Entry& second = snapshot->entries[1];
  EXPECT_EQ(second.priority, "normal");
  EXPECT_EQ(second.status, "pending");
  EXPECT_EQ(second.unknown_fields, (Fields{{"thread_id", "null"},
                                           {"big", "12345678901234567890123"},
                                           {"odd \"name\"", R"("\ud800 kept")"}}));
  EXPECT_EQ(snapshot->form.fields, (Fields{{"version", "1.10"}, {"stats", R"({"sent": 2, "sent": 3})"}}));
  EXPECT_EQ(snapshot->form.entries_at, 1U);
}

TEST(SnapshotJson, the_origins_file_comes_back_with_all_it_said) {
  const auto snapshot = parse_snapshot(origin_queue());
  ASSERT_TRUE(snapshot);
  const auto text = serialise_snapshot(snapshot->form, snapshot->entries);
  ASSERT_TRUE(text);
  EXPECT_EQ(parse_snapshot(*text).value(), *snapshot);
  for (const std::string piece : {R"({"version":1.10,"entries":[)", R"("stats":{"sent": 2, "sent": 3}})",
                                  R"("big":12345678901234567890123)", R"("odd \"name\"":"\ud800 kept")"}) {
    EXPECT_NE(text->find(piece), std::string::npos) << piece;
  }
}

TEST(SnapshotJson, forms_are_written_as_they_were_found) {
  for (const std::string text :
       {"[]\n", "{\"entries\":[]}\n", "{\"entries\":[],\"v\":1}\n", "{\"v\":1,\"entries\":[]}\n",
        "{\"a\":1,\"b\":[2],\"entries\":[],\"c\":{},\"d\":\"\"}\n"}) {
    const auto snapshot = parse_snapshot(text);
    ASSERT_TRUE(snapshot) << text;
    EXPECT_EQ(serialise_snapshot(snapshot->form, snapshot->entries).value(), text);
  }
  EXPECT_TRUE(parse_snapshot("\xEF\xBB\xBF[]"));
  EXPECT_EQ(parse_snapshot(" [ {} ] ").value().entries, (std::vector<Entry>{Entry{}}));
}

TEST(SnapshotJson, a_line_an_entry) {
  Entry entry{.id = "0-1", .sender = "0", .recipient = "1", .body = "hi", .created_at = "t"};
  entry.unknown_fields = {{"x", "[1]"}};
  EXPECT_EQ(serialise_snapshot({}, {entry}).value(),
            "{\"entries\":[\n{\"id\":\"0-1\",\"sender\":\"0\",\"recipient\":\"1\",\"priority\":\"normal\","
            "\"body\":\"hi\","
            "\"created_at\":\"t\",\"status\":\"pending\",\"x\":[1]}\n]}\n");
}

TEST(SnapshotJson, what_is_no_queue_is_corrupt_and_says_where) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "not a queue: the text ends too early at offset 0"},
      {"null", "not a queue: expected an object or an array at offset 0"},
      {"{}", "not a queue: the object has no \"entries\" at offset 0"},
      {"{\"a\":1}", "not a queue: the object has no \"entries\" at offset 0"},
      {"{\"entries\":{}}", "not a queue: \"entries\" is not an array at offset 11"},
      {"{\"entries\":null}", "not a queue: \"entries\" is not an array at offset 11"},
      {"[1]", "not a queue: an entry that is not an object at offset 1"},
      {"[{\"id\":1}]", "not a queue: \"id\" is not a string at offset 7"},
      {"[{\"status\":null}]", "not a queue: \"status\" is not a string at offset 11"},
      {"[{\"id\":\"a\",\"id\":\"b\"}]", "not a queue: a name that occurs twice in one object at offset 11"},
      {"[{\"x\":1,\"\\u0078\":1}]", "not a queue: a name that occurs twice in one object at offset 8"},
      {"{\"entries\":[],\"entries\":[]}", "not a queue: a name that occurs twice in one object at offset 14"},
      {"[{\"x\":NaN}]", "not a queue: not a JSON value at offset 6"},
      {"[{\"body\":\"\xff\"}]", "not a queue: not UTF-8 at offset 10"},
      {"[{\"body\":\"\\ud800\"}]",
       "not a queue: half of a surrogate pair, which UTF-8 cannot hold at offset 10"},
      {"[{}", "not a queue: the text ends too early at offset 3"},
      {"[{}]x", "not a queue: something follows the end of the queue at offset 4"},
      {"[{}][", "not a queue: something follows the end of the queue at offset 4"},
      {"\xEF\xBB\xBF[1]", "not a queue: an entry that is not an object at offset 4"},
      {std::string(100, '\0'), "not a queue: expected an object or an array at offset 0"}};
  for (const auto& [text, reason] : cases) EXPECT_EQ(corrupt_reason(text), reason) << text;
  EXPECT_NE(corrupt_reason("[{\"x\":" + std::string(1'000'000, '[')).find("nested too deeply"),
            std::string::npos);
}

TEST(SnapshotJson, every_beginning_of_a_file_is_corrupt) {
  std::string whole = origin_queue();
  whole.erase(whole.find_last_not_of('\n') + 1);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_snapshot(std::string_view(whole).substr(0, length))) << length;
    EXPECT_FALSE(outline_snapshot(std::string_view(whole).substr(0, length))) << length;
  }
}

TEST(SnapshotJson, many_names_are_no_quadratic_work) {
  std::string text = "[{";
  for (int number = 0; number < 50'000; ++number) text += "\"n" + std::to_string(number) + "\":1,";
  EXPECT_TRUE(parse_snapshot(text + "\"last\":1}]"));
  EXPECT_FALSE(parse_snapshot(text + "\"n7\":1}]"));
}

TEST(SnapshotJson, refuses_to_write_what_it_could_not_read) {
  const auto reason = [](const Entry& entry) {
    const auto text = serialise_snapshot({}, {Entry{}, entry});
    EXPECT_FALSE(text);
    EXPECT_EQ(text.error().code, Code::invalid);
    const auto outline = outline_snapshot("[]");
    EXPECT_FALSE(append_to_snapshot("[]", *outline, {Entry{}, entry}));
    return text.error().message;
  };
  Entry entry;
  entry.body = "\xff";
  EXPECT_EQ(reason(entry), "entry 1 cannot be written: its body is not UTF-8");
  entry = Entry{};
  entry.unknown_fields = {{"x", "{"}};
  EXPECT_EQ(reason(entry),
            "entry 1 cannot be written: the text of the unknown field \"x\" is not a JSON value");
  entry.unknown_fields = {{"x", "1,\"y\":2"}};
  EXPECT_NE(reason(entry).find("not a JSON value"), std::string::npos);
  entry.unknown_fields = {{"x", "1"}, {"x", "2"}};
  EXPECT_NE(reason(entry).find("two unknown fields have the same name"), std::string::npos);
  entry.unknown_fields = {{"body", "1"}};
  EXPECT_NE(reason(entry).find("named \"body\", which is a known one"), std::string::npos);
  entry.unknown_fields = {{"\xff", "1"}};
  EXPECT_NE(reason(entry).find("the name of an unknown field is not UTF-8"), std::string::npos);
}

rc::Gen<std::string> any_text() {
  return rc::gen::map(rc::gen::container<std::vector<unsigned>>(
                          rc::gen::oneOf(rc::gen::inRange(0U, 0x80U), rc::gen::inRange(0x80U, 0xD800U),
                                         rc::gen::inRange(0xE000U, 0x110000U))),
                      [](const std::vector<unsigned>& points) {
                        std::string text;
                        for (const unsigned point : points) append_utf8(text, point);
                        return text;
                      });
}

rc::Gen<Entry> any_entry() {
  return rc::gen::exec([] {
    Entry entry{*any_text(), *any_text(), *any_text(), *any_text(),
                *any_text(), *any_text(), *any_text(), {}};
    const int unknown = *rc::gen::inRange(0, 4);
    for (int number = 0; number < unknown; ++number) {
      entry.unknown_fields.emplace_back(
          std::to_string(number).append("x").append(*any_text()),
          *rc::gen::element<std::string>("1.10", "null", "[1, {\"a\" : \"\\ud800\"}]", "\"\\u0041\"",
                                         "-0e5"));
    }
    return entry;
  });
}

RC_GTEST_PROP(SnapshotJsonProperty, comes_back_as_it_was, ()) {
  Snapshot snapshot;
  snapshot.entries = *rc::gen::container<std::vector<Entry>>(any_entry());
  snapshot.form.bare_array = *rc::gen::arbitrary<bool>();
  const auto text = serialise_snapshot(snapshot.form, snapshot.entries);
  RC_ASSERT(text.has_value());
  RC_ASSERT((nlohmann::json::accept(*text) ||
             text->find("\\ud800") != std::string::npos));  // in parentheses, or both sides are evaluated
  const auto back = parse_snapshot(*text);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == snapshot);
}

RC_GTEST_PROP(SnapshotJsonProperty, appending_is_reading_adding_and_writing, ()) {
  const std::string text =
      *rc::gen::element<std::string>("[]", " [ ] ", "[{}]", "{\"entries\":[]}",
                                     "{\"a\":[1],\"entries\" : [ {\"id\":\"]\"} , {} ] ,\"b\":2}\n",
                                     "\xEF\xBB\xBF{\"entries\":[\n{\"x\":1}\n]}\n", origin_queue());
  const auto added = *rc::gen::container<std::vector<Entry>>(any_entry());
  const auto outline = outline_snapshot(text);
  RC_ASSERT(outline.has_value());
  const auto appended = append_to_snapshot(text, *outline, added);
  RC_ASSERT(appended.has_value());
  auto expected = parse_snapshot(text).value();
  RC_ASSERT(outline->entry_count == expected.entries.size());
  RC_ASSERT(outline->form == expected.form);
  expected.entries.insert(expected.entries.end(), added.begin(), added.end());
  const auto found = parse_snapshot(*appended);
  RC_ASSERT(found.has_value());
  RC_ASSERT(*found == expected);
  if (added.empty()) RC_ASSERT(*appended == text);
}

RC_GTEST_PROP(SnapshotJsonProperty, both_readers_agree_on_damaged_files, ()) {
  std::string text = origin_queue();
  const int changes = *rc::gen::inRange(1, 4);
  for (int change = 0; change < changes; ++change) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text.replace(at, *rc::gen::inRange<std::size_t>(0, 3), 1, *rc::gen::arbitrary<char>());
  }
  const auto snapshot = parse_snapshot(text);
  const auto outline = outline_snapshot(text);
  RC_ASSERT(snapshot.has_value() == outline.has_value());
  if (!snapshot) {
    RC_ASSERT(snapshot.error().code == Code::corrupt);
    RC_ASSERT(snapshot.error().message == outline.error().message);
  } else {
    RC_ASSERT(serialise_snapshot(snapshot->form, snapshot->entries).has_value());
  }
}

TEST(SnapshotJson, entries_for_one_are_those_of_all_that_are_addressed_to_it) {
  constexpr std::string_view text =
      R"({"entries":[{"recipient":"a","body":"1","x":[1],"status":"read"},{"recipient":"b","body":"2","y":0},)"
      R"({},{"recipient":"a"}]})";
  for (const std::string recipient : {"a", "b", "", "c"}) {
    auto expected = parse_snapshot(text).value().entries;
    std::erase_if(expected, [&](const Entry& entry) { return entry.recipient != recipient; });
    EXPECT_EQ(entries_for(text, recipient).value(), expected) << recipient;
  }
}

}  // namespace
}  // namespace holdfast
