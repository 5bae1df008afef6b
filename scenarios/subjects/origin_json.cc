// The only file of the subjects that includes nlohmann/json.
#include "scenarios/subjects/origin_json.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace holdfast {
namespace {

using OriginJson = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, std::string Entry::*>, 7> entry_fields = {
    {{"id", &Entry::id},
     {"sender", &Entry::sender},
     {"recipient", &Entry::recipient},
     {"priority", &Entry::priority},
     {"body", &Entry::body},
     {"created_at", &Entry::created_at},
     {"status", &Entry::status}}};

Entry origin_entry_of(const OriginJson& json) {
  Entry entry;
  for (const auto& [key, value] : json.items()) {
    bool known = false;
    for (const auto& [name, member] : entry_fields) {
      if (key != name || !value.is_string()) continue;
      entry.*member = value.get<std::string>();
      known = true;
    }
    if (!known) entry.unknown_fields.emplace_back(key, value.dump());
  }
  return entry;
}

OriginJson origin_json_of(const Entry& entry) {
  OriginJson json = OriginJson::object();
  for (const auto& [name, member] : entry_fields) json[name] = entry.*member;
  for (const auto& [name, text] : entry.unknown_fields) {
    OriginJson value = OriginJson::parse(text, nullptr, false);
    if (!value.is_discarded()) json[name] = std::move(value);
  }
  return json;
}

// The end of the object that begins at `begin`, braces in strings left out of the count; npos if it never
// ends.
std::size_t end_of_object(std::string_view text, std::size_t begin) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

bool is_origin_entry(const OriginJson& json) {
  return json.is_object() && json.contains("id") && json["id"].is_string();
}

}  // namespace

std::string origin_queue_to_json(const std::vector<Entry>& entries) {
  OriginJson list = OriginJson::array();
  for (const Entry& entry : entries) list.push_back(origin_json_of(entry));
  OriginJson json;
  json["entries"] = std::move(list);
  return json.dump(-1, ' ', false, OriginJson::error_handler_t::replace);
}

Result<std::vector<Entry>> origin_queue_from_json(std::string_view text) {
  try {
    const OriginJson json = OriginJson::parse(text);
    const bool wrapped = json.is_object() && json.contains("entries");
    const OriginJson& list = wrapped ? json["entries"] : json;
    if (!list.is_array()) return fail(Code::corrupt, "queue.json holds no list of entries");
    std::vector<Entry> entries;
    for (const OriginJson& item : list) {
      if (!item.is_object()) return fail(Code::corrupt, "queue.json holds an entry that is no object");
      entries.push_back(origin_entry_of(item));
    }
    return entries;
  } catch (const OriginJson::parse_error& error) {
    return fail(Code::corrupt,
                fmt::format("queue.json does not parse at byte {} of {}", error.byte, text.size()));
  } catch (const std::exception& error) {
    return fail(Code::corrupt, fmt::format("queue.json does not parse: {}", error.what()));
  }
}

std::vector<Entry> dig_out_entries(std::string_view text) {
  // In the wrapped form the outermost object is the queue itself; only what lies deeper is an entry.
  std::vector<Entry> found;
  std::size_t at = text.find('{');
  while (at != std::string_view::npos) {
    const std::size_t end = end_of_object(text, at);
    if (end != std::string_view::npos) {
      const OriginJson json = OriginJson::parse(text.substr(at, end - at), nullptr, false);
      if (is_origin_entry(json)) {
        found.push_back(origin_entry_of(json));
        at = text.find('{', end);
        continue;
      }
    }
    at = text.find('{', at + 1);
  }
  return found;
}

}  // namespace holdfast
