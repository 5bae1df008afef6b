#include "scenarios/subjects/dig_out.h"

#include <string>

#include "core/store/snapshot_json.h"

namespace holdfast {
namespace {

// The end of the object that begins at `begin`, braces in strings left out of the count; npos if
// it never ends.
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

}  // namespace

std::vector<Entry> dig_out_entries(std::string_view text) {
  std::vector<Entry> found;
  std::size_t at = text.find('{');
  while (at != std::string_view::npos) {
    const std::size_t end = end_of_object(text, at);
    if (end != std::string_view::npos) {
      // The object around the entries parses as one as well, but has no id: then look inside it.
      auto alone = parse_snapshot('[' + std::string(text.substr(at, end - at)) + ']');
      if (alone && !alone->entries[0].id.empty()) {
        found.push_back(std::move(alone->entries[0]));
        at = text.find('{', end);
        continue;
      }
    }
    at = text.find('{', at + 1);
  }
  return found;
}

}  // namespace holdfast
