#include "reports/format/json_fields.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "reports/format/text.h"

namespace holdfast {
namespace {

// What stands there instead, short enough for an error message.
std::string quoted_json(const nlohmann::json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "an array";
  return cut_to(one_line(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)), 60);
}

}  // namespace

std::string parser_words(const nlohmann::json::exception& error) {
  // "[json.exception.parse_error.101] parse error at line 3, column 1: …"
  const std::string_view words = error.what();
  const auto bracket = words.find("] ");
  return cut_to(one_line(std::string(bracket == std::string_view::npos ? words : words.substr(bracket + 2))),
                200);
}

JsonFields::JsonFields(const nlohmann::json* json, std::string place, std::optional<std::string>* problem)
    : json_(json), place_(std::move(place)), problem_(problem) {
  if (json_ != nullptr && !json_->is_object()) {
    if (intact()) {
      *problem_ = fmt::format("{} is {}, but must be an object", place_.empty() ? "the document" : place_,
                              quoted_json(*json_));
    }
    json_ = nullptr;
  }
}

std::string JsonFields::place_of(const char* name) const {
  return place_.empty() ? name : place_ + "." + name;
}

void JsonFields::complain(const char* name, const std::string& what) const {
  if (intact()) *problem_ = place_of(name) + " " + what;
}

const nlohmann::json* JsonFields::find(const char* name, bool required) const {
  if (!intact() || json_ == nullptr) return nullptr;
  const auto found = json_->find(name);
  if (found != json_->end()) return &*found;
  if (required) complain(name, "is missing");
  return nullptr;
}

JsonFields JsonFields::object(const char* name, bool required) const {
  return {find(name, required), place_of(name), problem_};
}

void JsonFields::text(const char* name, std::string& into, bool required) const {
  const nlohmann::json* json = find(name, required);
  if (json == nullptr) return;
  if (!json->is_string())
    return complain(name, fmt::format("is {}, but must be a string", quoted_json(*json)));
  into = json->get<std::string>();
}

void JsonFields::count(const char* name, std::uint64_t& into, bool required) const {
  const nlohmann::json* json = find(name, required);
  if (json == nullptr) return;
  if (!json->is_number_unsigned() || json->get<std::uint64_t>() > greatest_json_count) {
    return complain(name,
                    fmt::format("is {}, but must be a whole number from 0 to 10^12", quoted_json(*json)));
  }
  into = json->get<std::uint64_t>();
}

void JsonFields::number(const char* name, double& into, bool required) const {
  const nlohmann::json* json = find(name, required);
  if (json == nullptr) return;
  if (!json->is_number() || !std::isfinite(json->get<double>())) {
    return complain(name, fmt::format("is {}, but must be a number", quoted_json(*json)));
  }
  into = json->get<double>();
}

void JsonFields::maybe_number(const char* name, std::optional<double>& into) const {
  const nlohmann::json* json = find(name, true);
  if (json == nullptr || json->is_null()) return;
  double value = 0;
  number(name, value);
  into = value;
}

void JsonFields::maybe_text(const char* name, std::optional<std::string>& into) const {
  const nlohmann::json* json = find(name, true);
  if (json == nullptr || json->is_null()) return;
  std::string value;
  text(name, value);
  into = std::move(value);
}

void JsonFields::flag(const char* name, bool& into, bool required) const {
  const nlohmann::json* json = find(name, required);
  if (json == nullptr) return;
  if (!json->is_boolean())
    return complain(name, fmt::format("is {}, but must be true or false", quoted_json(*json)));
  into = json->get<bool>();
}

void JsonFields::texts(const char* name, std::vector<std::string>& into, bool required) const {
  const nlohmann::json* json = find(name, required);
  if (json == nullptr) return;
  if (!json->is_array())
    return complain(name, fmt::format("is {}, but must be an array", quoted_json(*json)));
  for (const auto& element : *json) {
    if (!element.is_string()) {
      return complain(name, fmt::format("has {}, but may have only strings", quoted_json(element)));
    }
    into.push_back(element.get<std::string>());
  }
}

void JsonFields::numbers(const char* name, std::vector<double>& into) const {
  const nlohmann::json* json = find(name, true);
  if (json == nullptr) return;
  if (!json->is_array())
    return complain(name, fmt::format("is {}, but must be an array", quoted_json(*json)));
  for (const auto& element : *json) {
    if (!element.is_number() || !std::isfinite(element.get<double>())) {
      return complain(name, fmt::format("has {}, but may have only numbers", quoted_json(element)));
    }
    into.push_back(element.get<double>());
  }
}

void JsonFields::counts(const char* name, std::vector<std::uint64_t>& into) const {
  const nlohmann::json* json = find(name, true);
  if (json == nullptr) return;
  if (!json->is_array())
    return complain(name, fmt::format("is {}, but must be an array", quoted_json(*json)));
  for (const auto& element : *json) {
    if (!element.is_number_unsigned() || element.get<std::uint64_t>() > greatest_json_count) {
      return complain(
          name, fmt::format("has {}, but may have only whole numbers from 0 to 10^12", quoted_json(element)));
    }
    into.push_back(element.get<std::uint64_t>());
  }
}

void JsonFields::pids(const char* name, std::vector<std::int32_t>& into) const {
  const nlohmann::json* json = find(name, false);
  if (json == nullptr) return;
  if (!json->is_array())
    return complain(name, fmt::format("is {}, but must be an array", quoted_json(*json)));
  for (const auto& element : *json) {
    const bool whole = element.is_number_integer();
    const auto pid = whole ? element.get<std::int64_t>() : -1;
    if (pid < 0 || pid > std::numeric_limits<std::int32_t>::max()) {
      return complain(name, fmt::format("has {}, but may have only process ids", quoted_json(element)));
    }
    into.push_back(static_cast<std::int32_t>(pid));
  }
}

void JsonFields::each(const char* name, const std::function<void(const JsonFields&)>& read,
                      bool required) const {
  const nlohmann::json* json = find(name, required);
  if (json == nullptr) return;
  if (!json->is_array())
    return complain(name, fmt::format("is {}, but must be an array", quoted_json(*json)));
  std::size_t index = 0;
  for (const auto& element : *json) {
    const JsonFields fields(&element, fmt::format("{}[{}]", place_of(name), index++), problem_);
    if (!intact()) return;
    read(fields);
    if (!intact()) return;
  }
}

void JsonFields::counts_by_number(std::uint64_t greatest,
                                  const std::function<void(std::uint64_t, std::uint64_t)>& read) const {
  if (!intact() || json_ == nullptr) return;
  for (const auto& member : json_->items()) {
    const std::string& name = member.key();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole =
        error == std::errc() && end == name.data() + name.size() && std::to_string(number) == name;
    if (!whole || number > greatest) {
      complain(one_line(name).c_str(), fmt::format("is not a whole number from 0 to {}", greatest));
      return;
    }
    std::uint64_t value = 0;
    count(name.c_str(), value);
    if (!intact()) return;
    read(number, value);
  }
}

}  // namespace holdfast
