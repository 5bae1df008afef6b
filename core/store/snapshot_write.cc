// Writing half of snapshot_json.h.
#include <fmt/format.h>

#include <array>
#include <set>

#include "core/base/check.h"
#include "core/store/entry_fields.h"
#include "core/store/json_reader.h"
#include "core/store/json_string.h"
#include "core/store/snapshot_json.h"

namespace holdfast {
namespace {

bool is_json_value(std::string_view raw) {
  JsonReader reader(raw);
  return reader.skip_value() && reader.at_end();
}

// Writes `"name":raw` for each field, after checking that it can be read back.
Result<> append_raw_field(std::string& out, const std::pair<std::string, std::string>& field) {
  const auto& [name, raw] = field;
  if (!append_json_string(out, name)) {
    return fail(Code::invalid, "the name of an unknown field is not UTF-8");
  }
  if (!is_json_value(raw)) {
    return fail(Code::invalid, fmt::format("the text of the unknown field \"{}\" is not a JSON value", name));
  }
  out.append(":").append(raw);
  return {};
}

bool names_are_unique(const std::vector<std::pair<std::string, std::string>>& fields) {
  if (fields.size() < 2) return true;
  std::set<std::string_view> names;
  for (const auto& field : fields) {
    if (!names.insert(field.first).second) return false;
  }
  return true;
}

Result<> append_entry(std::string& out, const Entry& entry) {
  char separator = '{';
  for (const EntryField& field : entry_fields) {
    out.push_back(separator);
    out.append("\"").append(field.name).append("\":");
    separator = ',';
    if (!append_json_string(out, entry.*field.member)) {
      return fail(Code::invalid, fmt::format("its {} is not UTF-8", field.name));
    }
  }
  if (!names_are_unique(entry.unknown_fields))
    return fail(Code::invalid, "two unknown fields have the same name");
  for (const auto& field : entry.unknown_fields) {
    if (entry_field_index(field.first) < entry_fields.size()) {
      return fail(Code::invalid,
                  fmt::format("an unknown field is named \"{}\", which is a known one", field.first));
    }
    out.push_back(',');
    if (auto done = append_raw_field(out, field); !done) return done;
  }
  out.push_back('}');
  return {};
}

std::size_t size_hint(const std::vector<Entry>& entries) {
  constexpr std::size_t names_and_quotes = 96;
  std::size_t bytes = 64;
  for (const Entry& entry : entries) {
    bytes += names_and_quotes;
    for (const EntryField& field : entry_fields) bytes += (entry.*field.member).size();
    for (const auto& [name, raw] : entry.unknown_fields) bytes += name.size() + raw.size() + 4;
  }
  return bytes;
}

// Entries one a line; the first is preceded by a comma if `follows` others.
Result<> append_entry_lines(std::string& out, const std::vector<Entry>& entries, bool follows) {
  for (std::size_t index = 0; index < entries.size(); ++index) {
    out.append(follows || index != 0 ? ",\n" : "\n");
    if (auto done = append_entry(out, entries[index]); !done) {
      return fail(done.error().within(fmt::format("entry {} cannot be written", index)));
    }
  }
  return {};
}

}  // namespace

Result<std::string> serialise_snapshot(const SnapshotForm& form, const std::vector<Entry>& entries) {
  HOLDFAST_CHECK(form.entries_at <= form.fields.size());
  std::string out;
  out.reserve(size_hint(entries));
  const auto append_fields = [&](std::size_t begin, std::size_t end) -> Result<> {
    for (std::size_t index = begin; index < end; ++index) {
      if (auto done = append_raw_field(out, form.fields[index]); !done) return done;
      if (index + 1 < end) out.push_back(',');
    }
    return {};
  };
  if (!form.bare_array) {
    out.push_back('{');
    if (auto done = append_fields(0, form.entries_at); !done) return fail(std::move(done.error()));
    out.append(form.entries_at == 0 ? "\"entries\":" : ",\"entries\":");
  }
  out.push_back('[');
  if (auto done = append_entry_lines(out, entries, false); !done) return fail(std::move(done.error()));
  out.append(entries.empty() ? "]" : "\n]");
  if (!form.bare_array) {
    if (form.entries_at < form.fields.size()) out.push_back(',');
    if (auto done = append_fields(form.entries_at, form.fields.size()); !done)
      return fail(std::move(done.error()));
    out.push_back('}');
  }
  out.push_back('\n');
  return out;
}

Result<std::string> append_to_snapshot(std::string_view text, const SnapshotOutline& outline,
                                       const std::vector<Entry>& entries) {
  HOLDFAST_CHECK(outline.entries_end <= text.size());
  std::string out;
  out.reserve(text.size() + size_hint(entries));
  out.append(text.substr(0, outline.entries_end));
  if (auto done = append_entry_lines(out, entries, outline.entry_count != 0); !done) {
    return fail(std::move(done.error()));
  }
  const std::string_view rest = text.substr(outline.entries_end);
  if (!rest.empty() && rest.front() == ']' && !entries.empty()) out.push_back('\n');
  out.append(rest);
  return out;
}

}  // namespace holdfast
