#include "harness/crowd/agents/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/store/utf8.h"
#include "harness/crowd/agents/base64.h"

namespace holdfast {
namespace {

using Json = nlohmann::json;

const char* name_of(Asked asked) {
  switch (asked) {
    case Asked::init:
      return "init";
    case Asked::broadcast:
      return "broadcast";
    case Asked::read:
      return "read";
  }
  return "";
}

enum class Characters { as_they_are, ascii };

std::string line_of(const nlohmann::ordered_json& object, Characters characters = Characters::as_they_are) {
  return object.dump(-1, ' ', characters == Characters::ascii,
                     nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

constexpr std::size_t text_bytes_kept = 1000;                         // of an error, an id, a result
constexpr std::size_t body_bytes_kept = (std::size_t{1} << 20U) + 1;  // one more than any body has

// Takes from the events of a JSON text what an answer has.
class AnswerReader {
 public:
  explicit AnswerReader(std::size_t entries_max) : entries_max_(entries_max) {}

  // NOLINTBEGIN(readability-identifier-naming): nlohmann's interface
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  bool null() { return scalar("null"); }
  bool boolean(bool) { return scalar("a truth value"); }
  bool number_integer(number_integer_t number) { return number_value(number); }
  bool number_unsigned(number_unsigned_t number) {
    return number_value(static_cast<std::int64_t>(
        std::min<number_unsigned_t>(number, std::numeric_limits<std::int64_t>::max())));
  }
  bool number_float(number_float_t, const string_t&) { return scalar("a fraction"); }
  bool binary(binary_t&) { return scalar("bytes"); }
  bool string(string_t& text);
  bool start_object(std::size_t);
  bool key(string_t& name) {
    if (depth_ == 1 || in_member_of_entry()) key_ = name.substr(0, text_bytes_kept);
    return true;
  }
  bool end_object();
  bool start_array(std::size_t);
  bool end_array() {
    if (depth_-- == 2 && in_entries_) in_entries_ = false;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
    return reject("is not JSON");
  }
  // NOLINTEND(readability-identifier-naming)

  Answer answer;
  std::optional<std::string> result, op, id;
  bool has_entries = false;
  std::string problem;

 private:
  [[nodiscard]] bool in_member_of_entry() const { return in_entry_ && depth_ == 3; }
  bool reject(std::string why) {
    if (problem.empty()) problem = std::move(why);
    return false;
  }
  bool add_entry(std::string name) {
    if (answer.entries.size() >= entries_max_)
      return reject(fmt::format("has more than {} entries, more than there can be", entries_max_));
    answer.entries.emplace_back().id = std::move(name);
    return true;
  }
  bool scalar(const char* what) {
    if (depth_ == 0) return reject("is not a JSON object");
    if (depth_ == 1 && (key_ == "result" || key_ == "op" || key_ == "id" || key_ == "error" ||
                        key_ == "entries" || key_ == "code")) {
      return reject(fmt::format("has {} as its \"{}\"", what, key_));
    }
    if (in_entries_ && depth_ == 2) return reject(fmt::format("has {} in its entries", what));
    if (in_member_of_entry() && (key_ == "id" || key_ == "body" || key_ == "body_base64"))
      return reject(fmt::format("has {} as an entry's \"{}\"", what, key_));
    return true;
  }
  bool number_value(std::int64_t number) {
    if (depth_ == 1 && key_ == "code") {
      if (number < 0 || number > std::numeric_limits<std::uint16_t>::max())
        return reject("has a \"code\" that is not an errno");
      answer.os_code = static_cast<int>(number);
      return true;
    }
    return scalar("a number");
  }

  std::size_t entries_max_;
  std::size_t depth_ = 0;
  bool in_entries_ = false;  // the array
  bool in_entry_ = false;    // an object in it
  std::string key_;
};

bool AnswerReader::string(string_t& text) {
  const std::string kept = text.substr(0, text_bytes_kept);
  if (in_member_of_entry()) {
    if (key_ == "id") answer.entries.back().id = kept;
    if (key_ == "body") answer.entries.back().body = text.substr(0, body_bytes_kept);
    if (key_ != "body_base64") return true;
    auto bytes = from_base64(text);
    if (!bytes) return reject("has a \"body_base64\" that is not base64");
    answer.entries.back().body = bytes->substr(0, body_bytes_kept);
    return true;
  }
  if (in_entries_ && depth_ == 2) return add_entry(kept);
  if (depth_ != 1) return scalar("a string");
  if (key_ == "result") result = kept;
  if (key_ == "op") op = kept;
  if (key_ == "id") id = kept;
  if (key_ == "error") answer.error = kept;
  return key_ == "code" || key_ == "entries" ? scalar("a string") : true;
}

bool AnswerReader::start_object(std::size_t) {
  if (in_entries_ && depth_ == 2) {
    if (!add_entry("")) return false;
    in_entry_ = true;
  } else if (depth_ != 0 && !scalar("an object")) {
    return false;
  }
  ++depth_;
  return true;
}

bool AnswerReader::end_object() {
  if (--depth_ == 2 && in_entry_) {
    in_entry_ = false;
    if (answer.entries.back().id.empty()) return reject("has an entry without \"id\"");
  }
  return true;
}

bool AnswerReader::start_array(std::size_t) {
  if (depth_ == 1 && key_ == "entries") {
    if (has_entries) return reject("has \"entries\" twice");
    in_entries_ = has_entries = true;
    ++depth_;
    return true;
  }
  if (!scalar("a list")) return false;
  ++depth_;
  return true;
}

// Bytes of the character at `at`; 0 if there is none.
std::size_t character_length(std::string_view line, std::size_t at) {
  return static_cast<unsigned char>(line[at]) < 0x80 ? 1 : multi_byte_length(line, at);
}

// Where text that is not UTF-8 begins.
std::optional<std::size_t> first_byte_that_is_no_text(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t length = character_length(line, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

tl::unexpected<Error> no_answer(std::string_view line, const std::string& why) {
  return fail(Code::failed, fmt::format("its line {} {}", quote_line(line), why));
}

}  // namespace

Request init_request(std::uint32_t agent, std::uint32_t agents, const std::string& directory) {
  return {Asked::init, "",
          line_of({{"op", "init"},
                   {"protocol", 2},
                   {"workload", "broadcast"},
                   {"agent", agent},
                   {"agents", agents},
                   {"dir", directory}})};
}

Request broadcast_request(MessageId id, const std::vector<std::uint32_t>& to, const std::string& body,
                          BodyBytes bytes) {
  nlohmann::ordered_json object = {{"op", "broadcast"}, {"id", to_string(id)}, {"to", to}};
  if (bytes == BodyBytes::bytes) {
    object["body_base64"] = to_base64(body);
  } else {
    object["body"] = body;
  }
  // A program that reads JSON by hand must know both ways to write a character.
  const bool odd = id.number % 2 != 0;
  return {Asked::broadcast, to_string(id),
          line_of(object, odd ? Characters::ascii : Characters::as_they_are)};
}

Request read_request() {
  return {Asked::read, "", line_of({{"op", "read"}})};
}

std::string quit_line() {
  return line_of({{"op", "quit"}});
}

Result<Answer> parse_answer(std::string_view line, const Request& request, std::size_t entries_max) {
  if (const auto at = first_byte_that_is_no_text(line))
    return no_answer(line, fmt::format("is not UTF-8 from byte {} on", *at));
  AnswerReader reader(entries_max);
  const bool read = Json::sax_parse(line, &reader);
  if (!read) return no_answer(line, reader.problem.empty() ? "is not JSON" : reader.problem);
  if (!reader.result) return no_answer(line, "has no \"result\"");

  // A leftover of another request is told before anything else about it.
  if (reader.op && *reader.op != name_of(request.asked)) {
    return no_answer(line, fmt::format("answers {}, but {} was asked: it is out of turn",
                                       quote_line(*reader.op), name_of(request.asked)));
  }
  if (reader.id && request.asked == Asked::broadcast && *reader.id != request.id) {
    return no_answer(line, fmt::format("answers {}, but {} was asked: it is out of turn",
                                       quote_line(*reader.id), request.id));
  }
  Answer answer = std::move(reader.answer);
  if (*reader.result == "ok") {
    if (request.asked == Asked::read && !reader.has_entries) {
      return no_answer(line, "has no \"entries\", but a read was asked");
    }
    if (request.asked != Asked::read && reader.has_entries) {
      return no_answer(
          line, fmt::format("has \"entries\", but {} was asked: it is out of turn", name_of(request.asked)));
    }
    answer.kind = AnswerKind::ok;
  } else if (*reader.result == "fail") {
    answer.kind = AnswerKind::fail;
  } else if (*reader.result == "info") {
    answer.kind = AnswerKind::info;
  } else {
    return no_answer(line, "has a \"result\" that is none of ok, fail, info");
  }
  return answer;
}

std::string quote_line(std::string_view line) {
  constexpr std::size_t longest = 120;
  std::string shown = "\"";
  std::size_t at = 0;
  while (at < line.size() && shown.size() < longest) {
    const auto byte = static_cast<unsigned char>(line[at]);
    const std::size_t length = character_length(line, at);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\x{:02x}", byte);
      ++at;
    } else {
      shown += line.substr(at, length);
      at += length;
    }
  }
  if (at == line.size()) return shown + "\"";
  return fmt::format("{}…\" ({} bytes)", shown, line.size());
}

}  // namespace holdfast
