// The text of queue.json, and back.
//
//   {"entries":[{"id":"0-1","sender":"0","recipient":"1","priority":"normal","body":"…",
//                "created_at":"2025-01-31T09:00:00Z","status":"pending", …unknown fields…}, …], …unknown
//                fields…}
//   or the array alone.
//
// Read: every known field of an entry is a string and may be missing (Entry's default then); unknown fields, of
// entries and of the object around them, are kept as raw text, in order. Refused as Code::corrupt, with the offset:
// anything that is not strict JSON, a known field that is not a string, an object without "entries", a duplicate name
// in an object that we interpret, more than JsonReader::deepest levels. Written: one entry per line, so that a person
// can read it and diffs are short, in the form in which it was found.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/store/entry.h"

namespace holdfast {

// What surrounds the entries.
struct SnapshotForm {
  bool bare_array = false;
  std::vector<std::pair<std::string, std::string>> fields;  // unknown ones: name and raw JSON
  std::size_t entries_at = 0;                               // how many of them precede "entries"

  bool operator==(const SnapshotForm&) const = default;
};

struct Snapshot {
  SnapshotForm form;
  std::vector<Entry> entries;

  bool operator==(const Snapshot&) const = default;
};

Result<Snapshot> parse_snapshot(std::string_view text);

// Like parse_snapshot, but builds only the entries addressed to `recipient`.
Result<std::vector<Entry>> entries_for(std::string_view text, const std::string& recipient);

// Checks as strictly as parse_snapshot, without building the entries: a third of the time.
struct SnapshotOutline {
  SnapshotForm form;
  std::size_t entry_count = 0;
  std::size_t entries_end = 0;  // offset just behind the last entry, or behind '[' if there is none
};
Result<SnapshotOutline> outline_snapshot(std::string_view text);

// Code::invalid, with the entry's number, for what could not be read back: text that is not UTF-8, an unknown field
// whose text is not a JSON value or whose name is taken.
Result<std::string> serialise_snapshot(const SnapshotForm& form, const std::vector<Entry>& entries);

// `text` with `entries` appended after its last entry; everything else stays byte for byte. `outline` must be that of
// `text`.
Result<std::string> append_to_snapshot(std::string_view text, const SnapshotOutline& outline,
                                       const std::vector<Entry>& entries);

}  // namespace holdfast
